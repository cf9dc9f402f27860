import { Injectable } from '@nestjs/common';
import { Clock } from '../shared/clock.js';
import { forEachConcurrently } from '../shared/concurrency.js';
import { Config } from '../shared/config.js';
import { Deadline } from '../shared/deadline.js';
import { ProviderError } from '../shared/failure.js';
import { Connections } from './connections.js';
import { TokenRefresh } from './token-refresh.js';
import { TokenStore } from './token-store.js';

const CONCURRENCY = 10;
const BATCH = 500;
const REFRESH_MS = 15_000;

export interface RefreshSweep {
  readonly checked: number;
  readonly refreshed: number;
  readonly needsReauth: number;
  readonly failed: number;
}

/** Refreshes what expires within the margin, so that requests find good tokens. Safe to run anywhere at once. */
@Injectable()
export class RefreshExpiringTokens {
  constructor(
    private readonly connections: Connections,
    private readonly store: TokenStore,
    private readonly refresh: TokenRefresh,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  async execute(): Promise<RefreshSweep> {
    const ids = await this.connections.expiring(this.clock.now() + this.config.tokenRefreshMarginMs, BATCH);
    const outcomes = { refreshed: 0, needsReauth: 0, failed: 0 };
    await forEachConcurrently(ids, CONCURRENCY, async (id) => {
      outcomes[await this.#outcome(id)] += 1;
    });
    return { checked: ids.length, ...outcomes };
  }

  async #outcome(id: string): Promise<'refreshed' | 'needsReauth' | 'failed'> {
    try {
      await this.refresh.execute(id, await this.store.read(id), Deadline.in(REFRESH_MS, this.clock));
      return 'refreshed';
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      return error.failure.needsReauth ? 'needsReauth' : 'failed';
    }
  }
}
