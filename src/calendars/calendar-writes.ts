import { Injectable } from '@nestjs/common';
import { ProviderError, type Failure } from '../shared/failure.js';
import { retrying } from '../shared/retry.js';
import type { Calendar } from './calendar.js';
import { ProviderCalls, type Call, type CallLimits } from './provider-calls.js';
import { WriteTurns } from './write-turns.js';

/** What the call itself needs of the time that is left. */
const CALL_MS = 1000;

/** Calls that change a calendar, at the pace that the calendar bears. One that is written to a lot delays no other. */
@Injectable()
export class CalendarWrites {
  constructor(
    private readonly calls: ProviderCalls,
    private readonly turns: WriteTurns,
  ) {}

  /**
   * Only for calls that may be repeated.
   *
   * @param prepare is done once the turn has come, before the first call; what it throws is treated as if the call had
   * @throws ProviderError `write_paced` when the turn comes after the deadline
   */
  async repeatable<T>(
    calendar: Calendar,
    limits: CallLimits,
    call: Call<T>,
    prepare: () => Promise<void> = async () => undefined,
  ): Promise<T> {
    let isPrepared = false;
    return retrying(limits.deadline, async () => {
      await this.#turn(calendar, limits);
      if (!isPrepared) await prepare();
      isPrepared = true;
      return this.calls.once(calendar.connectionId, limits, call);
    });
  }

  async #turn({ id }: Calendar, { deadline }: CallLimits): Promise<void> {
    const waitMs = await this.turns.take(id, Math.max(0, deadline.remainingMs() - CALL_MS));
    if (waitMs === null) throw new ProviderError(WRITE_PACED);
    if (waitMs > 0) await deadline.pause(waitMs);
  }
}

/** Not asked: the calendar is being written to as fast as it may be. */
export const WRITE_PACED: Failure = {
  category: 'rate_limited',
  code: 'write_paced',
  reason: null,
  actor: 'none',
  httpStatus: null,
  message: 'The calendar was not written to, because too many changes to it are waiting.',
  needsReauth: false,
  retryable: false,
  retryAfterMs: null,
  timedOut: false,
  attempts: 0,
};
