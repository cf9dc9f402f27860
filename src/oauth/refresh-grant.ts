import { Injectable } from '@nestjs/common';
import type { Deadline } from '../shared/deadline.js';
import { ProviderError, unasked, type Failure } from '../shared/failure.js';
import { retrying } from '../shared/retry.js';
import type { Secret } from '../shared/secret.js';
import { AcceptOAuthClient } from './accept-oauth-client.js';
import { CLIENT_PROBE_MS, isClientRefusal, speaksForAll } from './client-refusal.js';
import { OAuthClients } from './oauth-clients.js';
import { OperatorAlerts } from './operator-alerts.js';
import { TokenEndpoint } from './token-endpoint.js';
import type { TokenGrant } from './token-grant.js';

const ATTEMPT_MS = 5000;
/** F10: what a request may wait for a repeat; a longer `Retry-After` ends the refresh at once. */
const RETRY_MS = 5000;

export interface GrantWish {
  readonly connectionId: string;
  readonly refreshToken: Secret;
  readonly limit: Deadline;
  /** Asks also while the provider refuses our client: that is how its mend is found out. */
  readonly force: boolean;
  /** Awaited before each call: whoever refreshes many keeps to a pace. */
  readonly turn?: (() => Promise<void>) | undefined;
}

/**
 * Asks the provider for a new grant, and keeps what its answer says of our own OAuth client: while that is
 * refused, no connection asks in vain; once it is accepted again, all that it had stopped go on (F05, F06).
 */
@Injectable()
export class RefreshGrant {
  constructor(
    private readonly endpoint: TokenEndpoint,
    private readonly clients: OAuthClients,
    private readonly accept: AcceptOAuthClient,
    private readonly alerts: OperatorAlerts,
  ) {}

  /** @throws ProviderError */
  async execute(wish: GrantWish): Promise<TokenGrant> {
    const refusal = await this.clients.refusal(this.endpoint.client);
    if (refusal !== null && !wish.force) throw new ProviderError(unasked(refusal));
    try {
      const grant = await this.#asked(wish);
      if (refusal !== null) await this.accept.execute();
      return grant;
    } catch (error) {
      if (error instanceof ProviderError) await this.#judge(error.failure, wish, refusal !== null);
      throw error;
    }
  }

  #asked({ refreshToken, limit, turn }: GrantWish): Promise<TokenGrant> {
    return retrying(limit.atMost(RETRY_MS), async () => {
      await turn?.();
      return this.endpoint.refresh(refreshToken, limit.signal(ATTEMPT_MS));
    });
  }

  /** The alert first: when it cannot be recorded, neither is a refusal, and the next one that asks tells. */
  async #judge(failure: Failure, { connectionId }: GrantWish, wasRefused: boolean): Promise<void> {
    await this.alerts.raise(failure, connectionId);
    if (isClientRefusal(failure)) return this.#refused(failure);
    // A provider looks at a grant only after it has accepted the client that asks.
    if (wasRefused && failure.needsReauth) await this.accept.execute();
  }

  async #refused(failure: Failure): Promise<void> {
    const { client } = this.endpoint;
    if (speaksForAll(failure)) await this.clients.refused(client, failure, CLIENT_PROBE_MS);
    else await this.clients.planProbe(client, CLIENT_PROBE_MS);
  }
}
