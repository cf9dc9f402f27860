import { TokenEndpoint, type AuthorizationRequest } from '../../src/oauth/token-endpoint.js';
import type { TokenGrant } from '../../src/oauth/token-grant.js';
import { FixedClock, type Clock } from '../../src/shared/clock.js';
import { ProviderError, type Failure } from '../../src/shared/failure.js';
import { Secret } from '../../src/shared/secret.js';
import { aGrant, type GrantText } from '../support/a-grant.js';

type Script = () => Promise<TokenGrant>;

const HOUR_MS = 3_600_000;

/** Answers as it was told, in order; with nothing left to say, with a fresh token that is good for an hour. */
export class ScriptedTokenEndpoint extends TokenEndpoint {
  client = 'client-1';
  readonly requestedScopes = ['calendar'];
  /** The refresh tokens it was sent, in order; likewise the codes with their verifiers, and what was revoked. */
  readonly sent: string[] = [];
  readonly exchanged: { readonly code: string; readonly codeVerifier: string }[] = [];
  readonly revoked: string[] = [];
  readonly #script: Script[] = [];
  #given = 0;

  constructor(private readonly clock: Clock = new FixedClock(0)) {
    super();
  }

  refreshes(): number {
    return this.sent.length;
  }

  /** The next call gets this grant: no new refresh token, and an hour, unless it says otherwise. */
  willRefresh(grant: GrantText = {}): void {
    this.#script.push(async () => this.#fresh(grant));
  }

  willFail(failure: Failure, times = 1): void {
    const fail: Script = () => Promise.reject(new ProviderError(failure));
    this.#script.push(...Array.from({ length: times }, () => fail));
  }

  /** The next call does `work` first, such as waiting, or changing what is stored, and then is answered as told. */
  willFirst(work: () => Promise<void>, then: Failure | GrantText = {}): void {
    this.#script.push(async () => {
      await work();
      if ('category' in then) throw new ProviderError(then);
      return this.#fresh(then);
    });
  }

  authorizationUrl({ state, codeChallenge, loginHint }: AuthorizationRequest): string {
    const query = new URLSearchParams({ state, code_challenge: codeChallenge, login_hint: loginHint ?? '' });
    return `https://provider.example/auth?${query.toString()}`;
  }

  isIssuer(issuer: string): boolean {
    return issuer === 'https://provider.example';
  }

  missingScopes(granted: readonly string[]): readonly string[] {
    return this.requestedScopes.filter((scope) => !granted.includes(scope));
  }

  async exchange(code: Secret, codeVerifier: Secret, _signal: AbortSignal): Promise<TokenGrant> {
    this.exchanged.push({ code: code.reveal(), codeVerifier: codeVerifier.reveal() });
    return this.#next();
  }

  async refresh(refreshToken: Secret, _signal: AbortSignal): Promise<TokenGrant> {
    this.sent.push(refreshToken.reveal());
    return this.#next();
  }

  async revoke(token: Secret, _signal: AbortSignal): Promise<void> {
    this.revoked.push(token.reveal());
    await this.#next();
  }

  #next(): Promise<TokenGrant> {
    const next = this.#script.shift();
    return next === undefined ? Promise.resolve(this.#fresh({})) : next();
  }

  #fresh(grant: GrantText): TokenGrant {
    this.#given += 1;
    const expiresAt = this.clock.now() + HOUR_MS;
    return aGrant({ access: `fresh-${this.#given}`, refresh: null, expiresAt, ...grant });
  }
}
