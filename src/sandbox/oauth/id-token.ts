import { createHash } from 'node:crypto';
import type { SandboxState } from '../state.js';
import type { AccessToken } from '../state/tokens.js';
import { ISSUER } from './consent.js';
import { EMAIL_SCOPE } from './scopes.js';

const LIFETIME_SECONDS = 3600;

/** A signed statement of who the person is. The address is in it only when that scope was granted. */
export function idToken(
  access: AccessToken,
  { accounts, clock, signingKey }: SandboxState,
  nonce?: string,
): string {
  const issuedAt = Math.floor(clock.now() / 1000);
  const email = { email: access.account, email_verified: true };
  return signingKey.jwt({
    iss: ISSUER,
    azp: access.clientId,
    aud: access.clientId,
    sub: accounts.find(access.account)?.sub,
    ...(access.scopes.includes(EMAIL_SCOPE) ? email : {}),
    at_hash: createHash('sha256').update(access.token).digest().subarray(0, 16).toString('base64url'),
    ...(nonce === undefined ? {} : { nonce }),
    iat: issuedAt,
    exp: issuedAt + LIFETIME_SECONDS,
  });
}
