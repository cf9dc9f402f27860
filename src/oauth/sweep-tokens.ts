import { Injectable } from '@nestjs/common';
import { Clock } from '../shared/clock.js';
import { forEachConcurrently } from '../shared/concurrency.js';
import { Config } from '../shared/config.js';
import { Deadline } from '../shared/deadline.js';
import { ProviderError } from '../shared/failure.js';
import { TokenBucket } from '../shared/token-bucket.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';
import { Connections, type Due } from './connections.js';
import { TokenRefresh } from './token-refresh.js';
import { TokenStore } from './token-store.js';

const CONCURRENCY = 10;
const BATCH = 500;
/** F62: at most 25 calls a second reach the token endpoint. */
const PACE = { burst: 2, perSecond: 20 };
const REFRESH_MS = 15_000;
/** The schedule comes by this often: what ends before the next visit is refreshed now. */
const LOOKAHEAD_MS = 5 * 60_000;
const START: Due = { id: '00000000-0000-0000-0000-000000000000', expiresAt: -1 };

export interface TokenSweep {
  readonly checked: number;
  readonly refreshed: number;
  readonly needsReauth: number;
  readonly failed: number;
}

type Outcome = 'refreshed' | 'needsReauth' | 'failed' | 'done';

/**
 * Refreshes what is about to end, so that requests find good tokens. Paced, and resumable: each refresh is
 * stored by itself, so that a run that was killed is gone on with by the next one.
 */
@Injectable()
export class SweepTokens {
  constructor(
    private readonly connections: Connections,
    private readonly store: TokenStore,
    private readonly refresh: TokenRefresh,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /** `force`: every connected account, whatever its token's age and earlier failures. */
  async execute(scope: WorkspaceScope, { force = false } = {}): Promise<TokenSweep> {
    const now = this.clock.now();
    const wish = { scope, force, now, marginMs: this.config.tokenRefreshMarginMs, lookaheadMs: LOOKAHEAD_MS };
    const pace = new TokenBucket(PACE, this.clock);
    const outcomes = { refreshed: 0, needsReauth: 0, failed: 0, done: 0 };
    let checked = 0;
    let after: Due | undefined = START;
    while (after !== undefined) {
      const batch: readonly Due[] = await this.connections.due(wish, after, BATCH);
      await forEachConcurrently(batch, CONCURRENCY, async (due) => {
        await pace.pass();
        outcomes[await this.#outcome(due, force)] += 1;
      });
      checked += batch.length;
      after = batch.length < BATCH ? undefined : batch.at(-1);
    }
    const { refreshed, needsReauth, failed } = outcomes;
    return { checked, refreshed, needsReauth, failed };
  }

  async #outcome({ id, expiresAt }: Due, force: boolean): Promise<Outcome> {
    try {
      const state = await this.store.read(id);
      // A request was faster than the sweep.
      if (!force && (state.expiresAt ?? 0) > expiresAt) return 'done';
      await this.refresh.execute(id, state, Deadline.in(REFRESH_MS, this.clock), { force });
      return 'refreshed';
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      return error.failure.needsReauth ? 'needsReauth' : 'failed';
    }
  }
}
