import { Injectable } from '@nestjs/common';
import { chunked } from '../shared/chunked.js';
import { Config } from '../shared/config.js';
import type { Deadline } from '../shared/deadline.js';
import { ProviderError, type Failure } from '../shared/failure.js';
import { grouped } from '../shared/grouped.js';
import { Log } from '../shared/log.js';
import type { Interval } from '../shared/time.js';
import type { Calendar } from './calendar.js';
import { CalendarProvider, type BusyRead } from './calendar-provider.js';
import { OperatorAlerts } from './operator-alerts.js';
import { ProviderCalls } from './provider-calls.js';

/** What reading one connection's calendars gave. `failure` is set when no call got through at all. */
export interface LiveRead {
  /** By calendar id; has every calendar asked for. */
  readonly reads: ReadonlyMap<string, BusyRead>;
  readonly failure: Failure | null;
}

type Question = [connectionId: string, calendars: readonly Calendar[], window: Interval, deadline: Deadline];

/** Reads the busy times of one connection's calendars now: as few calls as the provider allows, in parallel. */
@Injectable()
export class LiveBusy {
  constructor(
    private readonly provider: CalendarProvider,
    private readonly calls: ProviderCalls,
    private readonly config: Config,
    private readonly alerts: OperatorAlerts,
    private readonly log: Log,
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
    const read = joined(outcomes);
    this.#tell(connectionId, read);
    return read;
  }

  async #batch(...question: Question): Promise<LiveRead> {
    const whole = await this.#once(...question);
    return isWorthSplitting(whole, question[1]) ? this.#halves(...question) : whole;
  }

  async #once(...question: Question): Promise<LiveRead> {
    const [connectionId, calendars, window, deadline] = question;
    try {
      const reads = await this.#ask(...question);
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

  /**
   * F24: one calendar that is gone or closed must not take down those that were asked for with it. When both
   * halves are refused, it is the account, and asking on would only multiply the calls.
   */
  async #halves(...[connectionId, calendars, window, deadline]: Question): Promise<LiveRead> {
    const halves = chunked(calendars, Math.ceil(calendars.length / 2));
    const ask = (half: Calendar[]): Promise<LiveRead> => this.#once(connectionId, half, window, deadline);
    const reads = await Promise.all(halves.map(ask));
    if (reads.every(({ failure }) => failure !== null)) return joined(reads);
    const split = reads.map(async (read, index) => {
      const half = halves[index] ?? [];
      return isWorthSplitting(read, half) ? this.#halves(connectionId, half, window, deadline) : read;
    });
    return joined(await Promise.all(split));
  }

  async #ask(...question: Question): Promise<Map<string, BusyRead>> {
    const [connectionId, calendars, window, deadline] = question;
    const ids = calendars.map(({ externalId }) => externalId);
    const limits = { deadline, attemptMs: this.config.providerTimeoutMs };
    const answer = await this.calls.repeatable(connectionId, limits, (access) =>
      this.provider.busy(access, ids, window),
    );
    return new Map(calendars.map(({ id, externalId }) => [id, answer.get(externalId) ?? UNANSWERED]));
  }

  /** F25: the provider stumbled over single calendars inside a good answer; they get one more try. */
  async #askAgain(...question: Question): Promise<Map<string, BusyRead>> {
    try {
      return await this.#ask(...question);
    } catch (error) {
      if (error instanceof ProviderError) return new Map();
      throw error;
    }
  }

  /** A connection that waits for a person has been reported already, and would be at every request. */
  #tell(connectionId: string, { reads }: LiveRead): void {
    const byFailure = grouped(
      [...reads].filter(([, { failure }]) => failure !== null),
      ([, { failure }]) => failure,
    );
    for (const [failure, unread] of byFailure) {
      if (failure === null) continue;
      this.alerts.raise(failure, connectionId);
      if (failure.needsReauth) continue;
      this.log.warn('calendars.unread', failure.message, {
        connection_id: connectionId,
        calendar_id: unread.map(([id]) => id).join(','),
        class: failure.category,
        code: failure.code,
        upstream_status: failure.httpStatus,
      });
    }
  }
}

function joined(parts: readonly LiveRead[]): LiveRead {
  const failures = parts.map(({ failure }) => failure);
  return {
    reads: new Map(parts.flatMap(({ reads }) => [...reads])),
    failure: failures.every((failure) => failure !== null) ? (failures[0] ?? null) : null,
  };
}

/** Whether the provider may have refused one calendar and not the account, without telling which one. */
function isWorthSplitting({ failure }: LiveRead, calendars: readonly Calendar[]): boolean {
  if (failure === null || failure.needsReauth || calendars.length < 2) return false;
  return failure.category === 'calendar_not_found' || failure.category === 'permission_error';
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
