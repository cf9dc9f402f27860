import { describe, expect, it } from '@jest/globals';
import type { Failure } from '../shared/failure.js';
import {
  calendarEntryFailure,
  googleFailure,
  malformedAnswer,
  type UpstreamAnswer,
} from './google-failure.js';

const NOW = Date.UTC(2027, 2, 10, 9);
const judged = (answer: UpstreamAnswer): Failure => googleFailure(answer, NOW);

/** An error of the OAuth endpoints, as RFC 6749 section 5.2 has it. */
const oauth = (status: number, error: string, more: object = {}): UpstreamAnswer => ({
  status,
  body: { error, error_description: 'in words', ...more },
});
/** An error of the Calendar API, with the newer `details` when they are given. */
const calendar = (status: number, reason: string, details?: string): UpstreamAnswer => ({
  status,
  body: {
    error: {
      code: status,
      errors: [{ domain: 'global', reason }],
      ...(details && { details: [{ reason: details }] }),
    },
  },
});

type Expected = [category: string, actor: string, needsReauth: boolean, retryable: boolean, code: string];
const facts = ({ category, actor, needsReauth, retryable, code }: Failure): Expected => [
  category,
  actor,
  needsReauth,
  retryable,
  code,
];

/** Category, who can mend it, whether the connection stops, whether the call may be repeated. */
const VERDICTS = {
  ownerMustConsent: ['expired_tokens', 'user', true, false],
  clientRefused: ['provider_misconfigured', 'operator', true, false],
  adminBlocks: ['permission_error', 'admin', true, false],
  passes: ['connection_error', 'none', false, true],
  slowDown: ['rate_limited', 'none', false, true],
  tokenRejected: ['expired_tokens', 'user', false, false],
  scopeMissing: ['permission_error', 'user', true, false],
  noAccess: ['permission_error', 'user', false, false],
  apiOff: ['provider_misconfigured', 'operator', false, false],
  quotaUsed: ['rate_limited', 'operator', false, false],
  gone: ['calendar_not_found', 'user', false, false],
  refused: ['connection_error', 'none', false, false],
} satisfies Record<string, [string, string, boolean, boolean]>;

const LISTED: [verdict: keyof typeof VERDICTS, code: string, answer: UpstreamAnswer][] = [
  ['ownerMustConsent', 'invalid_grant', oauth(400, 'invalid_grant')],
  ['ownerMustConsent', 'authorization_revoked', oauth(400, 'authorization_revoked')],
  ['clientRefused', 'invalid_client', oauth(401, 'invalid_client')],
  ['clientRefused', 'deleted_client', oauth(401, 'deleted_client')],
  ['clientRefused', 'unauthorized_client', oauth(401, 'unauthorized_client')],
  ['clientRefused', 'unauthorized_client', oauth(400, 'unauthorized_client')],
  ['adminBlocks', 'admin_policy_enforced', oauth(400, 'admin_policy_enforced')],
  ['adminBlocks', 'access_denied', oauth(400, 'access_denied')],
  ['adminBlocks', 'org_internal', oauth(403, 'org_internal')],
  ['passes', 'internal_failure', oauth(400, 'internal_failure')],
  ['passes', 'server_error', oauth(400, 'server_error')],
  ['passes', 'temporarily_unavailable', oauth(400, 'temporarily_unavailable')],
  ['slowDown', 'http_429', oauth(429, 'rate_limit_exceeded')],
  ['tokenRejected', 'invalid_token', oauth(401, 'invalid_token')],
  ['tokenRejected', 'authError', calendar(401, 'authError')],
  ['scopeMissing', 'insufficient_scope', calendar(403, 'insufficientPermissions')],
  [
    'scopeMissing',
    'insufficient_scope',
    calendar(403, 'insufficientPermissions', 'ACCESS_TOKEN_SCOPE_INSUFFICIENT'),
  ],
  ['noAccess', 'forbidden', calendar(403, 'forbidden')],
  ['noAccess', 'requiredAccessLevel', calendar(403, 'requiredAccessLevel')],
  ['apiOff', 'accessNotConfigured', calendar(403, 'accessNotConfigured')],
  ['apiOff', 'SERVICE_DISABLED', calendar(403, 'accessNotConfigured', 'SERVICE_DISABLED')],
  ['slowDown', 'rateLimitExceeded', calendar(403, 'rateLimitExceeded')],
  ['slowDown', 'userRateLimitExceeded', calendar(403, 'userRateLimitExceeded')],
  ['slowDown', 'userRateLimitExceeded', calendar(429, 'userRateLimitExceeded')],
  ['quotaUsed', 'quotaExceeded', calendar(403, 'quotaExceeded')],
  ['quotaUsed', 'dailyLimitExceeded', calendar(403, 'dailyLimitExceeded')],
  ['quotaUsed', 'calendarLimitsExceeded', calendar(403, 'calendarLimitsExceeded')],
  ['gone', 'notFound', calendar(404, 'notFound')],
  ['refused', 'http_400', calendar(400, 'invalid')],
  ['refused', 'http_410', calendar(410, 'deleted')],
  ['passes', 'http_500', calendar(500, 'backendError')],
  ['passes', 'http_503', calendar(503, 'quotaExceeded')],
];

describe('what Google is known to answer', () => {
  it.each(LISTED)('%s: %s in %j', (verdict, code, answer) => {
    expect(facts(judged(answer))).toEqual([...VERDICTS[verdict], code]);
    expect(judged(answer)).toMatchObject({ httpStatus: answer.status, timedOut: false });
  });

  it.each(['invalid_rapt', 'rapt_required'])('keeps the finer reason %s (F03)', (subtype) => {
    expect(judged(oauth(400, 'invalid_grant', { error_subtype: subtype })).reason).toBe(subtype);
  });
});

describe('what nobody has listed', () => {
  const GRANT_LOST = { error: 'invalid_grant' };
  it.each([500, 501, 502, 503, 504, 599])('a %i passes, whatever its body says', (status) => {
    for (const body of [GRANT_LOST, { error: { errors: [{ reason: 'forbidden' }] } }, '<html>', '', null])
      expect(judged({ status, body })).toMatchObject({
        category: 'connection_error',
        needsReauth: false,
        retryable: true,
        code: `http_${status}`,
      });
  });

  it.each([
    [400, 'connection_error'],
    [401, 'expired_tokens'],
    [403, 'permission_error'],
    [404, 'calendar_not_found'],
    [408, 'connection_error'],
    [418, 'connection_error'],
    [429, 'rate_limited'],
    [302, 'connection_error'],
  ])('a bare %i is judged by its status as %s, and asks nobody to re-authorize', (status, category) => {
    for (const body of [undefined, '', '<html>invalid_grant</html>', [], 7, { error: { code: status } }])
      expect(judged({ status, body })).toMatchObject({
        category,
        needsReauth: false,
        code: `http_${status}`,
      });
  });

  it('free text decides nothing', () => {
    const body = {
      error: 'brand_new',
      error_description: 'invalid_grant: Token has been expired or revoked.',
    };
    expect(judged({ status: 400, body })).toMatchObject({ category: 'connection_error', needsReauth: false });
  });

  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
    'a reason %s is just unknown',
    (name) => {
      expect(judged({ status: 400, body: { error: name } })).toMatchObject({ category: 'connection_error' });
      const body = { error: { errors: [{ reason: name }] } };
      expect(judged({ status: 403, body })).toMatchObject({ category: 'permission_error' });
      expect(calendarEntryFailure(name)).toMatchObject({ category: 'connection_error', actor: 'none' });
    },
  );

  it.each([['<script>alert(1)</script>'], ['nul \u0000'], ['x'.repeat(101)], ['line\nbreak'], ['']])(
    'text like %j is not kept',
    (text) => {
      expect(
        judged({ status: 400, body: { error: 'invalid_grant', error_subtype: text } }).reason,
      ).toBeNull();
      expect(judged({ status: 403, body: { error: { errors: [{ reason: text }] } } }).reason).toBeNull();
      expect(calendarEntryFailure(text)).toMatchObject({ code: 'unknown_reason', reason: null });
    },
  );

  it.each([
    [{ error: { errors: 'none', details: 3 } }],
    [{ error: { errors: [null, 7, { reason: {} }] } }],
    [{ error: null }],
  ])('a body of the shape %j is judged by its status', (body) => {
    expect(judged({ status: 403, body })).toMatchObject({ category: 'permission_error', code: 'http_403' });
  });

  it('the more telling of several reasons decides', () => {
    const body = {
      error: {
        errors: [{ reason: 'forbidden' }],
        details: [{ reason: 'NEVER_SEEN' }, { reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT' }],
      },
    };
    expect(judged({ status: 403, body })).toMatchObject({ code: 'insufficient_scope', needsReauth: true });
  });
});

describe('no answer at all', () => {
  it.each(['TimeoutError', 'AbortError', 'ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'])(
    '%s is a time-out, which is not repeated',
    (transportCode) => {
      expect(judged({ status: null, transportCode })).toMatchObject({
        category: 'connection_error',
        code: 'timeout',
        reason: transportCode,
        timedOut: true,
        retryable: false,
        httpStatus: null,
      });
    },
  );

  it.each([
    'ECONNRESET',
    'ECONNREFUSED',
    'ENOTFOUND',
    'EAI_AGAIN',
    'UND_ERR_SOCKET',
    'CERT_HAS_EXPIRED',
    null,
  ])('%s is the network, which may pass', (transportCode) => {
    expect(judged({ status: null, transportCode })).toMatchObject({
      category: 'connection_error',
      code: 'network',
      timedOut: false,
      retryable: true,
      needsReauth: false,
    });
  });
});

describe('Retry-After', () => {
  const DAY_MS = 86_400_000;
  it.each<[string | null | undefined, number | null]>([
    ['2', 2000],
    ['0', 0],
    ['86400', DAY_MS],
    ['9'.repeat(400), DAY_MS],
    ['Wed, 10 Mar 2027 09:00:03 GMT', 3000],
    ['Wed, 10 Mar 2027 08:59:00 GMT', 0],
    ['Fri, 10 Mar 2028 09:00:00 GMT', DAY_MS],
    ['soon', null],
    ['-5', null],
    ['1.5', null],
    ['', null],
    [null, null],
    [undefined, null],
  ])('%j is a pause of %j ms', (retryAfter, pauseMs) => {
    expect(judged({ status: 429, retryAfter: retryAfter ?? null }).retryAfterMs).toBe(pauseMs);
    expect(judged({ status: 503, retryAfter: retryAfter ?? null }).retryAfterMs).toBe(pauseMs);
  });

  it('a used-up quota rests for a quarter of an hour, whatever the header says (F20)', () => {
    expect(judged({ ...calendar(403, 'quotaExceeded'), retryAfter: '1' }).retryAfterMs).toBe(900_000);
  });
});

describe('a status that is no error', () => {
  it.each([100, 200, 302, 304, 399, 600, 999])('%d stops nothing, whatever the body says', (status) => {
    for (const body of [{ error: 'invalid_grant' }, calendar(403, 'insufficientPermissions').body])
      expect(judged({ status, body })).toMatchObject({
        category: 'connection_error',
        code: `http_${status}`,
        needsReauth: false,
      });
  });
});

describe('a good status with a bad body', () => {
  it('passes like an outage when it cannot be read', () => {
    expect(facts(malformedAnswer(200, 'token_answer'))).toEqual([
      'connection_error',
      'none',
      false,
      true,
      'malformed_answer',
    ]);
  });

  it.each([
    ['notFound', 'calendar_not_found', false],
    ['forbidden', 'permission_error', false],
    ['internalError', 'connection_error', true],
    ['groupTooBig', 'connection_error', false],
    ['tooManyCalendarsRequested', 'connection_error', false],
    ['insufficientPermissions', 'permission_error', false],
    ['somethingNew', 'connection_error', false],
  ])('an entry error %s is %s of that calendar only', (reason, category, retryable) => {
    expect(calendarEntryFailure(reason)).toMatchObject({
      category,
      retryable,
      needsReauth: false,
      code: reason,
      httpStatus: 200,
    });
  });
});
