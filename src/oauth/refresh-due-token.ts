import { Injectable } from '@nestjs/common';
import { bugFacts } from '../shared/bug-facts.js';
import { Clock } from '../shared/clock.js';
import { databaseOutage } from '../shared/database-errors.js';
import { Deadline } from '../shared/deadline.js';
import { ProviderError } from '../shared/failure.js';
import { Log } from '../shared/log.js';
import { standingFailure } from './connection.js';
import type { Due } from './connections.js';
import { TokenRefresh } from './token-refresh.js';
import { TokenStore } from './token-store.js';

const REFRESH_MS = 15_000;

/** What became of one account; `done`: a request was faster. */
export type RefreshOutcome = 'refreshed' | 'needsReauth' | 'failed' | 'done';

export interface RefreshTurn {
  /** Also what only a person can mend, and what an earlier failure holds back. */
  readonly force: boolean;
  /** Awaited before each call to the provider. */
  readonly turn: () => Promise<void>;
}

/** Refreshes the token of one account among many. Whatever is wrong with it, the others are not concerned. */
@Injectable()
export class RefreshDueToken {
  constructor(
    private readonly store: TokenStore,
    private readonly refresh: TokenRefresh,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** @throws what the database threw when it is gone: that is not the fault of any account */
  async execute({ id, expiresAt }: Due, { force, turn }: RefreshTurn): Promise<RefreshOutcome> {
    try {
      const state = await this.store.read(id);
      const standing = standingFailure(state);
      if (standing === null && (state.expiresAt ?? 0) > expiresAt) return 'done';
      if (standing !== null && !force) throw new ProviderError(standing);
      const deadline = Deadline.in(REFRESH_MS, this.clock);
      await this.refresh.execute(id, state, deadline, { force, sparing: true, turn });
      return 'refreshed';
    } catch (error) {
      return this.#failed(id, error);
    }
  }

  #failed(id: string, error: unknown): RefreshOutcome {
    if (error instanceof ProviderError) return error.failure.needsReauth ? 'needsReauth' : 'failed';
    if (databaseOutage(error)) throw error;
    this.log.error('tokens.refresh_crashed', 'A token could not be refreshed, for a reason unknown.', {
      connection_id: id,
      ...bugFacts(error),
    });
    return 'failed';
  }
}
