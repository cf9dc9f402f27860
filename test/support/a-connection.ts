import type { Connection, LastError } from '../../src/oauth/connection.js';

/** Active, and the connection of `aCalendar()`. */
export function aConnection(differences: Partial<Connection> = {}): Connection {
  return {
    id: '00000000-0000-4000-8000-0000000000d0',
    workspaceId: '00000000-0000-4000-8000-0000000000a0',
    provider: 'google',
    accountEmail: 'ada@example.com',
    accountSub: null,
    authStatus: 'active',
    lastError: null,
    scopes: [],
    tokenExpiresAt: 3_600_000,
    lastRefreshedAt: 0,
    consentedAt: 0,
    authorizationEndsAt: null,
    createdAt: 0,
    ...differences,
  };
}

/** The owner took the access back at instant 1000. */
export function aLastError(differences: Partial<LastError> = {}): LastError {
  return {
    category: 'expired_tokens',
    code: 'invalid_grant',
    reason: null,
    actor: 'user',
    httpStatus: 400,
    message: 'The access was revoked or has expired.',
    needsReauth: true,
    retryable: false,
    retryAfterMs: null,
    timedOut: false,
    at: 1000,
    count: 1,
    ...differences,
  };
}
