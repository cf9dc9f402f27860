import type { Secret } from '../shared/secret.js';
import type { Instant } from '../shared/time.js';

/** Tokens as a provider's token endpoint gave them. */
export interface TokenGrant {
  readonly accessToken: Secret;
  /** Null when the provider gave none: the stored one stays valid (F14). */
  readonly refreshToken: Secret | null;
  readonly expiresAt: Instant;
  /** When the refresh token itself ends; null when the provider set no end (F12). */
  readonly refreshExpiresAt: Instant | null;
  /** Null when the answer did not say; then they are the ones asked for (RFC 6749 section 5.1). */
  readonly scopes: readonly string[] | null;
  readonly account: { readonly email: string | null; readonly sub: string | null };
}

/** What a connection holds of its grant. `version` counts replacements, so that the newest wins everywhere. */
export interface StoredTokens {
  /** Whose tokens they are, at the provider. */
  readonly account: string;
  readonly accessToken: Secret | null;
  readonly refreshToken: Secret | null;
  readonly expiresAt: Instant | null;
  readonly refreshedAt: Instant | null;
  readonly version: number;
  /** No refresh before this instant: the last one failed for the moment. */
  readonly refreshNotBefore: Instant | null;
}

const USABLE_FOR_MS = 5000;

/** Refresh from here on: `marginMs` before expiry, but never in the first half of a short lifetime (F12). */
export function isExpiring(
  { expiresAt, refreshedAt }: Pick<StoredTokens, 'expiresAt' | 'refreshedAt'>,
  now: Instant,
  marginMs: number,
): boolean {
  if (expiresAt === null) return true;
  const lifetimeMs = refreshedAt === null ? Infinity : Math.max(0, expiresAt - refreshedAt);
  return now >= expiresAt - Math.min(marginMs, lifetimeMs / 2);
}

export function isUsable({ accessToken, expiresAt }: StoredTokens, now: Instant): boolean {
  return accessToken !== null && expiresAt !== null && now < expiresAt - USABLE_FOR_MS;
}
