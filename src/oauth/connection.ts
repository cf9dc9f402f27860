import type { Failure } from '../shared/failure.js';
import type { Instant } from '../shared/time.js';

export type AuthStatus = 'active' | 'needs_reauth' | 'disconnected';

/** The failure a connection is in, and since when. `count` says how often it was met. */
export interface LastError extends Failure {
  readonly at: Instant;
  readonly count: number;
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
  readonly createdAt: Instant;
}

/** Why nothing may be asked of the provider for this connection, or null when it may. */
export function standingFailure({
  authStatus,
  lastError,
}: Pick<Connection, 'authStatus' | 'lastError'>): Failure | null {
  if (authStatus === 'active') return null;
  return authStatus === 'needs_reauth' && lastError !== null ? lastError : MISSING_TOKENS;
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
};

/** The stored token cannot be opened with any configured key (F69): an operator's fault, not the owner's. */
export const TOKEN_UNDECRYPTABLE: Failure = {
  ...MISSING_TOKENS,
  category: 'provider_misconfigured',
  code: 'token_undecryptable',
  actor: 'operator',
  message: 'The stored authorization cannot be decrypted with the configured encryption keys.',
};
