import { Injectable } from '@nestjs/common';
import type { Deadline } from '../shared/deadline.js';
import { ProviderError, unasked, type Failure } from '../shared/failure.js';
import { Log } from '../shared/log.js';
import { retrying } from '../shared/retry.js';
import type { Secret } from '../shared/secret.js';
import { CLIENT_PROBE_MS, isClientRefusal, stopsEveryRefresh } from './client-refusal.js';
import { Connections } from './connections.js';
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
    private readonly connections: Connections,
    private readonly alerts: OperatorAlerts,
    private readonly log: Log,
  ) {}

  /** @throws ProviderError */
  async execute(wish: GrantWish): Promise<TokenGrant> {
    const { connectionId, force } = wish;
    const refusal = force ? null : await this.clients.refusal(this.endpoint.client);
    if (refusal !== null && stopsEveryRefresh(refusal)) throw new ProviderError(unasked(refusal));
    try {
      const grant = await this.#asked(wish);
      if (force) await this.#accepted();
      return grant;
    } catch (error) {
      if (error instanceof ProviderError) await this.#judge(error.failure, connectionId, force);
      throw error;
    }
  }

  #asked({ refreshToken, limit, turn }: GrantWish): Promise<TokenGrant> {
    return retrying(limit.atMost(RETRY_MS), async () => {
      await turn?.();
      return this.endpoint.refresh(refreshToken, limit.signal(ATTEMPT_MS));
    });
  }

  async #judge(failure: Failure, connectionId: string, force: boolean): Promise<void> {
    if (isClientRefusal(failure)) {
      await this.clients.refused(this.endpoint.client, failure, CLIENT_PROBE_MS);
      await this.alerts.raise(failure, connectionId);
    } else if (force && failure.needsReauth) {
      // A provider looks at a grant only after it has accepted the client that asks.
      await this.#accepted();
    }
  }

  async #accepted(): Promise<void> {
    const codes = await this.clients.mended();
    if (codes === null) return;
    const resumed = await this.connections.resumeHeldUp();
    await this.alerts.end(codes);
    if (codes.length + resumed > 0)
      this.log.info('oauth_client.mended', 'The provider accepts our OAuth client again.', {
        connections: resumed,
      });
  }
}
