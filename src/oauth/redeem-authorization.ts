import { Injectable } from '@nestjs/common';
import { ValidationFailed } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import { Deadline } from '../shared/deadline.js';
import { ProviderError } from '../shared/failure.js';
import { Secret } from '../shared/secret.js';
import { AuthorizationStates, type PendingAuthorization } from './authorization-states.js';
import { OperatorAlerts } from './operator-alerts.js';
import { TokenEndpoint } from './token-endpoint.js';
import type { TokenGrant } from './token-grant.js';

const EXCHANGE_MS = 5000;

/** What the provider sent the person back with (RFC 6749 section 4.1.2). */
export interface Callback {
  readonly state?: string | undefined;
  readonly code?: string | undefined;
  readonly error?: string | undefined;
  /** Who says so (RFC 9207). Google sends it, without announcing that it does. */
  readonly issuer?: string | undefined;
}

/** The two steps of a callback: whose it is, and what the code is worth. */
@Injectable()
export class RedeemAuthorization {
  constructor(
    private readonly states: AuthorizationStates,
    private readonly endpoint: TokenEndpoint,
    private readonly alerts: OperatorAlerts,
    private readonly clock: Clock,
  ) {}

  /**
   * An answer that names another provider is not ours to redeem, whatever its state (mix-up, RFC 9700 section 4.4).
   *
   * @throws ValidationFailed for every unusable state alike; the state is spent in any case
   */
  async pending({ state, issuer }: Callback): Promise<PendingAuthorization> {
    const pending = state === undefined || state === '' ? null : await this.states.redeem(state);
    const isOthers = issuer !== undefined && !this.endpoint.isIssuer(issuer);
    if (pending === null || isOthers)
      throw ValidationFailed.of(
        'state',
        'this authorization is not under way; start again from where you came',
      );
    return pending;
  }

  /**
   * Trades the code for tokens. One attempt: a code is single-use, so a repeat could only fail. The person who consented
   * cannot mend what is wrong with our own registration, so the operator is told.
   *
   * @throws ProviderError
   */
  async grant(code: string, { codeVerifier, connectionId }: PendingAuthorization): Promise<TokenGrant> {
    const deadline = Deadline.in(EXCHANGE_MS, this.clock);
    try {
      return await this.endpoint.exchange(new Secret(code), codeVerifier, deadline.signal(EXCHANGE_MS));
    } catch (error) {
      if (error instanceof ProviderError) await this.alerts.raise(error.failure, connectionId);
      throw error;
    }
  }
}
