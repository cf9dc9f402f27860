import { Injectable } from '@nestjs/common';
import type { Connection } from '../oauth/connection.js';
import { Clock } from '../shared/clock.js';
import { Config } from '../shared/config.js';
import { Deadline } from '../shared/deadline.js';
import type { Failure } from '../shared/failure.js';
import type { Instant } from '../shared/time.js';
import type { Calendar } from './calendar.js';
import { QUOTA_PACED, type CallPriority } from './call-quota.js';
import type { HealthReading } from './calendars.js';
import { CIRCUIT_OPEN } from './circuits.js';
import { LiveBusy } from './live-busy.js';
import type { CallLimits } from './provider-calls.js';
import { ReviewCalendarList } from './review-calendar-list.js';

const PROBE_MS = 60 * 60_000;

/** A connection to be asked, its active calendars, and how its tokens are read where that costs nothing. */
export interface ProbeSubject extends Pick<CallLimits, 'readTokens'> {
  readonly connection: Connection;
  readonly calendars: readonly Calendar[];
  /** The account's list was read just before, and is not asked for again. */
  readonly isListed?: boolean;
}

/** What asking one connection found out. */
export interface ConnectionProbe {
  readonly connection: Connection;
  readonly at: Instant;
  readonly durationMs: number;
  /** One for each calendar. */
  readonly reads: readonly HealthReading[];
  /** Why no call got through, or why the list of calendars could not be read. */
  readonly failure: Failure | null;
}

/**
 * Asks for the next hour of all of a connection's calendars, the cheapest question that proves they can be read, and
 * for the account's list. Records nothing but a list that changed, and a connection that stopped.
 */
@Injectable()
export class ProbeConnection {
  constructor(
    private readonly live: LiveBusy,
    private readonly list: ReviewCalendarList,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /** Never throws for the provider. */
  async execute(subject: ProbeSubject, priority: CallPriority): Promise<ConnectionProbe> {
    const { connection, calendars, readTokens, isListed = false } = subject;
    const { providerDeadlineMs, providerTimeoutMs: attemptMs } = this.config;
    const [at, startedAt] = [this.clock.now(), this.clock.elapsed()];
    const limits = { priority, readTokens, deadline: Deadline.in(providerDeadlineMs, this.clock) };
    const window = { startAt: at, endAt: at + PROBE_MS };
    const { reads, failure } = await this.live.read(connection.id, calendars, { ...limits, window });
    const review = async (): Promise<Failure | null> =>
      isListed ? null : this.list.execute(connection, calendars, { ...limits, attemptMs });
    return {
      connection,
      at,
      reads: [...reads].map(([calendarId, read]) => ({ calendarId, failure: read.failure })),
      // An account that does not answer one question is spared the other.
      failure: failure ?? (await review()),
      durationMs: this.clock.elapsed() - startedAt,
    };
  }
}

/** Whether a calendar was judged: where we spare the provider or keep to our own limits, we know nothing new. */
export function isJudged({ failure }: Pick<HealthReading, 'failure'>): boolean {
  return failure?.code !== CIRCUIT_OPEN.code && failure?.code !== QUOTA_PACED.code;
}
