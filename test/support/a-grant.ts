import type { TokenGrant } from '../../src/oauth/token-grant.js';
import { Secret } from '../../src/shared/secret.js';

export interface GrantText {
  readonly access?: string;
  /** Null: the provider gave none. */
  readonly refresh?: string | null;
  readonly expiresAt?: number;
  readonly refreshExpiresAt?: number | null;
  readonly scopes?: readonly string[] | null;
}

/** Tokens as the provider gives them at a first consent, good until 2100. */
export function aGrant({
  access = 'access-1',
  refresh = 'refresh-1',
  expiresAt,
  refreshExpiresAt = null,
  scopes,
}: GrantText = {}): TokenGrant {
  return {
    accessToken: new Secret(access),
    refreshToken: refresh === null ? null : new Secret(refresh),
    expiresAt: expiresAt ?? Date.UTC(2100, 0, 1),
    refreshExpiresAt,
    scopes: scopes ?? null,
    account: { email: null, sub: null },
  };
}
