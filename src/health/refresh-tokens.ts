import { Injectable } from '@nestjs/common';
import type { Connection } from '../oauth/connection.js';
import { Connections } from '../oauth/connections.js';
import type { RefreshSweep } from '../oauth/refresh-expiring-tokens.js';
import { TokenRefresh } from '../oauth/token-refresh.js';
import { TokenStore } from '../oauth/token-store.js';
import { Clock } from '../shared/clock.js';
import { forEachConcurrently } from '../shared/concurrency.js';
import { Config } from '../shared/config.js';
import { Deadline } from '../shared/deadline.js';
import { ProviderError } from '../shared/failure.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';

const CONCURRENCY = 10;
const REFRESH_MS = 15_000;

type Outcome = 'refreshed' | 'needsReauth' | 'failed' | 'notDue';

/** Refreshes the tokens of a scope because a person asked for it; the schedule has a use case of its own. */
@Injectable()
export class RefreshTokens {
  constructor(
    private readonly connections: Connections,
    private readonly store: TokenStore,
    private readonly refresh: TokenRefresh,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /**
   * `force`: every connected account, whatever its token's age and earlier failures; else those within the
   * margin before expiry. `needsReauth` also counts accounts that waited for a person before.
   */
  async execute(scope: WorkspaceScope, force: boolean): Promise<RefreshSweep> {
    const connected = (await this.connections.all(scope)).filter(
      ({ authStatus }) => authStatus !== 'disconnected',
    );
    const outcomes = { refreshed: 0, needsReauth: 0, failed: 0, notDue: 0 };
    await forEachConcurrently(connected, CONCURRENCY, async (connection) => {
      outcomes[await this.#outcome(connection, force)] += 1;
    });
    const { refreshed, needsReauth, failed } = outcomes;
    return { checked: connected.length, refreshed, needsReauth, failed };
  }

  async #outcome({ id, authStatus, tokenExpiresAt }: Connection, force: boolean): Promise<Outcome> {
    if (!force && authStatus === 'needs_reauth') return 'needsReauth';
    const dueAt = (tokenExpiresAt ?? 0) - this.config.tokenRefreshMarginMs;
    if (!force && this.clock.now() < dueAt) return 'notDue';
    try {
      const deadline = Deadline.in(REFRESH_MS, this.clock);
      await this.refresh.execute(id, await this.store.read(id), deadline, { force });
      return 'refreshed';
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      return error.failure.needsReauth ? 'needsReauth' : 'failed';
    }
  }
}
