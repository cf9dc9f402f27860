import { record } from '../shared/record.js';
import { parseHttpDate } from '../shared/time.js';
import type { Actor, Failure, FailureCategory } from '../shared/failure.js';

/** What Google or the network gave, before anybody judged it. */
export interface UpstreamAnswer {
  /** Null when no answer came: DNS, reset, time-out. */
  readonly status: number | null;
  /** The decoded JSON, or the text when it was none. */
  readonly body?: unknown;
  readonly retryAfter?: string | null;
  /** `code` or name of the transport error, for example `ECONNRESET` or `TimeoutError`. */
  readonly transportCode?: string | null;
}

type Verdict = Pick<Failure, 'category' | 'actor' | 'needsReauth' | 'retryable'> & {
  readonly message: string;
};

const verdict = (
  category: FailureCategory,
  actor: Actor,
  message: string,
  flags: { needsReauth?: boolean; retryable?: boolean } = {},
): Verdict => ({ category, actor, message, needsReauth: false, retryable: false, ...flags });

const STOPS = { needsReauth: true };
const PASSES = { retryable: true };

const USER_MUST_CONSENT = verdict(
  'expired_tokens',
  'user',
  'Google no longer accepts the authorization; the owner must re-authorize.',
  STOPS,
);
const ADMIN_BLOCKED = verdict(
  'permission_error',
  'admin',
  'The Google Workspace administrator blocks the access.',
  STOPS,
);
const MISCONFIGURED = verdict(
  'provider_misconfigured',
  'operator',
  "Google refuses the service's own OAuth client.",
  STOPS,
);
const SCOPE_MISSING = verdict(
  'permission_error',
  'user',
  'A permission that the service needs was not granted; the owner must re-authorize.',
  STOPS,
);
const API_DISABLED = verdict(
  'provider_misconfigured',
  'operator',
  'The Calendar API is switched off in the Google project.',
);
const TOKEN_REJECTED = verdict('expired_tokens', 'user', 'Google rejected the access token.');
const PACE = verdict('rate_limited', 'none', 'Google limits the rate of requests.', PASSES);
const QUOTA = verdict('rate_limited', 'operator', 'The usage limit of the calendar is reached.');
const NO_ACCESS = verdict('permission_error', 'user', 'The account may not do this with the calendar.');
const GONE = verdict(
  'calendar_not_found',
  'user',
  'The calendar does not exist for the account, or is no longer shared with it.',
);
const TRANSIENT = verdict('connection_error', 'none', 'Google failed for the moment.', PASSES);
const NETWORK = verdict('connection_error', 'none', 'Google could not be reached.', PASSES);
const TIMED_OUT = verdict('connection_error', 'none', 'Google did not answer in time.');
const REFUSED = verdict('connection_error', 'none', 'Google refused the request.');
const MALFORMED = verdict('connection_error', 'none', 'Google sent an answer that cannot be read.', PASSES);

/**
 * By OAuth `error` (RFC 6749 section 5.2 and Google's own).
 * @see https://developers.google.com/identity/protocols/oauth2/web-server#authorization-errors
 */
const BY_OAUTH_ERROR: Readonly<Record<string, Verdict>> = {
  invalid_grant: USER_MUST_CONSENT,
  authorization_revoked: USER_MUST_CONSENT,
  token_expired: TOKEN_REJECTED,
  invalid_token: TOKEN_REJECTED,
  access_denied: ADMIN_BLOCKED,
  admin_policy_enforced: ADMIN_BLOCKED,
  org_internal: ADMIN_BLOCKED,
  invalid_client: MISCONFIGURED,
  unauthorized_client: MISCONFIGURED,
  deleted_client: MISCONFIGURED,
  internal_failure: TRANSIENT,
  server_error: TRANSIENT,
  temporarily_unavailable: TRANSIENT,
};

/**
 * By `error.details[].reason`, then `error.errors[].reason` of the Calendar API.
 * @see https://developers.google.com/workspace/calendar/api/guides/errors
 */
const BY_REASON: Readonly<Record<string, Verdict>> = {
  ACCESS_TOKEN_SCOPE_INSUFFICIENT: SCOPE_MISSING,
  insufficientPermissions: SCOPE_MISSING,
  SERVICE_DISABLED: API_DISABLED,
  accessNotConfigured: API_DISABLED,
  authError: TOKEN_REJECTED,
  rateLimitExceeded: PACE,
  userRateLimitExceeded: PACE,
  RATE_LIMIT_EXCEEDED: PACE,
  quotaExceeded: QUOTA,
  dailyLimitExceeded: QUOTA,
  calendarLimitsExceeded: QUOTA,
  forbidden: NO_ACCESS,
  requiredAccessLevel: NO_ACCESS,
  forbiddenForNonOrganizer: NO_ACCESS,
  notFound: GONE,
  backendError: TRANSIENT,
  internalError: TRANSIENT,
};

/** When nothing structured decides. A 5xx never gets further than this row, whatever its body says. */
const BY_STATUS: Readonly<Record<number, Verdict>> = {
  401: TOKEN_REJECTED,
  403: NO_ACCESS,
  404: GONE,
  408: TRANSIENT,
  429: PACE,
};

/** F20: a used-up quota does not come back within a request. */
const QUOTA_PAUSE_MS = 15 * 60_000;
/** A longer wish is a mistake, and must not lock an account out. */
const MAX_RETRY_AFTER_MS = 24 * 60 * 60_000;

/**
 * The one judgement of everything Google can answer. Decided by status and structured fields, never by
 * free text; an answer nobody has listed is transient, since asking a person to re-authorize is costly.
 */
export function googleFailure(answer: UpstreamAnswer, now: number): Failure {
  const { status, transportCode = null } = answer;
  if (status === null) return transportFailure(transportCode);
  const { oauthError, subtype, reasons } = structured(answer.body);
  const { verdict: judged, code } = judge(status, oauthError, reasons);
  return {
    ...judged,
    code,
    reason: shortName(subtype ?? reasons[0]),
    httpStatus: status,
    retryAfterMs: judged === QUOTA ? QUOTA_PAUSE_MS : retryAfter(answer.retryAfter, now),
    timedOut: false,
  };
}

function judge(
  status: number,
  oauthError: string | null,
  reasons: readonly string[],
): { verdict: Verdict; code: string } {
  if (status >= 500) return { verdict: TRANSIENT, code: `http_${status}` };
  const named = oauthError === null ? undefined : listed(BY_OAUTH_ERROR, oauthError);
  if (oauthError !== null && named !== undefined) return { verdict: named, code: oauthError };
  const reason = reasons.find((name) => listed(BY_REASON, name));
  const judged = (reason === undefined ? BY_STATUS[status] : listed(BY_REASON, reason)) ?? REFUSED;
  return {
    verdict: judged,
    code: judged === SCOPE_MISSING ? 'insufficient_scope' : (reason ?? `http_${status}`),
  };
}

/** A 2xx whose body is not what the call promises. */
export function malformedAnswer(status: number, what: string): Failure {
  return {
    ...MALFORMED,
    code: 'malformed_answer',
    reason: what,
    httpStatus: status,
    retryAfterMs: null,
    timedOut: false,
  };
}

/** A reason inside a 200, for one calendar of a free/busy answer. */
export function calendarEntryFailure(reason: string): Failure {
  const judged = listed(BY_REASON, reason) ?? REFUSED;
  const retryable = reason === 'internalError';
  return {
    ...judged,
    needsReauth: false,
    retryable,
    code: shortName(reason) ?? 'unknown_reason',
    reason: shortName(reason),
    httpStatus: 200,
    retryAfterMs: null,
    timedOut: false,
  };
}

function transportFailure(code: string | null): Failure {
  const timedOut = code !== null && /timeout|abort|ETIMEDOUT/i.test(code);
  const base = { reason: code, httpStatus: null, retryAfterMs: null, timedOut };
  return timedOut ? { ...TIMED_OUT, ...base, code: 'timeout' } : { ...NETWORK, ...base, code: 'network' };
}

interface Structured {
  readonly oauthError: string | null;
  readonly subtype: string | undefined;
  readonly reasons: readonly string[];
}

/** Google's two error shapes: `{error: "code", error_subtype}` of OAuth and `{error: {errors, details}}` of its APIs. */
function structured(body: unknown): Structured {
  const { error, error_subtype: subtype } = record(body);
  if (typeof error === 'string')
    return { oauthError: error, subtype: typeof subtype === 'string' ? subtype : undefined, reasons: [] };
  const { details, errors } = record(error);
  const reasons = [...list(details), ...list(errors)].map((item) => record(item)['reason']);
  return { oauthError: null, subtype: undefined, reasons: reasons.filter((r) => typeof r === 'string') };
}

/** By own members only: an answer may well say `constructor`. */
function listed(table: Readonly<Record<string, Verdict>>, name: string): Verdict | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** Upstream text that is stored and shown must be a plain name: no markup, no control characters, not long. */
function shortName(text: string | undefined): string | null {
  return text !== undefined && /^[\w.:/-]{1,100}$/.test(text) ? text : null;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** `Retry-After` in seconds or as an HTTP date (RFC 9110 section 10.2.3), in milliseconds from now. */
function retryAfter(header: string | null | undefined, now: number): number | null {
  if (header === null || header === undefined || header === '') return null;
  if (/^\d+$/.test(header)) return Math.min(MAX_RETRY_AFTER_MS, Number(header) * 1000);
  const at = parseHttpDate(header);
  return at === null ? null : Math.min(MAX_RETRY_AFTER_MS, Math.max(0, at - now));
}
