import { Injectable } from '@nestjs/common';
import { googleFailure, malformedAnswer } from '../../google/google-failure.js';
import { boundedText } from '../../shared/bounded-text.js';
import { Clock } from '../../shared/clock.js';
import { Config } from '../../shared/config.js';
import { decodedText } from '../../shared/decoded-text.js';
import { ProviderError } from '../../shared/failure.js';
import { sha256 } from '../../shared/hashing.js';
import { measuredCall, Metrics } from '../../shared/metrics.js';
import { record } from '../../shared/record.js';
import type { Secret } from '../../shared/secret.js';
import type { TokenGrant } from '../token-grant.js';
import { TokenEndpoint, type AuthorizationRequest } from '../token-endpoint.js';
import { missingScopes, SCOPES } from './google-scopes.js';
import { grantOf } from './google-token-answer.js';

/** @see https://developers.google.com/identity/openid-connect/openid-connect#an-id-tokens-payload */
const ISSUER = 'https://accounts.google.com';
const MAX_BODY_BYTES = 1024 * 1024;

/** @see https://developers.google.com/identity/protocols/oauth2/web-server */
@Injectable()
export class GoogleTokenEndpoint extends TokenEndpoint {
  readonly requestedScopes = SCOPES;
  readonly client: string;

  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
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

  /** A stand-in for Google may go by Google's name, or by its own. */
  isIssuer(issuer: string): boolean {
    return issuer === ISSUER || issuer === new URL(this.config.google.authUrl).origin;
  }

  missingScopes(granted: readonly string[]): readonly string[] {
    return missingScopes(granted);
  }

  async exchange(code: Secret, codeVerifier: Secret, signal: AbortSignal): Promise<TokenGrant> {
    const fields = {
      grant_type: 'authorization_code',
      code: code.reveal(),
      code_verifier: codeVerifier.reveal(),
      redirect_uri: this.#redirectUri(),
    };
    return this.#measured('token.exchange', () => this.#grant(fields, signal));
  }

  async refresh(refreshToken: Secret, signal: AbortSignal): Promise<TokenGrant> {
    const fields = { grant_type: 'refresh_token', refresh_token: refreshToken.reveal() };
    return this.#measured('token.refresh', () => this.#grant(fields, signal));
  }

  async revoke(token: Secret, signal: AbortSignal): Promise<void> {
    const { revokeUrl } = this.config.google;
    await this.#measured('token.revoke', () => this.#post(revokeUrl, { token: token.reveal() }, signal));
  }

  #measured<T>(endpoint: string, call: () => Promise<T>): Promise<T> {
    return measuredCall({ metrics: this.metrics, clock: this.clock }, () => endpoint, call);
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
        // Not 'error': after a 421 Node would repeat the request by itself, and without its body.
        redirect: 'manual',
        signal,
      });
      const body = decodedText(await boundedText(answer.body, MAX_BODY_BYTES));
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

function transportCode(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { code } = record(error.cause);
  return typeof code === 'string' ? code : error.name;
}
