import { Injectable } from '@nestjs/common';
import { chunked } from '../shared/chunked.js';
import { Config } from '../shared/config.js';
import type { Deadline } from '../shared/deadline.js';
import { ProviderError, type Failure } from '../shared/failure.js';
import type { Interval } from '../shared/time.js';
import type { Calendar } from './calendar.js';
import { CalendarProvider, type BusyRead } from './calendar-provider.js';
import { ProviderCalls } from './provider-calls.js';

/** What reading one connection's calendars gave. `failure` is set when no call got through at all. */
export interface LiveRead {
  /** By calendar id; has every calendar asked for. */
  readonly reads: ReadonlyMap<string, BusyRead>;
  readonly failure: Failure | null;
}

/** Reads the busy times of one connection's calendars now: as few calls as the provider allows, in parallel. */
@Injectable()
export class LiveBusy {
  constructor(
    private readonly provider: CalendarProvider,
    private readonly calls: ProviderCalls,
    private readonly config: Config,
  ) {}

  /** Never throws for the provider: each failure belongs to its calendars. */
  async read(
    connectionId: string,
    calendars: readonly Calendar[],
    window: Interval,
    deadline: Deadline,
  ): Promise<LiveRead> {
    const batches = chunked(calendars, this.provider.busyBatchSize);
    const outcomes = await Promise.all(
      batches.map((batch) => this.#batch(connectionId, batch, window, deadline)),
    );
    const failures = outcomes.map(({ failure }) => failure);
    return {
      reads: new Map(outcomes.flatMap(({ reads }) => [...reads])),
      failure: failures.every((failure) => failure !== null) ? (failures[0] ?? null) : null,
    };
  }

  async #batch(
    connectionId: string,
    calendars: readonly Calendar[],
    window: Interval,
    deadline: Deadline,
  ): Promise<LiveRead> {
    try {
      const reads = await this.#ask(connectionId, calendars, window, deadline);
      const again = calendars.filter(({ id }) => reads.get(id)?.failure?.retryable);
      const second =
        again.length === 0
          ? new Map<string, BusyRead>()
          : await this.#askAgain(connectionId, again, window, deadline);
      return { reads: new Map([...reads, ...second]), failure: null };
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      const { failure } = error;
      return { reads: new Map(calendars.map(({ id }) => [id, { busy: [], failure }])), failure };
    }
  }

  async #ask(
    connectionId: string,
    calendars: readonly Calendar[],
    window: Interval,
    deadline: Deadline,
  ): Promise<Map<string, BusyRead>> {
    const ids = calendars.map(({ externalId }) => externalId);
    const limits = { deadline, attemptMs: this.config.providerTimeoutMs };
    const answer = await this.calls.repeatable(connectionId, limits, (access) =>
      this.provider.busy(access, ids, window),
    );
    return new Map(calendars.map(({ id, externalId }) => [id, answer.get(externalId) ?? UNANSWERED]));
  }

  /** F25: the provider stumbled over single calendars inside a good answer; they get one more try. */
  async #askAgain(
    ...question: [string, readonly Calendar[], Interval, Deadline]
  ): Promise<Map<string, BusyRead>> {
    try {
      return await this.#ask(...question);
    } catch (error) {
      if (error instanceof ProviderError) return new Map();
      throw error;
    }
  }
}

const UNANSWERED: BusyRead = {
  busy: [],
  failure: {
    category: 'connection_error',
    code: 'calendar_missing',
    reason: null,
    actor: 'none',
    httpStatus: 200,
    message: 'The provider left the calendar out of its answer.',
    needsReauth: false,
    retryable: false,
    retryAfterMs: null,
    timedOut: false,
  },
};
