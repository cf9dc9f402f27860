import { Injectable } from '@nestjs/common';
import { Clock } from '../shared/clock.js';
import { Config } from '../shared/config.js';
import { JobLock } from '../shared/job-lock.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';
import { Connections, type Due } from './connections.js';
import { RefreshAtPace } from './refresh-at-pace.js';

/** The job that refreshes the tokens of all workspaces: its lock, and its name in the schedule. */
export const TOKEN_REFRESH = 'token-refresh';

const BATCH = 500;
/** The schedule comes by this often: what ends before the next visit is refreshed now. */
const LOOKAHEAD_MS = 5 * 60_000;
const START: Due = { id: '00000000-0000-0000-0000-000000000000', expiresAt: -1 };

export interface TokenSweep {
  readonly checked: number;
  readonly refreshed: number;
  readonly needsReauth: number;
  readonly failed: number;
}

export interface SweepOptions {
  /** Every connected account, whatever its token's age and earlier failures. */
  readonly force?: boolean;
  /** Every connected account, whatever its token's age; what an earlier failure holds back is left alone. */
  readonly all?: boolean;
  readonly progress?: (done: number) => void;
}

/**
 * Refreshes what is about to end, so that requests find good tokens. Paced, and resumable: each refresh is
 * stored by itself, so that a run that was killed is gone on with by the next one.
 */
@Injectable()
export class SweepTokens {
  constructor(
    private readonly connections: Connections,
    private readonly refresh: RefreshAtPace,
    private readonly lock: JobLock,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /** @throws AlreadyRunning another run is at all workspaces; one that is asked for a single one never waits */
  async execute(scope: WorkspaceScope, options: SweepOptions = {}): Promise<TokenSweep> {
    const run = (): Promise<TokenSweep> => this.#run(scope, options);
    return scope === 'all' ? this.lock.exclusively(TOKEN_REFRESH, run) : run();
  }

  async #run(
    scope: WorkspaceScope,
    { force = false, all = force, progress = () => undefined }: SweepOptions,
  ): Promise<TokenSweep> {
    const outcomes = { refreshed: 0, needsReauth: 0, failed: 0, done: 0 };
    let checked = 0;
    for await (const batch of this.#due(scope, all))
      await this.refresh.execute(batch, {
        force,
        outcome: (outcome) => {
          outcomes[outcome] += 1;
          checked += 1;
          progress(checked);
        },
      });
    const { refreshed, needsReauth, failed } = outcomes;
    return { checked, refreshed, needsReauth, failed };
  }

  /** Each account once: of all, those that were refreshed come up again behind the others, with their new end. */
  async *#due(scope: WorkspaceScope, all: boolean): AsyncGenerator<readonly Due[]> {
    const now = this.clock.now();
    const marginMs = this.config.tokenRefreshMarginMs;
    const wish = { scope, force: all, now, marginMs, lookaheadMs: LOOKAHEAD_MS };
    const met = new Set<string>();
    let after: Due | undefined = START;
    while (after !== undefined) {
      const batch: readonly Due[] = await this.connections.due(wish, after, BATCH);
      yield batch.filter(({ id }) => !met.has(id));
      for (const { id } of batch) met.add(id);
      after = batch.length < BATCH ? undefined : batch.at(-1);
    }
  }
}
