import type { Interval } from '../../src/shared/time.js';
import { isObject } from './answer-reader.js';

/** What is true of the calendars of one free/busy query. */
export interface FreeBusyTruth {
  readonly window: Interval;
  readonly busy: ReadonlyMap<string, readonly Interval[]>;
}

export function rfc3339(at: number): string {
  return new Date(at).toISOString().replace('.000Z', 'Z');
}

export function trueFreeBusy({ window, busy }: FreeBusyTruth): Record<string, unknown> {
  const entries = [...busy].map(([id, periods]) => [
    id,
    { busy: periods.map(({ startAt, endAt }) => ({ start: rfc3339(startAt), end: rfc3339(endAt) })) },
  ]);
  return {
    kind: 'calendar#freeBusy',
    timeMin: new Date(window.startAt).toISOString(),
    timeMax: new Date(window.endAt).toISOString(),
    calendars: Object.fromEntries(entries),
  };
}

export interface TokenTruth {
  readonly accessToken: string;
  /** Null: Google gave none, as it does at a refresh. */
  readonly refreshToken: string | null;
  readonly email: string;
}

export function trueToken({ accessToken, refreshToken, email }: TokenTruth): Record<string, unknown> {
  const claims = { iss: 'https://accounts.google.com', sub: `sub of ${email}`, email, email_verified: true };
  return {
    access_token: accessToken,
    expires_in: 3599,
    ...(refreshToken === null ? {} : { refresh_token: refreshToken }),
    scope: 'openid email https://www.googleapis.com/auth/calendar',
    token_type: 'Bearer',
    id_token: ['{"alg":"RS256"}', JSON.stringify(claims), 'signature']
      .map((part) => Buffer.from(part).toString('base64url'))
      .join('.'),
  };
}

export function trueCalendarList(owner: string, ids: readonly string[]): Record<string, unknown> {
  const items = ids.map((id) => ({
    kind: 'calendar#calendarListEntry',
    etag: '"1700000000000000"',
    id,
    summary: `Calendar ${id}`,
    timeZone: 'UTC',
    accessRole: 'owner',
    ...(id === owner ? { primary: true } : {}),
    defaultReminders: [],
  }));
  return { kind: 'calendar#calendarList', etag: '"p33"', nextSyncToken: 'CPDAlvWDx70C', items };
}

/** An error of the Calendar API as Google writes it. */
export function apiError(status: number, reason: string): Record<string, unknown> {
  const message = `Refused: ${reason}`;
  return { error: { errors: [{ domain: 'global', reason, message }], code: status, message } };
}

/** An error of the newer shape, with `details`. */
export function detailedError(status: number, reason: string): Record<string, unknown> {
  const info = { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'googleapis.com' };
  return { error: { code: status, message: 'Refused.', status: 'PERMISSION_DENIED', details: [info] } };
}

export function oauthError(error: string, subtype?: string): Record<string, unknown> {
  const more = subtype === undefined ? {} : { error_subtype: subtype };
  return { error, error_description: 'Token has been expired or revoked.', ...more };
}

/** Every name of the failure table, and some that nobody has heard of. */
export const API_REASONS = [
  'authError',
  'rateLimitExceeded',
  'userRateLimitExceeded',
  'quotaExceeded',
  'dailyLimitExceeded',
  'calendarLimitsExceeded',
  'RATE_LIMIT_EXCEEDED',
  'RESOURCE_EXHAUSTED',
  'insufficientPermissions',
  'ACCESS_TOKEN_SCOPE_INSUFFICIENT',
  'ACCESS_TOKEN_EXPIRED',
  'accessNotConfigured',
  'SERVICE_DISABLED',
  'forbidden',
  'requiredAccessLevel',
  'forbiddenForNonOrganizer',
  'notFound',
  'deleted',
  'duplicate',
  'conflict',
  'invalid',
  'required',
  'expired',
  'unauthorized',
  'domainPolicy',
  'notACalendarUser',
  'accountDeleted',
  'fullSyncRequired',
  'conditionNotMet',
  'timeRangeEmpty',
  'backendError',
  'internalError',
  'neverHeardOf',
  'constructor',
  '__proto__',
] as const;

export const OAUTH_ERRORS = [
  'invalid_grant',
  'invalid_client',
  'unauthorized_client',
  'deleted_client',
  'disabled_client',
  'admin_policy_enforced',
  'access_denied',
  'org_internal',
  'authorization_revoked',
  'policy_enforced',
  'invalid_request',
  'unsupported_grant_type',
  'invalid_scope',
  'invalid_token',
  'token_expired',
  'internal_failure',
  'server_error',
  'temporarily_unavailable',
  'rate_limit_exceeded',
  'slow_down',
  'never_heard_of',
  'toString',
] as const;

/** Names of the failure table that stop a connection until somebody acts, written a second time. */
const STOPPING: ReadonlySet<string> = new Set([
  'invalid_grant',
  'authorization_revoked',
  'invalid_client',
  'unauthorized_client',
  'deleted_client',
  'disabled_client',
  'admin_policy_enforced',
  'access_denied',
  'org_internal',
  'access_not_configured',
  'policy_enforced',
  'insufficientPermissions',
  'ACCESS_TOKEN_SCOPE_INSUFFICIENT',
]);
/** Said of an access token, a refresh cures them; said to a refresh, nothing but a new consent. */
const STOPPING_REFRESH: ReadonlySet<string> = new Set(['invalid_token', 'token_expired']);

export function isStopping(endpoint: 'token' | 'calendar', name: string): boolean {
  return STOPPING.has(name) || (endpoint === 'token' && STOPPING_REFRESH.has(name));
}

/** Every name in the places where Google puts the reason of a refusal. */
export function namesIn(body: unknown): string[] {
  const { error } = isObject(body) ? body : {};
  if (!isObject(error)) return [error].filter((name) => typeof name === 'string');
  const lists = [error['errors'], error['details']].filter((list) => Array.isArray(list));
  const reasons = lists.flat().map((item: unknown) => (isObject(item) ? item['reason'] : null));
  return [...reasons, error['status']].filter((name) => typeof name === 'string');
}
