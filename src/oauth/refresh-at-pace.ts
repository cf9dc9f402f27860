import { Injectable } from '@nestjs/common';
import { Clock } from '../shared/clock.js';
import { forEachConcurrently } from '../shared/concurrency.js';
import { TokenBucket } from '../shared/token-bucket.js';
import type { Due } from './connections.js';
import { RefreshDueToken, type RefreshOutcome } from './refresh-due-token.js';

const CONCURRENCY = 10;
/** F62: at most 25 calls a second reach the token endpoint; some are left to checks, and to what the network bunches. */
const PACE = { burst: 1, perSecond: 21 };

export interface PacedRefresh {
  /** Also what only a person can mend, and what an earlier failure holds back. */
  readonly force: boolean;
  readonly outcome?: (outcome: RefreshOutcome) => void;
}

/** Refreshes the tokens of many accounts: a few at once, and never more in a second than the provider likes. */
@Injectable()
export class RefreshAtPace {
  readonly #pace: TokenBucket;

  constructor(
    private readonly refreshDue: RefreshDueToken,
    clock: Clock,
  ) {
    this.#pace = new TokenBucket(PACE, clock);
  }

  /** @throws what the database threw when it is gone */
  async execute(accounts: readonly Due[], { force, outcome }: PacedRefresh): Promise<void> {
    const turn = (): Promise<void> => this.#pace.pass();
    await forEachConcurrently(accounts, CONCURRENCY, async (due) => {
      const became = await this.refreshDue.execute(due, { force, turn });
      outcome?.(became);
    });
  }
}
