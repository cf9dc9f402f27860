import { unasked, type Failure } from '../shared/failure.js';
import type { Instant } from '../shared/time.js';

export type AuthStatus = 'active' | 'needs_reauth' | 'disconnected';

/** The failure a connection is in, and since when. `count` says how often it was met. */
export interface LastError extends Failure {
  readonly at: Instant;
  readonly count: number;
  /** The provider is not to be asked before this instant: it said so itself (F20). */
  readonly notBefore?: Instant | null;
}

/** An account of a workspace at a calendar provider. Its tokens are not part of it: see {@link AccessTokens}. */
export interface Connection {
  readonly id: string;
  readonly workspaceId: string;
  readonly provider: 'google';
  readonly accountEmail: string;
  /** The provider's own stable id of the account; null when it never told. */
  readonly accountSub: string | null;
  readonly authStatus: AuthStatus;
  readonly lastError: LastError | null;
  readonly scopes: readonly string[];
  readonly tokenExpiresAt: Instant | null;
  readonly lastRefreshedAt: Instant | null;
  /** When the owner last consented. */
  readonly consentedAt: Instant | null;
  /** When the authorization itself ends and the owner has to consent again; null when no end is set. */
  readonly authorizationEndsAt: Instant | null;
  readonly createdAt: Instant;
}

/** Why nothing may be asked of the provider for this connection, or null when it may. */
export function standingFailure({
  authStatus,
  lastError,
}: Pick<Connection, 'authStatus' | 'lastError'>): Failure | null {
  if (authStatus === 'active') return null;
  return authStatus === 'needs_reauth' && lastError !== null ? unasked(lastError) : MISSING_TOKENS;
}

/** The failure that stops everything of the connection, also one that it was left active with (F69); or null. */
export function wholeFailure(connection: Pick<Connection, 'authStatus' | 'lastError'>): Failure | null {
  const { lastError } = connection;
  return standingFailure(connection) ?? (lastError?.needsReauth === true ? lastError : null);
}

/** The failure that asked for a pause which is not over yet, with what is left of it; null when all may be asked. */
export function requestedPause({ lastError }: Pick<Connection, 'lastError'>, now: Instant): Failure | null {
  const leftMs = (lastError?.notBefore ?? 0) - now;
  return lastError !== null && leftMs > 0 ? { ...unasked(lastError), retryAfterMs: leftMs } : null;
}

export const MISSING_TOKENS: Failure = {
  category: 'missing_tokens',
  code: 'missing_tokens',
  reason: null,
  actor: 'user',
  httpStatus: null,
  message: 'There is no authorization for the account; the owner must connect it.',
  needsReauth: true,
  retryable: false,
  retryAfterMs: null,
  timedOut: false,
  attempts: 0,
};

/** The stored token cannot be opened with any configured key (F69): an operator's fault, not the owner's. */
export const TOKEN_UNDECRYPTABLE: Failure = {
  ...MISSING_TOKENS,
  category: 'provider_misconfigured',
  code: 'token_undecryptable',
  actor: 'operator',
  message: 'The stored authorization cannot be decrypted with the configured encryption keys.',
};

/**
 * There is no token for the moment. Why is recorded where the refresh failed; callers only learn that it did,
 * and never mistake it for a refusal of their own call.
 */
export const REFRESH_FAILED: Failure = {
  ...MISSING_TOKENS,
  category: 'connection_error',
  code: 'token_refresh_failed',
  actor: 'none',
  message: 'The token could not be refreshed for the moment.',
  needsReauth: false,
  retryable: true,
};
