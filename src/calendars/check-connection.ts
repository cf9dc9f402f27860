import { Injectable } from '@nestjs/common';
import type { Connection } from '../oauth/connection.js';
import { Connections } from '../oauth/connections.js';
import { Clock } from '../shared/clock.js';
import { Config } from '../shared/config.js';
import { Deadline } from '../shared/deadline.js';
import type { Failure } from '../shared/failure.js';
import type { Instant } from '../shared/time.js';
import type { CallPriority } from './call-quota.js';
import { Calendars } from './calendars.js';
import { ReadBusy, type CalendarRead } from './read-busy.js';

const PROBE_MS = 60 * 60_000;

export interface ConnectionCheck {
  readonly failure: Failure | null;
  readonly message: string;
  readonly checkedAt: Instant;
  readonly reads: readonly CalendarRead[];
}

/** Asks every calendar of a connection for its next hour: the cheapest question that proves they can be read. */
@Injectable()
export class CheckConnection {
  constructor(
    private readonly calendars: Calendars,
    private readonly connections: Connections,
    private readonly readBusy: ReadBusy,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  async execute(connection: Connection, priority: CallPriority): Promise<ConnectionCheck> {
    const checkedAt = this.clock.now();
    const reads = await this.readBusy.execute({
      calendars: await this.calendars.ofConnections([connection.id]),
      window: { startAt: checkedAt, endAt: checkedAt + PROBE_MS },
      deadline: Deadline.in(this.config.providerDeadlineMs, this.clock),
      priority,
      lastKnownMaxAgeMs: null,
    });
    const failed = reads.filter(({ failure }) => failure !== null);
    const standing = (await this.connections.find(connection.id, connection))?.lastError ?? null;
    const failure = failed[0]?.failure ?? (reads.length === 0 ? standing : null);
    return { failure, message: messageOf(reads.length, failed.length, failure), checkedAt, reads };
  }
}

function messageOf(total: number, failed: number, failure: Failure | null): string {
  if (failure === null)
    return total === 0 ? 'The account has no calendars.' : `All ${total} calendars can be read.`;
  return total === 0 ? failure.message : `${failed} of ${total} calendars cannot be read: ${failure.message}`;
}
