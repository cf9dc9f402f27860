import type { Failure } from '../../src/shared/failure.js';

/** A server error that passes by itself. */
export function aFailure(differences: Partial<Failure> = {}): Failure {
  return {
    category: 'connection_error',
    code: 'http_503',
    reason: null,
    actor: 'none',
    httpStatus: 503,
    message: 'The provider failed for the moment.',
    needsReauth: false,
    retryable: true,
    retryAfterMs: null,
    timedOut: false,
    ...differences,
  };
}

/** A token that the provider no longer takes, though it has not expired. */
export function rejectedToken(): Failure {
  return aFailure({
    category: 'expired_tokens',
    code: 'authError',
    actor: 'user',
    httpStatus: 401,
    message: 'The provider rejected the access token.',
    retryable: false,
  });
}

export function missingCalendar(): Failure {
  return aFailure({
    category: 'calendar_not_found',
    code: 'notFound',
    actor: 'user',
    httpStatus: 404,
    message: 'There is no such calendar.',
    retryable: false,
  });
}

export function noWriteAccess(): Failure {
  return aFailure({
    category: 'permission_error',
    code: 'requiredAccessLevel',
    actor: 'user',
    httpStatus: 403,
    message: 'The account may not write to the calendar.',
    retryable: false,
  });
}

export function timeOut(): Failure {
  return aFailure({
    code: 'timeout',
    httpStatus: null,
    message: 'The provider did not answer in time.',
    retryable: false,
    timedOut: true,
  });
}

/** Some busy times of an answer could not be read. */
export function malformedPeriods(): Failure {
  return aFailure({
    category: 'malformed_data',
    code: 'malformed_answer',
    httpStatus: 200,
    message: 'The provider sent busy periods that cannot be read.',
    retryable: false,
  });
}

/** The provider refuses our own OAuth client: the operator's to mend. */
export function refusedClient(differences: Partial<Failure> = {}): Failure {
  return aFailure({
    category: 'provider_misconfigured',
    code: 'invalid_client',
    actor: 'operator',
    httpStatus: 401,
    message: 'The provider refuses the client.',
    needsReauth: true,
    retryable: false,
    ...differences,
  });
}

/** The provider refuses our client for this one token. */
export function unauthorizedClient(): Failure {
  return refusedClient({ code: 'unauthorized_client' });
}

/** The provider refuses what our code or settings make of a request: the operator's to mend, and it stops nothing. */
export function wrongRequest(): Failure {
  return aFailure({
    category: 'provider_misconfigured',
    code: 'invalid_scope',
    actor: 'operator',
    httpStatus: 400,
    message: 'The provider refuses the form of the request.',
    retryable: false,
  });
}

/** The refresh token is revoked: only the owner can mend that. */
export function revokedGrant(): Failure {
  return aFailure({
    category: 'expired_tokens',
    code: 'invalid_grant',
    actor: 'user',
    httpStatus: 400,
    message: 'The owner must re-authorize.',
    needsReauth: true,
    retryable: false,
  });
}
