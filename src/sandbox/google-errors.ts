import { jsonReply, type Reply } from './messages.js';

/** Ends an operation with an answer that is not a success. */
export class GoogleError extends Error {
  constructor(readonly reply: Reply) {
    super(`answer ${reply.status}`);
  }
}

export interface ErrorPlace {
  readonly locationType: 'header' | 'parameter';
  readonly location: string;
}

/** The form in which the Calendar service itself refuses: no `status`, the list of errors first. */
export function calendarError(
  code: number,
  reason: string,
  message: string,
  { domain = 'global', place }: { domain?: string; place?: ErrorPlace } = {},
): Reply {
  return jsonReply(code, { error: { errors: [{ domain, reason, message, ...place }], code, message } });
}

export interface FrontEndError {
  readonly code: number;
  readonly status: string;
  readonly message: string;
  readonly errors: readonly object[];
  readonly details?: readonly object[];
}

/** The form used by the servers in front of the Calendar service: with `status`, sometimes `details`. */
export function frontEndError({ code, status, message, errors, details }: FrontEndError): Reply {
  return jsonReply(code, { error: { code, message, errors, status, ...(details ? { details } : {}) } });
}

export function oauthError(status: number, error: string, description?: string, more: object = {}): Reply {
  return jsonReply(status, { error, ...(description ? { error_description: description } : {}), ...more });
}

export const notFound = (): Reply => calendarError(404, 'notFound', 'Not Found');

export const badRequest = (): Reply => calendarError(400, 'badRequest', 'Bad Request');

export const invalidValue = (message: string): Reply => calendarError(400, 'invalid', message);

export const missing = (message: string): Reply => calendarError(400, 'required', message);

export const timeRangeEmpty = (): Reply =>
  calendarError(400, 'timeRangeEmpty', 'The specified time range is empty.', {
    domain: 'calendar',
    place: { locationType: 'parameter', location: 'timeMax' },
  });

export const timeRangeTooLong = (): Reply =>
  calendarError(400, 'timeRangeTooLong', 'The requested time range is too long.', {
    domain: 'calendar',
    place: { locationType: 'parameter', location: 'timeMax' },
  });

export const requiredAccess = (level: 'reader' | 'writer'): Reply =>
  calendarError(403, 'requiredAccessLevel', `You need to have ${level} access to this calendar.`, {
    domain: 'calendar',
  });

const CREDENTIALS_EXPECTED =
  'Expected OAuth 2 access token, login cookie or other valid authentication credential. ' +
  'See https://developers.google.com/identity/sign-in/web/devconsole-project.';

export const invalidCredentials = (): Reply =>
  unauthenticated('Request had invalid authentication credentials.', 'authError', 'Invalid Credentials');

export const loginRequired = (): Reply =>
  unauthenticated('Request is missing required authentication credential.', 'required', 'Login Required.');

function unauthenticated(opening: string, reason: string, message: string): Reply {
  return frontEndError({
    code: 401,
    status: 'UNAUTHENTICATED',
    message: `${opening} ${CREDENTIALS_EXPECTED}`,
    errors: [{ message, domain: 'global', reason, location: 'Authorization', locationType: 'header' }],
  });
}

/** @param method the name of the refused call, such as `calendar.v3.Freebusy.Query` */
export function insufficientScope(method: string): Reply {
  const metadata = { service: 'calendar-json.googleapis.com', method };
  const type = 'type.googleapis.com/google.rpc.ErrorInfo';
  return frontEndError({
    code: 403,
    status: 'PERMISSION_DENIED',
    message: 'Request had insufficient authentication scopes.',
    errors: [{ message: 'Insufficient Permission', domain: 'global', reason: 'insufficientPermissions' }],
    details: [
      { '@type': type, reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT', domain: 'googleapis.com', metadata },
    ],
  });
}

/** Refuses what a strict reader of the request cannot place. The strictness is ours, the form Google's. */
export function invalidPayload(problems: readonly string[], reason = 'badRequest'): Reply {
  const message = problems.map((problem) => `Invalid JSON payload received. ${problem}`).join('\n');
  return frontEndError({
    code: 400,
    status: 'INVALID_ARGUMENT',
    message,
    errors: [{ message, domain: 'global', reason }],
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.BadRequest',
        fieldViolations: problems.map((description) => ({ description })),
      },
    ],
  });
}
