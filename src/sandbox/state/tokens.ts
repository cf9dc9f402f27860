import { randomBytes } from 'node:crypto';
import type { Instant } from '../../shared/time.js';

/** What one account allows one client. Revoking ends all of it. */
export interface Grant {
  readonly account: string;
  readonly clientId: string;
  scopes: string[];
}

export interface RefreshToken {
  readonly token: string;
  readonly account: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Null: lives until revoked. */
  readonly expiresAt: Instant | null;
}

export interface AccessToken {
  readonly token: string;
  readonly account: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly expiresAt: Instant;
}

export interface AuthorizationCode {
  readonly code: string;
  readonly account: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly expiresAt: Instant;
  /** Whether a refresh token goes with it. */
  readonly offline: boolean;
  readonly challenge?: { readonly value: string; readonly method: string };
  readonly nonce?: string;
}

/** Google keeps this many refresh tokens of one account for one client; a further one ends the oldest. */
const REFRESH_TOKENS_PER_GRANT = 100;

const random = (bytes: number): string => randomBytes(bytes).toString('base64url');

export const newAccessToken = (): string => `ya29.a0${random(96)}`;
export const newRefreshToken = (): string => `1//0${random(60)}`;
export const newCode = (): string => `4/0A${random(45)}`;

/** Every code, token and grant that is alive. */
export class Tokens {
  readonly grants = new Map<string, Grant>();
  readonly refreshTokens = new Map<string, RefreshToken>();
  readonly accessTokens = new Map<string, AccessToken>();
  readonly codes = new Map<string, AuthorizationCode>();
  /** Tokens that once worked, to tell "revoked" from "never seen". */
  readonly ended = new Set<string>();
  private readonly byGrant = new Map<string, Set<string>>();

  grant(account: string, clientId: string): Grant | undefined {
    return this.grants.get(grantKey(account, clientId));
  }

  allow(account: string, clientId: string, scopes: readonly string[]): Grant {
    const known = this.grant(account, clientId);
    const grant = { account, clientId, scopes: [...new Set([...(known?.scopes ?? []), ...scopes])] };
    this.grants.set(grantKey(account, clientId), grant);
    return grant;
  }

  addRefreshToken(refreshToken: RefreshToken): void {
    this.refreshTokens.set(refreshToken.token, refreshToken);
    const siblings = this.refreshTokensOf(refreshToken).add(refreshToken.token);
    const [oldest] = siblings;
    if (oldest !== undefined && siblings.size > REFRESH_TOKENS_PER_GRANT) this.endRefreshToken(oldest);
  }

  endRefreshToken(token: string): void {
    const refreshToken = this.refreshTokens.get(token);
    if (!refreshToken) return;
    this.refreshTokens.delete(token);
    this.refreshTokensOf(refreshToken).delete(token);
    this.ended.add(token);
  }

  /** Ends the grant with all its tokens and codes. */
  revoke(account: string, clientId: string): void {
    const grant = { account, clientId };
    this.grants.delete(grantKey(account, clientId));
    for (const token of this.refreshTokensOf(grant)) this.endRefreshToken(token);
    for (const [token, accessToken] of this.accessTokens) {
      if (sameGrant(accessToken, grant)) this.accessTokens.delete(token);
    }
    for (const [code, held] of this.codes) if (sameGrant(held, grant)) this.codes.delete(code);
  }

  /** Oldest first. */
  private refreshTokensOf({ account, clientId }: GrantOwner): Set<string> {
    const key = grantKey(account, clientId);
    const tokens = this.byGrant.get(key) ?? new Set<string>();
    this.byGrant.set(key, tokens);
    return tokens;
  }

  /** Access tokens of the account expire now; refresh tokens stay. Returns how many. */
  expireAccessTokens(account: string, now: Instant): number {
    const alive = [...this.accessTokens.values()].filter(
      (token) => token.account === account && token.expiresAt > now,
    );
    for (const token of alive) this.accessTokens.set(token.token, { ...token, expiresAt: now });
    return alive.length;
  }

  /** Now and then drops access tokens that expired an hour ago, so that a long run does not hoard them. */
  forgetExpired(now: Instant): void {
    if (this.accessTokens.size % 1000 !== 999) return;
    for (const [token, { expiresAt }] of this.accessTokens) {
      if (expiresAt < now - 3_600_000) this.accessTokens.delete(token);
    }
  }
}

function grantKey(account: string, clientId: string): string {
  return `${clientId} ${account}`;
}

type GrantOwner = Pick<Grant, 'account' | 'clientId'>;

function sameGrant(one: GrantOwner, other: GrantOwner): boolean {
  return one.account === other.account && one.clientId === other.clientId;
}
