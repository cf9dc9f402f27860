import { Injectable } from '@nestjs/common';
import { Config } from '../shared/config.js';
import { Ids } from '../shared/ids.js';
import { workspaceOf, type WorkspaceScope } from '../workspaces/workspace.js';
import { IdempotencyInProgress, IdempotencyKeyReused } from './booking.errors.js';
import { IdempotencyKeys, type Answer, type OwnTurn } from './idempotency-keys.js';

/** How much longer than its deadline a request may live before its key counts as left behind. */
const LEASE_MARGIN_MS = 8000;

export interface OnceRequest {
  readonly scope: WorkspaceScope;
  /** Null: the caller sent none, and the work is simply done. */
  readonly key: string | null;
  readonly hash: string;
}

export interface Work<T> {
  readonly run: (bookingId: string) => Promise<Answer<T>>;
  /** What an earlier run that came to no end has made; null: nothing, so the work is run. */
  readonly resume?: (bookingId: string) => Promise<Answer<T> | null>;
}

/** Runs the work of a request once per idempotency key, and repeats its answer afterwards (F60). */
@Injectable()
export class OncePerKey {
  constructor(
    private readonly keys: IdempotencyKeys,
    private readonly ids: Ids,
    private readonly config: Config,
  ) {}

  /**
   * @throws IdempotencyInProgress | IdempotencyKeyReused
   * @throws ValidationFailed an admin key that sends an idempotency key must name its workspace
   */
  async execute<T>({ scope, key, hash }: OnceRequest, work: Work<T>): Promise<Answer<T>> {
    const bookingId = this.ids.next();
    if (key === null) return work.run(bookingId);
    const request = { workspaceId: workspaceOf(scope), key, hash };
    const turn = await this.keys.begin<T>(
      request,
      bookingId,
      this.config.bookingDeadlineMs + LEASE_MARGIN_MS,
    );
    if (turn.state === 'running') throw new IdempotencyInProgress();
    if (turn.state === 'other_request') throw new IdempotencyKeyReused();
    if (turn.state === 'answered') return turn.answer;
    const answer = await this.#done(turn, work, () => this.keys.release(request));
    await this.keys.settle(request, answer);
    return answer;
  }

  async #done<T>(
    { state, bookingId }: OwnTurn,
    { run, resume }: Work<T>,
    release: () => Promise<void>,
  ): Promise<Answer<T>> {
    try {
      const made = state === 'again' ? await resume?.(bookingId) : null;
      return made ?? (await run(bookingId));
    } catch (error) {
      await release();
      throw error;
    }
  }
}
