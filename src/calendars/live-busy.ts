import { Injectable } from '@nestjs/common';
import { chunked } from '../shared/chunked.js';
import { Config } from '../shared/config.js';
import { REFRESH_FAILED } from '../oauth/connection.js';
import { attemptsOf, failedAfter, ProviderError, type Failure } from '../shared/failure.js';
import type { Interval } from '../shared/time.js';
import type { Calendar } from './calendar.js';
import { CalendarProvider, type BusyRead } from './calendar-provider.js';
import { Circuits } from './circuits.js';
import { ProviderCalls, type CallLimits } from './provider-calls.js';
import { UnreadCalendars } from './unread-calendars.js';

/** What reading one connection's calendars gave. `failure` is set when no call got through at all. */
export interface LiveRead {
  /** By calendar id; has every calendar asked for. */
  readonly reads: ReadonlyMap<string, BusyRead>;
  readonly failure: Failure | null;
}

type Question = [connectionId: string, calendars: readonly Calendar[], wish: LiveWish];

export interface LiveWish extends Omit<CallLimits, 'attemptMs'> {
  readonly window: Interval;
}

/** Reads the busy times of one connection's calendars now: as few calls as the provider allows, in parallel. */
@Injectable()
export class LiveBusy {
  constructor(
    private readonly provider: CalendarProvider,
    private readonly calls: ProviderCalls,
    private readonly circuits: Circuits,
    private readonly config: Config,
    private readonly unread: UnreadCalendars,
  ) {}

  /** Never throws for the provider: each failure belongs to its calendars. */
  async read(connectionId: string, calendars: readonly Calendar[], wish: LiveWish): Promise<LiveRead> {
    const refusal = this.circuits.refusal(connectionId, wish.priority);
    if (refusal !== null) return unreadFor(refusal, calendars);
    const read = await this.#whole(connectionId, calendars, wish);
    await this.unread.tell(connectionId, read.reads);
    return read;
  }

  async #whole(...[connectionId, calendars, wish]: Question): Promise<LiveRead> {
    let failure: Failure | null = ABANDONED;
    try {
      const batches = chunked(calendars, this.provider.busyBatchSize);
      const outcomes = await Promise.all(batches.map((batch) => this.#batch(connectionId, batch, wish)));
      const read = joined(outcomes);
      ({ failure } = read);
      return read;
    } finally {
      this.circuits.report(connectionId, failure);
    }
  }

  async #batch(...question: Question): Promise<LiveRead> {
    const whole = await this.#once(...question);
    return isWorthSplitting(whole, question[1]) ? this.#halves(whole, ...question) : whole;
  }

  async #once(...question: Question): Promise<LiveRead> {
    const [connectionId, calendars, wish] = question;
    try {
      const reads = await this.#ask(...question);
      const stumbled = new Map([...reads].filter(([, { failure }]) => failure?.retryable));
      if (stumbled.size === 0) return { reads, failure: null };
      const some = calendars.filter(({ id }) => stumbled.has(id));
      const again = await this.#askAgain({ reads: stumbled, failure: null }, connectionId, some, wish);
      return { reads: new Map([...reads, ...again.reads]), failure: null };
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      return unreadFor(error.failure, calendars);
    }
  }

  /**
   * F24: one calendar that is gone or closed must not take down those that were asked for with it. When both
   * halves are refused, it is the account, and asking on would only multiply the calls.
   */
  async #halves(whole: LiveRead, ...[connectionId, calendars, wish]: Question): Promise<LiveRead> {
    const halves = chunked(calendars, Math.ceil(calendars.length / 2));
    const reads = await Promise.all(halves.map((half) => this.#once(connectionId, half, wish)));
    const calls = whole.failure === null ? 0 : attemptsOf(whole.failure);
    if (reads.every(({ failure }) => failure !== null)) return afterCalls(calls, joined(reads));
    const split = reads.map(async (read, index) => {
      const half = halves[index] ?? [];
      return isWorthSplitting(read, half) ? this.#halves(read, connectionId, half, wish) : read;
    });
    return afterCalls(calls, joined(await Promise.all(split)));
  }

  async #ask(...[connectionId, calendars, wish]: Question): Promise<Map<string, BusyRead>> {
    const { window, deadline, priority, readTokens } = wish;
    const ids = calendars.map(({ externalId }) => externalId);
    const limits = { deadline, priority, readTokens, attemptMs: this.config.providerTimeoutMs };
    const answer = await this.calls.repeatable(connectionId, limits, (access) =>
      this.provider.busy(access, ids, window),
    );
    return new Map(calendars.map(({ id, externalId }) => [id, answer.get(externalId) ?? UNANSWERED]));
  }

  /** F25: the provider stumbled over single calendars inside a good answer; they get one more try. */
  async #askAgain(first: LiveRead, ...question: Question): Promise<LiveRead> {
    try {
      return afterCalls(1, { reads: await this.#ask(...question), failure: null });
    } catch (error) {
      if (error instanceof ProviderError) return afterCalls(attemptsOf(error.failure), first);
      throw error;
    }
  }
}

/** The failures of the read count so many calls more. */
function afterCalls(calls: number, { reads, failure }: LiveRead): LiveRead {
  const later = (met: Failure | null): Failure | null => met && failedAfter(calls, met);
  const counted = [...reads].map(([id, read]) => [id, { ...read, failure: later(read.failure) }] as const);
  return { reads: new Map(counted), failure: later(failure) };
}

function unreadFor(failure: Failure, calendars: readonly Calendar[]): LiveRead {
  return { reads: new Map(calendars.map(({ id }) => [id, { busy: [], failure }])), failure };
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

/** The read ended in a bug of ours, which tells nothing about the account. */
const ABANDONED = REFRESH_FAILED;

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
