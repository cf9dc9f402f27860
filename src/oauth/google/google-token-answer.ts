import { decodedText } from '../../shared/decoded-text.js';
import { record } from '../../shared/record.js';
import { Secret } from '../../shared/secret.js';
import type { Instant } from '../../shared/time.js';
import type { TokenGrant } from '../token-grant.js';

const FOREVER_SECONDS = 100 * 365 * 86_400;
const MAX_LIFETIME_MS = 24 * 60 * 60_000;
/** F12: a lifetime that is missing or absurd; soon refreshed, and never in a loop. */
const ASSUMED_LIFETIME_MS = 5 * 60_000;
const SHORTEST_LIFETIME_SECONDS = 30;

/** Google's have at most 2048; a header cannot carry just any length. @see https://developers.google.com/identity/protocols/oauth2#size */
const TOKEN = /^[\x21-\x7e]{1,8192}$/;
/** What programs write where there is nothing. */
const NOTHING = new Set(['undefined', 'null', 'nan', 'true', 'false', 'none']);
const SCOPES = /^[\x20-\x7e]*$/;
const EMAIL = /^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+$/u;
const MAX_EMAIL = 320;
const SUBJECT = /^[\x21-\x7e]{1,255}$/;

/**
 * Null unless all of it is what a token endpoint promises: only a bearer token may reach an Authorization header
 * (F11), a refresh token that is none would replace the good one, and scopes that cannot be read would pass for
 * those asked for.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-5.1
 */
export function grantOf(body: unknown, sentAt: Instant): TokenGrant | null {
  const { access_token: access, refresh_token: refresh, token_type: type, scope, ...rest } = record(body);
  if (!isToken(access) || !isBearer(type)) return null;
  if (!isAbsent(refresh) && !isToken(refresh)) return null;
  if (!isAbsent(scope) && !isText(scope, SCOPES)) return null;
  return {
    accessToken: new Secret(access),
    refreshToken: isToken(refresh) ? new Secret(refresh) : null,
    expiresAt: sentAt + lifetimeMs(rest['expires_in']),
    refreshExpiresAt: endOf(rest['refresh_token_expires_in'], sentAt),
    scopes: scopesIn(scope),
    account: accountOf(rest['id_token']),
  };
}

function isText(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value);
}

function isToken(value: unknown): value is string {
  return isText(value, TOKEN) && !NOTHING.has(value.toLowerCase());
}

/** A type that we do not know must not be used (RFC 6749 section 7.1); one that is not told is a bearer's. */
function isBearer(type: unknown): boolean {
  return isAbsent(type) || (typeof type === 'string' && type.toLowerCase() === 'bearer');
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function scopesIn(scope: unknown): readonly string[] | null {
  const names = typeof scope === 'string' ? scope.split(' ').filter((name) => name !== '') : [];
  return names.length === 0 ? null : names;
}

function lifetimeMs(expiresIn: unknown): number {
  const seconds = secondsOf(expiresIn);
  return seconds === null || seconds < SHORTEST_LIFETIME_SECONDS
    ? ASSUMED_LIFETIME_MS
    : Math.min(MAX_LIFETIME_MS, seconds * 1000);
}

/** Of a refresh token; null when none is set, or one so far off that no calendar holds it. */
function endOf(expiresIn: unknown, sentAt: Instant): Instant | null {
  const seconds = secondsOf(expiresIn);
  return seconds === null || seconds > FOREVER_SECONDS ? null : sentAt + seconds * 1000;
}

function secondsOf(value: unknown): number | null {
  const seconds = typeof value === 'string' ? Number(value) : value;
  return typeof seconds === 'number' && Number.isFinite(seconds) && seconds > 0 ? seconds : null;
}

/**
 * E-mail and subject of the ID token. It comes straight from the token endpoint over TLS, which stands in
 * for checking its signature (OpenID Connect Core 3.1.3.7, point 6).
 */
function accountOf(idToken: unknown): TokenGrant['account'] {
  const payload = typeof idToken === 'string' ? idToken.split('.')[1] : undefined;
  const claims =
    payload === undefined ? null : decodedText(Buffer.from(payload, 'base64url').toString('utf8'));
  const { email, sub } = record(claims);
  return {
    email: isText(email, EMAIL) && email.length <= MAX_EMAIL ? email.toLowerCase() : null,
    sub: isText(sub, SUBJECT) ? sub : null,
  };
}
