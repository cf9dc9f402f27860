import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { Failure } from '../shared/failure.js';
import { NAME_FIELDS, type FailureRow, type Match, type Observed, type Place } from './failure-row.js';
import { FAILURE_TABLE, rowFor } from './failure-table.js';
import { calendarEntryFailure, googleFailure, malformedAnswer } from './google-failure.js';
import { observedAnswer, observedBody, observedEntry, type UpstreamAnswer } from './observed.js';

const NOW = Date.UTC(2027, 2, 10, 9);
const PLACES: readonly Place[] = ['token', 'calendar', 'entry', 'body', 'transport'];
const ROWS = FAILURE_TABLE.flatMap(({ places, rows }) => rows.map((row) => ({ places, row })));

/** One answer as Google, or the network, gives it. */
type Sample = UpstreamAnswer | { entry: string } | { unreadable: string };

function failureOf(sample: Sample): Failure {
  if ('entry' in sample) return calendarEntryFailure(sample.entry);
  if ('unreadable' in sample) return malformedAnswer(200, sample.unreadable);
  return googleFailure(sample, NOW);
}

function observedIn(sample: Sample): Observed {
  if ('entry' in sample) return observedEntry(sample.entry);
  if ('unreadable' in sample) return observedBody(200, sample.unreadable);
  return observedAnswer(sample);
}

const token = (status: number, error: string, description?: unknown, more: object = {}): Sample => ({
  status,
  endpoint: 'token',
  body: { error, ...(description === undefined ? {} : { error_description: description }), ...more },
});

/** As the Calendar service itself refuses. */
const calendar = (status: number, reason: string, message: string, domain = 'global'): Sample => ({
  status,
  endpoint: 'calendar',
  body: { error: { errors: [{ domain, reason, message }], code: status, message } },
});

const ERROR_INFO = 'type.googleapis.com/google.rpc.ErrorInfo';

/** As the servers in front of it refuse. */
const frontEnd = (code: number, status: string, reason: string | null, detail?: string): Sample => ({
  status: code,
  endpoint: 'calendar',
  body: {
    error: {
      code,
      message: 'in words',
      ...(reason === null ? {} : { errors: [{ message: 'in words', domain: 'global', reason }] }),
      status,
      ...(detail && { details: [{ '@type': ERROR_INFO, reason: detail, domain: 'googleapis.com' }] }),
    },
  },
});

const page = (status: number, endpoint: 'token' | 'calendar'): Sample => ({
  status,
  endpoint,
  body: `<!DOCTYPE html>\n<html lang=en>\n<title>Error ${status}</title>\n<p>invalid_grant forbidden</p>`,
});

const broken = (transportCode: string | null): Sample => ({ status: null, transportCode });

type Facts = [category: string, actor: string, needsReauth: boolean, retryable: boolean];
const MEANING = {
  ownerConsents: ['expired_tokens', 'user', true, false],
  adminBlocks: ['permission_error', 'admin', true, false],
  ownerAllows: ['permission_error', 'user', true, false],
  clientRefused: ['provider_misconfigured', 'operator', true, false],
  operatorMends: ['provider_misconfigured', 'operator', false, false],
  refreshAndRepeat: ['expired_tokens', 'user', false, false],
  passes: ['connection_error', 'none', false, true],
  refused: ['connection_error', 'none', false, false],
  pace: ['rate_limited', 'none', false, true],
  quota: ['rate_limited', 'operator', false, false],
  limited: ['rate_limited', 'none', false, false],
  noAccess: ['permission_error', 'user', false, false],
  policy: ['permission_error', 'admin', false, false],
  gone: ['calendar_not_found', 'user', false, false],
  wrongRequest: ['connection_error', 'operator', false, false],
  groupTooBig: ['connection_error', 'user', false, false],
  untrusted: ['connection_error', 'operator', false, true],
  damaged: ['malformed_data', 'none', false, false],
} satisfies Record<string, Facts>;

type Case = [meaning: keyof typeof MEANING, code: string, reason: string | null, sample: Sample];

const GRANT = 'Token has been expired or revoked.';
const RAPT = 'reauth related error (invalid_rapt)';

const TOKEN_ENDPOINT: Case[] = [
  ['ownerConsents', 'invalid_grant', null, token(400, 'invalid_grant', GRANT)],
  ['ownerConsents', 'invalid_grant', null, token(400, 'invalid_grant', 'Bad Request')],
  ['ownerConsents', 'invalid_grant', null, token(400, 'invalid_grant', 'Account has been deleted')],
  ['ownerConsents', 'invalid_grant', null, token(400, 'invalid_grant', 'The account has been deleted.')],
  ['ownerConsents', 'invalid_grant', null, token(400, 'invalid_grant', 'Token has been revoked.')],
  ['ownerConsents', 'invalid_grant', null, token(400, 'invalid_grant', 'Not a valid origin')],
  ['ownerConsents', 'invalid_grant', null, token(400, 'invalid_grant', '')],
  ['ownerConsents', 'invalid_grant', null, token(400, 'invalid_grant')],
  ['ownerConsents', 'invalid_grant', null, token(400, 'invalid_grant', null)],
  ['ownerConsents', 'invalid_grant', null, token(400, 'invalid_grant', { text: 'temporarily_unavailable' })],
  ['ownerConsents', 'invalid_grant', null, token(401, 'invalid_grant', GRANT)],
  [
    'ownerConsents',
    'invalid_grant',
    'invalid_rapt',
    token(400, 'invalid_grant', RAPT, { error_subtype: 'invalid_rapt' }),
  ],
  [
    'ownerConsents',
    'invalid_grant',
    'rapt_required',
    token(400, 'invalid_grant', RAPT, { error_subtype: 'rapt_required' }),
  ],
  [
    'ownerConsents',
    'invalid_grant',
    'brand_new',
    token(400, 'invalid_grant', RAPT, { error_subtype: 'brand_new' }),
  ],
  ['ownerConsents', 'authorization_revoked', null, token(400, 'authorization_revoked')],
  ['adminBlocks', 'admin_policy_enforced', null, token(400, 'admin_policy_enforced')],
  ['adminBlocks', 'access_denied', null, token(400, 'access_denied', 'Account restricted')],
  ['adminBlocks', 'org_internal', null, token(403, 'org_internal')],
  ['adminBlocks', 'access_not_configured', null, token(400, 'access_not_configured')],
  ['ownerAllows', 'policy_enforced', null, token(400, 'policy_enforced', 'Advanced Protection prevented it')],
  ['clientRefused', 'invalid_client', null, token(401, 'invalid_client', 'The OAuth client was not found.')],
  ['clientRefused', 'invalid_client', null, token(400, 'invalid_client', 'Unauthorized')],
  ['clientRefused', 'unauthorized_client', null, token(401, 'unauthorized_client', 'Unauthorized')],
  ['clientRefused', 'deleted_client', null, token(401, 'deleted_client', 'The OAuth client was deleted.')],
  ['clientRefused', 'disabled_client', null, token(401, 'disabled_client', 'The OAuth client was disabled.')],
  [
    'operatorMends',
    'invalid_request',
    null,
    token(400, 'invalid_request', 'Missing required parameter: refresh_token'),
  ],
  ['operatorMends', 'invalid_request', null, token(400, 'invalid_request', 'client_secret is missing.')],
  ['operatorMends', 'redirect_uri_mismatch', null, token(400, 'redirect_uri_mismatch', 'Bad Request')],
  [
    'operatorMends',
    'unsupported_grant_type',
    null,
    token(400, 'unsupported_grant_type', 'Invalid grant_type: '),
  ],
  [
    'operatorMends',
    'invalid_scope',
    null,
    token(400, 'invalid_scope', 'Some requested scopes were invalid.'),
  ],
  ['passes', 'internal_failure', null, token(400, 'internal_failure', 'Backend Error')],
  ['passes', 'server_error', null, token(403, 'server_error')],
  ['passes', 'temporarily_unavailable', null, token(429, 'temporarily_unavailable')],
  ['ownerConsents', 'token_expired', null, token(401, 'token_expired')],
  ['ownerConsents', 'invalid_token', null, token(400, 'invalid_token', 'Token expired or revoked')],
  ['passes', 'rate_limit_exceeded', null, token(429, 'rate_limit_exceeded', 'Too many requests.')],
  ['passes', 'rate_limit_exceeded', null, token(403, 'rate_limit_exceeded')],
  ['passes', 'rate_limit_exceeded', null, token(400, 'rate_limit_exceeded')],
  ['passes', 'slow_down', null, token(403, 'slow_down', 'Forbidden')],
  [
    'passes',
    'userRateLimitExceeded',
    'userRateLimitExceeded',
    { ...calendar(403, 'userRateLimitExceeded', 'User Rate Limit Exceeded'), endpoint: 'token' },
  ],
  ['passes', 'http_429', null, page(429, 'token')],
  ['passes', 'http_403', null, page(403, 'token')],
  ['passes', 'http_408', null, page(408, 'token')],
  ['refused', 'http_401', null, { status: 401, endpoint: 'token', body: '' }],
  ['refused', 'http_404', null, page(404, 'token')],
  ['refused', 'http_400', 'brand_new', token(400, 'brand_new', 'invalid_grant')],
  ['passes', 'http_500', 'internal_failure', token(500, 'internal_failure', 'Backend Error')],
  ['passes', 'http_503', 'invalid_grant', token(503, 'invalid_grant', GRANT)],
  ['passes', 'http_502', null, page(502, 'token')],
];

const CALENDAR_API: Case[] = [
  ['refreshAndRepeat', 'authError', 'authError', calendar(401, 'authError', 'Invalid Credentials')],
  ['refreshAndRepeat', 'required', 'required', frontEnd(401, 'UNAUTHENTICATED', 'required')],
  [
    'refreshAndRepeat',
    'CREDENTIALS_MISSING',
    'CREDENTIALS_MISSING',
    frontEnd(401, 'UNAUTHENTICATED', 'required', 'CREDENTIALS_MISSING'),
  ],
  ['refreshAndRepeat', 'UNAUTHENTICATED', 'UNAUTHENTICATED', frontEnd(401, 'UNAUTHENTICATED', null)],
  [
    'refreshAndRepeat',
    'ACCOUNT_STATE_INVALID',
    'ACCOUNT_STATE_INVALID',
    frontEnd(401, 'UNAUTHENTICATED', 'unauthorized', 'ACCOUNT_STATE_INVALID'),
  ],
  ['refreshAndRepeat', 'expired', 'expired', calendar(401, 'expired', 'Session Expired')],
  ['refreshAndRepeat', 'http_401', null, page(401, 'calendar')],
  [
    'ownerAllows',
    'insufficient_scope',
    'insufficientPermissions',
    calendar(403, 'insufficientPermissions', 'Insufficient Permission'),
  ],
  [
    'ownerAllows',
    'insufficient_scope',
    'ACCESS_TOKEN_SCOPE_INSUFFICIENT',
    frontEnd(403, 'PERMISSION_DENIED', 'insufficientPermissions', 'ACCESS_TOKEN_SCOPE_INSUFFICIENT'),
  ],
  ['noAccess', 'forbidden', 'forbidden', calendar(403, 'forbidden', 'Forbidden')],
  [
    'noAccess',
    'requiredAccessLevel',
    'requiredAccessLevel',
    calendar(403, 'requiredAccessLevel', 'You need to have writer access to this calendar.', 'calendar'),
  ],
  [
    'noAccess',
    'forbiddenForNonOrganizer',
    'forbiddenForNonOrganizer',
    calendar(
      403,
      'forbiddenForNonOrganizer',
      'Shared properties can only be changed by the organizer.',
      'calendar',
    ),
  ],
  ['noAccess', 'http_403', null, page(403, 'calendar')],
  ['noAccess', 'http_403', 'PERMISSION_DENIED', frontEnd(403, 'PERMISSION_DENIED', null)],
  ['noAccess', 'accountDisabled', 'accountDisabled', calendar(403, 'accountDisabled', 'Account disabled')],
  [
    'operatorMends',
    'accessNotConfigured',
    'accessNotConfigured',
    calendar(403, 'accessNotConfigured', 'x', 'usageLimits'),
  ],
  [
    'operatorMends',
    'SERVICE_DISABLED',
    'SERVICE_DISABLED',
    frontEnd(403, 'PERMISSION_DENIED', 'accessNotConfigured', 'SERVICE_DISABLED'),
  ],
  [
    'operatorMends',
    'CONSUMER_SUSPENDED',
    'CONSUMER_SUSPENDED',
    frontEnd(403, 'PERMISSION_DENIED', 'forbidden', 'CONSUMER_SUSPENDED'),
  ],
  [
    'operatorMends',
    'CONSUMER_INVALID',
    'CONSUMER_INVALID',
    frontEnd(403, 'PERMISSION_DENIED', 'forbidden', 'CONSUMER_INVALID'),
  ],
  [
    'operatorMends',
    'BILLING_DISABLED',
    'BILLING_DISABLED',
    frontEnd(403, 'PERMISSION_DENIED', 'forbidden', 'BILLING_DISABLED'),
  ],
  [
    'operatorMends',
    'API_KEY_SERVICE_BLOCKED',
    'API_KEY_SERVICE_BLOCKED',
    frontEnd(403, 'PERMISSION_DENIED', 'forbidden', 'API_KEY_SERVICE_BLOCKED'),
  ],
  ['operatorMends', 'keyInvalid', 'keyInvalid', calendar(400, 'keyInvalid', 'Bad Request', 'usageLimits')],
  ['policy', 'domainPolicy', 'domainPolicy', calendar(403, 'domainPolicy', 'The domain policy has disabled')],
  [
    'policy',
    'notACalendarUser',
    'notACalendarUser',
    calendar(403, 'notACalendarUser', 'The user must be signed up for Google Calendar.', 'calendar'),
  ],
  [
    'policy',
    'USER_BLOCKED_BY_ADMIN',
    'USER_BLOCKED_BY_ADMIN',
    frontEnd(403, 'PERMISSION_DENIED', 'forbidden', 'USER_BLOCKED_BY_ADMIN'),
  ],
  [
    'pace',
    'rateLimitExceeded',
    'rateLimitExceeded',
    calendar(403, 'rateLimitExceeded', 'Rate Limit Exceeded', 'usageLimits'),
  ],
  [
    'pace',
    'userRateLimitExceeded',
    'userRateLimitExceeded',
    calendar(429, 'userRateLimitExceeded', 'User Rate Limit Exceeded', 'usageLimits'),
  ],
  [
    'pace',
    'RATE_LIMIT_EXCEEDED',
    'RATE_LIMIT_EXCEEDED',
    frontEnd(403, 'PERMISSION_DENIED', 'rateLimitExceeded', 'RATE_LIMIT_EXCEEDED'),
  ],
  ['pace', 'RESOURCE_EXHAUSTED', 'RESOURCE_EXHAUSTED', frontEnd(403, 'RESOURCE_EXHAUSTED', null)],
  [
    'pace',
    'servingLimitExceeded',
    'servingLimitExceeded',
    calendar(403, 'servingLimitExceeded', 'x', 'usageLimits'),
  ],
  ['pace', 'http_429', null, page(429, 'calendar')],
  [
    'quota',
    'quotaExceeded',
    'quotaExceeded',
    calendar(403, 'quotaExceeded', 'Calendar usage limits exceeded.', 'usageLimits'),
  ],
  [
    'quota',
    'calendarLimitsExceeded',
    'calendarLimitsExceeded',
    calendar(403, 'calendarLimitsExceeded', 'Calendar usage limits exceeded.', 'usageLimits'),
  ],
  [
    'quota',
    'dailyLimitExceeded',
    'dailyLimitExceeded',
    calendar(403, 'dailyLimitExceeded', 'Daily Limit Exceeded', 'usageLimits'),
  ],
  [
    'quota',
    'variableTermLimitExceeded',
    'variableTermLimitExceeded',
    calendar(403, 'variableTermLimitExceeded', 'x', 'usageLimits'),
  ],
  [
    'quota',
    'RESOURCE_QUOTA_EXCEEDED',
    'RESOURCE_QUOTA_EXCEEDED',
    frontEnd(429, 'RESOURCE_EXHAUSTED', 'rateLimitExceeded', 'RESOURCE_QUOTA_EXCEEDED'),
  ],
  ['refused', 'http_400', 'invalid', calendar(400, 'invalid', 'Invalid Value')],
  ['refused', 'http_400', 'required', calendar(400, 'required', 'Missing end time.')],
  [
    'wrongRequest',
    'timeRangeTooLong',
    'timeRangeTooLong',
    calendar(400, 'timeRangeTooLong', 'The requested time range is too long.', 'calendar'),
  ],
  [
    'wrongRequest',
    'timeRangeEmpty',
    'timeRangeEmpty',
    calendar(400, 'timeRangeEmpty', 'The specified time range is empty.', 'calendar'),
  ],
  [
    'refused',
    'responseTooLarge',
    'responseTooLarge',
    calendar(403, 'responseTooLarge', 'Response too large'),
  ],
  ['gone', 'notFound', 'notFound', calendar(404, 'notFound', 'Not Found')],
  ['gone', 'http_404', null, page(404, 'calendar')],
  ['passes', 'http_408', null, page(408, 'calendar')],
  [
    'refused',
    'duplicate',
    'duplicate',
    calendar(409, 'duplicate', 'The requested identifier already exists.'),
  ],
  ['refused', 'conflict', 'conflict', calendar(409, 'conflict', 'Conflict')],
  ['refused', 'http_410', 'deleted', calendar(410, 'deleted', 'Resource has been deleted')],
  [
    'refused',
    'fullSyncRequired',
    'fullSyncRequired',
    calendar(410, 'fullSyncRequired', 'Sync token is no longer valid.', 'calendar'),
  ],
  [
    'refused',
    'updatedMinTooLongAgo',
    'updatedMinTooLongAgo',
    calendar(410, 'updatedMinTooLongAgo', 'Too far in the past.', 'calendar'),
  ],
  ['refused', 'conditionNotMet', 'conditionNotMet', calendar(412, 'conditionNotMet', 'Precondition Failed')],
  ['passes', 'backendError', 'backendError', calendar(400, 'backendError', 'Backend Error')],
  ['passes', 'http_500', 'backendError', calendar(500, 'backendError', 'Backend Error')],
  ['passes', 'http_503', 'quotaExceeded', calendar(503, 'quotaExceeded', 'Quota')],
  ['passes', 'http_504', null, page(504, 'calendar')],
  ['refused', 'http_418', 'brandNew', calendar(418, 'brandNew', 'Teapot')],
  ['refused', 'http_302', null, { status: 302, endpoint: 'calendar', body: '' }],
  ['refreshAndRepeat', 'invalid_token', null, { status: 401, body: { error: 'invalid_token' } }],
  ['refreshAndRepeat', 'token_expired', null, { status: 401, body: { error: 'token_expired' } }],
];

const ENTRIES: Case[] = [
  ['gone', 'notFound', 'notFound', { entry: 'notFound' }],
  ['passes', 'internalError', 'internalError', { entry: 'internalError' }],
  ['groupTooBig', 'groupTooBig', 'groupTooBig', { entry: 'groupTooBig' }],
  [
    'wrongRequest',
    'tooManyCalendarsRequested',
    'tooManyCalendarsRequested',
    { entry: 'tooManyCalendarsRequested' },
  ],
  ['noAccess', 'forbidden', 'forbidden', { entry: 'forbidden' }],
  ['limited', 'quotaExceeded', 'quotaExceeded', { entry: 'quotaExceeded' }],
  ['refused', 'brandNew', 'brandNew', { entry: 'brandNew' }],
  ['refused', 'unknown_reason', null, { entry: '<b>' }],
];

const BODIES: Case[] = [
  ['passes', 'malformed_answer', 'token_answer', { unreadable: 'token_answer' }],
  ['passes', 'malformed_answer', 'not_a_json_object', { unreadable: 'not_a_json_object' }],
  ['refused', 'calendar_missing', 'calendar_missing', { unreadable: 'calendar_missing' }],
  ['damaged', 'malformed_answer', 'busy_period', { unreadable: 'busy_period' }],
  ['passes', 'malformed_answer', 'brand_new', { unreadable: 'brand_new' }],
];

const TRANSPORT: Case[] = [
  ...['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'TypeError'].map(
    (code): Case => ['passes', 'network', code, broken(code)],
  ),
  ['passes', 'network', null, broken(null)],
  ...['CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'].map(
    (code): Case => ['untrusted', 'network', code, broken(code)],
  ),
  ...['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'AbortError', 'TimeoutError'].map(
    (code): Case => ['refused', 'timeout', code, broken(code)],
  ),
];

const CASES = [...TOKEN_ENDPOINT, ...CALENDAR_API, ...ENTRIES, ...BODIES, ...TRANSPORT];

describe('the failure table', () => {
  it.each(CASES)('%s: %s (%s) of %j', (meaning, code, reason, sample) => {
    const failure = failureOf(sample);
    const { category, actor, needsReauth, retryable } = failure;
    expect([category, actor, needsReauth, retryable]).toEqual(MEANING[meaning]);
    expect(failure).toMatchObject({ code, reason, timedOut: code === 'timeout' });
    expect(failure.retryAfterMs).toBe(meaning === 'quota' ? 900_000 : null);
    expect(Object.keys(failure).sort()).toEqual(FIELDS);
  });

  it('has no row that no answer above meets', () => {
    const met = new Set(CASES.map(([, , , sample]) => rowFor(observedIn(sample))));
    expect(ROWS.filter(({ row }) => !met.has(row)).map(({ row }) => row.match)).toEqual([]);
  });

  it('has no name that an earlier row takes away from its row', () => {
    const lost = ROWS.flatMap(({ places, row }) =>
      places.flatMap((place) => singleAnswers(row.match, place).filter((seen) => rowFor(seen) !== row)),
    );
    expect(lost).toEqual([]);
  });

  it.each(PLACES)('has an end for what nobody listed: %s', (place) => {
    const unknown = rowFor(seenAt(place, 418, {}));
    expect(ROWS.map(({ row }) => row)).toContain(unknown);
    expect(unknown.verdict).toMatchObject({
      category: 'connection_error',
      actor: 'none',
      needsReauth: false,
    });
  });

  it.each(ROWS.map(({ row }) => [JSON.stringify(row.match), row] as const))(
    'says where %s is known from, and what it means in a safe sentence',
    (_match, { source, verdict }) => {
      expect(source).toMatch(/^https:\/\/[\w.-]+\/\S+$|^[a-z].{15,}$/);
      expect(verdict.message).toMatch(/^[A-Z][\w ,;:'-]{15,}\.$/);
    },
  );

  it('stops a connection only for a name that Google gave, never for a status alone', () => {
    const stopping = ROWS.filter(({ row }) => row.verdict.needsReauth);
    expect(stopping.every(({ row }) => row.match.error !== undefined || row.match.reason !== undefined)).toBe(
      true,
    );
    expect(stopping.every(({ places }) => places.every((place) => place !== 'entry'))).toBe(true);
  });
});

describe('whatever is answered', () => {
  const LISTED = ROWS.flatMap(({ row: { match } }) => NAME_FIELDS.flatMap((field) => match[field] ?? []));
  const name = fc.oneof(
    fc.constantFrom(...LISTED),
    fc.constantFrom('constructor', '__proto__', 'toString', 'hasOwnProperty', '', '<b>', 'x'.repeat(200)),
    fc.string(),
  );
  const items = fc.oneof(fc.array(fc.oneof(fc.record({ reason: name }), fc.jsonValue())), fc.jsonValue());
  const body = fc.oneof(
    fc.record({ error: name, error_subtype: name, error_description: fc.string() }),
    fc.record({ error: fc.record({ errors: items, details: items, status: name }) }),
    fc.jsonValue(),
    fc.string(),
    fc.constant(undefined),
  );
  const answer = fc.record(
    {
      status: fc.oneof(fc.integer({ min: 100, max: 599 }), fc.constant(null)),
      endpoint: fc.constantFrom('token' as const, 'calendar' as const),
      body,
      retryAfter: fc.oneof(fc.string(), fc.nat().map(String), fc.constant(null)),
      transportCode: fc.oneof(name, fc.constant(null)),
    },
    { requiredKeys: ['status', 'endpoint'] },
  );
  const unlisted = fc.oneof(
    fc.constantFrom('constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'),
    fc.string().filter((text) => !LISTED.includes(text)),
  );

  it('is judged without an exception, in plain words and short plain names', () => {
    fc.assert(
      fc.property(answer, (given) => {
        const failure = googleFailure(given, NOW);
        expect(Object.keys(failure).sort()).toEqual(FIELDS);
        expect(failure.code).toMatch(/^\w{1,100}$/);
        if (failure.reason !== null) expect(failure.reason).toMatch(/^[\w.:/-]{1,100}$/);
        expect(MESSAGES).toContain(failure.message);
        expect(failure.httpStatus).toBe(given.status);
        if (failure.needsReauth) expect(failure.retryable).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('passes when it is a 5xx', () => {
    const serverError = fc.integer({ min: 500, max: 599 });
    fc.assert(
      fc.property(answer, serverError, (given, status) => {
        expect(googleFailure({ ...given, status }, NOW)).toMatchObject({
          category: 'connection_error',
          actor: 'none',
          needsReauth: false,
          retryable: true,
        });
      }),
      { numRuns: 500 },
    );
  });

  it('asks nobody to re-authorize when its names are unknown', () => {
    const status = fc.integer({ min: 100, max: 499 });
    fc.assert(
      fc.property(answer, status, unlisted, fc.boolean(), (given, code, unknown, oauth) => {
        const error = oauth ? unknown : { errors: [{ reason: unknown }], details: [{ reason: unknown }] };
        const failure = googleFailure({ ...given, status: code, body: { error } }, NOW);
        expect(failure).toMatchObject({ needsReauth: false, code: `http_${code}` });
        expect(calendarEntryFailure(unknown)).toMatchObject({
          category: 'connection_error',
          needsReauth: false,
          retryable: false,
        });
      }),
      { numRuns: 500 },
    );
  });

  it('is no question of permission when a rate limit stands beside it', () => {
    const limits = ROWS.filter(({ row }) => row.verdict.category === 'rate_limited');
    const limit = fc.constantFrom(...limits.flatMap(({ row }) => row.match.reason ?? []));
    const at = fc.constantFrom(403, 429);
    fc.assert(
      fc.property(limit, name, name, at, (reason, before, after, status) => {
        const errors = [{ reason: before }, { reason }, { reason: after }];
        const failure = googleFailure({ status, body: { error: { errors } } }, NOW);
        expect(failure).toMatchObject({ category: 'rate_limited', needsReauth: false });
      }),
      { numRuns: 500 },
    );
  });
});

const FIELDS: readonly (keyof Failure)[] = [
  'actor',
  'category',
  'code',
  'httpStatus',
  'message',
  'needsReauth',
  'reason',
  'retryAfterMs',
  'retryable',
  'timedOut',
];

const MESSAGES = new Set(ROWS.map(({ row }) => row.verdict.message));

function seenAt(place: Place, status: number | null, names: Match): Observed {
  const { error = [], subtype = [], reason = [], transport = [], unreadable = [] } = names;
  return { place, status, names: { error, subtype, reason, transport, unreadable } };
}

/** One answer for every name of a row, with nothing else in it. */
function singleAnswers({ status, ...listed }: FailureRow['match'], place: Place): Observed[] {
  const given = typeof status === 'object' ? status[0] : (status ?? (place === 'transport' ? null : 418));
  const field = NAME_FIELDS.findLast((one) => listed[one] !== undefined);
  if (field === undefined) return [seenAt(place, given, {})];
  return (listed[field] ?? []).map((single) => seenAt(place, given, { ...listed, [field]: [single] }));
}
