import type { Respond } from './disruption.js';

const calendar = (code: number, reason: string, message: string, domain = 'global'): Respond => ({
  kind: 'respond',
  status: code,
  body: { error: { errors: [{ domain, reason, message }], code, message } },
});

const token = (status: number, error: string, description?: string, more: object = {}): Respond => ({
  kind: 'respond',
  status,
  body: { error, ...(description ? { error_description: description } : {}), ...more },
});

const page = (status: number, title: string): Respond => ({
  kind: 'respond',
  status,
  headers: { 'content-type': 'text/html; charset=UTF-8' },
  body: `<!DOCTYPE html>\n<html lang=en>\n<title>Error ${status} (${title})!!1</title>\n<p><b>${status}.</b> That is an error.\n`,
});

const grantLost = token(400, 'invalid_grant', 'Token has been expired or revoked.');

const sessionControl = (subtype: string): Respond =>
  token(400, 'invalid_grant', `reauth related error (${subtype})`, {
    error_uri: 'https://support.google.com/a/answer/9368756',
    error_subtype: subtype,
  });

const LOCATED_AUTH_ERROR = {
  domain: 'global',
  reason: 'authError',
  message: 'Invalid Credentials',
  locationType: 'header',
  location: 'Authorization',
};

const API_DISABLED =
  'Google Calendar API has not been used in project 123456789012 before or it is disabled. Enable it by visiting ' +
  'https://console.developers.google.com/apis/api/calendar-json.googleapis.com/overview?project=123456789012 then retry.';

const ERROR_INFO = 'type.googleapis.com/google.rpc.ErrorInfo';

/** Answers that Google is known to give, by name. */
export const PRESETS = {
  authError401: {
    kind: 'respond',
    status: 401,
    body: { error: { errors: [LOCATED_AUTH_ERROR], code: 401, message: 'Invalid Credentials' } },
  },
  rateLimitExceeded403: calendar(403, 'rateLimitExceeded', 'Rate Limit Exceeded', 'usageLimits'),
  userRateLimitExceeded: calendar(403, 'userRateLimitExceeded', 'User Rate Limit Exceeded', 'usageLimits'),
  userRateLimitExceeded429: calendar(429, 'userRateLimitExceeded', 'User Rate Limit Exceeded', 'usageLimits'),
  quotaExceeded: calendar(403, 'quotaExceeded', 'Calendar usage limits exceeded.', 'usageLimits'),
  dailyLimitExceeded: calendar(403, 'dailyLimitExceeded', 'Daily Limit Exceeded', 'usageLimits'),
  tooMany429: calendar(429, 'rateLimitExceeded', 'Rate Limit Exceeded', 'usageLimits'),
  insufficientScope403: {
    kind: 'respond',
    status: 403,
    body: {
      error: {
        code: 403,
        message: 'Request had insufficient authentication scopes.',
        errors: [{ message: 'Insufficient Permission', domain: 'global', reason: 'insufficientPermissions' }],
        status: 'PERMISSION_DENIED',
        details: [{ '@type': ERROR_INFO, reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT' }],
      },
    },
  },
  accessNotConfigured403: {
    kind: 'respond',
    status: 403,
    body: {
      error: {
        code: 403,
        message: API_DISABLED,
        errors: [{ message: API_DISABLED, domain: 'usageLimits', reason: 'accessNotConfigured' }],
        status: 'PERMISSION_DENIED',
        details: [{ '@type': ERROR_INFO, reason: 'SERVICE_DISABLED', domain: 'googleapis.com' }],
      },
    },
  },
  forbidden403: calendar(403, 'forbidden', 'Forbidden'),
  requiredAccessLevel403: calendar(
    403,
    'requiredAccessLevel',
    'You need to have writer access to this calendar.',
    'calendar',
  ),
  invalid400: calendar(400, 'invalid', 'Invalid Value'),
  badRequest400: calendar(400, 'badRequest', 'Bad Request'),
  notFound404: calendar(404, 'notFound', 'Not Found'),
  duplicate409: calendar(409, 'duplicate', 'The requested identifier already exists.'),
  gone410: calendar(410, 'deleted', 'Resource has been deleted'),
  fullSyncRequired410: calendar(
    410,
    'fullSyncRequired',
    'Sync token is no longer valid, a full sync is required.',
    'calendar',
  ),
  backendError500: calendar(500, 'backendError', 'Backend Error'),
  badGateway502Html: page(502, 'Server Error'),
  unavailable503: calendar(503, 'backendError', 'Backend Error'),
  unavailable503Html: page(503, 'Service Unavailable'),
  gatewayTimeout504Html: page(504, 'Gateway Timeout'),
  captivePortal200Html: {
    kind: 'respond',
    status: 200,
    headers: { 'content-type': 'text/html' },
    body: '<html><head><title>Sign in to the network</title></head><body>Sign in to continue</body></html>',
  },
  empty204: { kind: 'respond', status: 204 },

  invalid_grant: grantLost,
  invalid_grant_bad_request: token(400, 'invalid_grant', 'Bad Request'),
  account_deleted: token(400, 'invalid_grant', 'The account has been deleted.'),
  invalid_grant_503: { ...grantLost, status: 503 },
  invalid_rapt: sessionControl('invalid_rapt'),
  rapt_required: sessionControl('rapt_required'),
  invalid_client401: token(401, 'invalid_client', 'The OAuth client was not found.'),
  invalid_client_secret401: token(401, 'invalid_client', 'The provided client secret is invalid.'),
  invalid_client_unauthorized401: token(401, 'invalid_client', 'Unauthorized'),
  deleted_client: token(401, 'deleted_client'),
  unauthorized_client: token(401, 'unauthorized_client', 'Unauthorized'),
  unauthorized_client400: token(400, 'unauthorized_client', 'Unauthorized'),
  admin_policy_enforced: token(400, 'admin_policy_enforced'),
  account_restricted: token(400, 'access_denied', 'Account restricted'),
  internal_failure500: token(500, 'internal_failure', 'Backend Error'),
  temporarily_unavailable503: token(
    503,
    'temporarily_unavailable',
    'The service is temporarily unavailable.',
  ),
  token_throttled429: token(429, 'rate_limit_exceeded', 'Too many requests.'),
  token_without_fields: { kind: 'respond', status: 200, body: {} },
  token_cut: { kind: 'respond', status: 200, body: '{"access_token":"ya29.' },
} as const satisfies Record<string, Respond>;

export type PresetName = keyof typeof PRESETS;

export function isPreset(name: string): name is PresetName {
  return Object.hasOwn(PRESETS, name);
}
