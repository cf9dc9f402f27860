import { Injectable } from '@nestjs/common';
import { googleFailure, malformedAnswer } from '../../google/google-failure.js';
import { Clock } from '../../shared/clock.js';
import { Config } from '../../shared/config.js';
import { ProviderError } from '../../shared/failure.js';
import { sha256 } from '../../shared/hashing.js';
import { record } from '../../shared/record.js';
import { Secret } from '../../shared/secret.js';
import type { Instant } from '../../shared/time.js';
import type { TokenGrant } from '../token-grant.js';
import { TokenEndpoint, type AuthorizationRequest } from '../token-endpoint.js';
import { missingScopes, SCOPES } from './google-scopes.js';

const FOREVER_SECONDS = 100 * 365 * 86_400;
const MAX_LIFETIME_MS = 24 * 60 * 60_000;
/** F12: a lifetime that is missing or absurd; soon refreshed, and never in a loop. */
const ASSUMED_LIFETIME_MS = 5 * 60_000;

/** @see https://developers.google.com/identity/protocols/oauth2/web-server */
@Injectable()
export class GoogleTokenEndpoint extends TokenEndpoint {
  readonly requestedScopes = SCOPES;
  readonly client: string;

  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
  ) {
    super();
    const { clientId, clientSecret } = config.google;
    this.client = sha256(JSON.stringify([clientId, clientSecret.reveal()])).toString('base64url');
  }

  authorizationUrl({ state, codeChallenge, loginHint }: AuthorizationRequest): string {
    const url = new URL(this.config.google.authUrl);
    const parameters = {
      client_id: this.config.google.clientId,
      redirect_uri: this.#redirectUri(),
      response_type: 'code',
      scope: SCOPES.join(' '),
      state,
      code_challenge: codeChallenge,
      code_challenge_method: 'S256',
      access_type: 'offline',
      // Without it Google gives a refresh token only at the very first consent.
      prompt: 'consent',
      include_granted_scopes: 'true',
      ...(loginHint === undefined ? {} : { login_hint: loginHint }),
    };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return url.href;
  }

  missingScopes(granted: readonly string[]): readonly string[] {
    return missingScopes(granted);
  }

  async exchange(code: Secret, codeVerifier: Secret, signal: AbortSignal): Promise<TokenGrant> {
    return this.#grant(
      {
        grant_type: 'authorization_code',
        code: code.reveal(),
        code_verifier: codeVerifier.reveal(),
        redirect_uri: this.#redirectUri(),
      },
      signal,
    );
  }

  async refresh(refreshToken: Secret, signal: AbortSignal): Promise<TokenGrant> {
    return this.#grant({ grant_type: 'refresh_token', refresh_token: refreshToken.reveal() }, signal);
  }

  async revoke(token: Secret, signal: AbortSignal): Promise<void> {
    await this.#post(this.config.google.revokeUrl, { token: token.reveal() }, signal);
  }

  async #grant(fields: Record<string, string>, signal: AbortSignal): Promise<TokenGrant> {
    const { clientId, clientSecret, tokenUrl } = this.config.google;
    // Expiry counts from when the request was sent: the answer may have been on its way for seconds (F12).
    const sentAt = this.clock.now();
    const client = { client_id: clientId, client_secret: clientSecret.reveal() };
    const { status, body } = await this.#post(tokenUrl, { ...fields, ...client }, signal);
    const grant = grantOf(body, sentAt);
    if (grant === null) throw new ProviderError(malformedAnswer(status, 'token_answer'));
    return grant;
  }

  /** One POST. The signal covers the body too: a server that sends headers and then hangs is cut off. */
  async #post(
    url: string,
    fields: Record<string, string>,
    signal: AbortSignal,
  ): Promise<{ status: number; body: unknown }> {
    try {
      const answer = await fetch(url, {
        method: 'POST',
        body: new URLSearchParams(fields),
        redirect: 'error',
        signal,
      });
      const body = decoded(await answer.text());
      if (answer.ok) return { status: answer.status, body };
      const retryAfter = answer.headers.get('retry-after');
      throw new ProviderError(
        googleFailure({ status: answer.status, endpoint: 'token', body, retryAfter }, this.clock.now()),
      );
    } catch (error) {
      if (error instanceof ProviderError) throw error;
      // The cause is left out on purpose: transport errors of some versions hold the request, and so the secrets.
      throw new ProviderError(
        googleFailure({ status: null, transportCode: transportCode(error) }, this.clock.now()),
      );
    }
  }

  #redirectUri(): string {
    return `${this.config.publicUrl}/api/oauth/google/callback`;
  }
}

function decoded(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function transportCode(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { code } = record(error.cause);
  return typeof code === 'string' ? code : error.name;
}

/** Null unless it is a bearer token that can be used: nothing else may ever reach an Authorization header (F11). */
function grantOf(body: unknown, sentAt: Instant): TokenGrant | null {
  const {
    access_token: access,
    refresh_token: refresh,
    expires_in: expiresIn,
    refresh_token_expires_in: refreshExpiresIn,
    scope,
    id_token: idToken,
  } = record(body);
  if (typeof access !== 'string' || !/^[\x21-\x7e]+$/.test(access)) return null;
  return {
    accessToken: new Secret(access),
    refreshToken: typeof refresh === 'string' && refresh !== '' ? new Secret(refresh) : null,
    expiresAt: sentAt + lifetimeMs(expiresIn),
    refreshExpiresAt: endOf(refreshExpiresIn, sentAt),
    scopes: typeof scope === 'string' && scope.trim() !== '' ? scope.trim().split(/\s+/) : null,
    account: accountOf(idToken),
  };
}

function lifetimeMs(expiresIn: unknown): number {
  const seconds = secondsOf(expiresIn);
  return seconds === null ? ASSUMED_LIFETIME_MS : Math.min(MAX_LIFETIME_MS, seconds * 1000);
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
  const claims = payload === undefined ? null : decoded(Buffer.from(payload, 'base64url').toString('utf8'));
  const { email, sub } = record(claims);
  return {
    email: typeof email === 'string' ? email.toLowerCase() : null,
    sub: typeof sub === 'string' ? sub : null,
  };
}
