import { Injectable } from '@nestjs/common';
import type { Connection } from '../oauth/connection.js';
import type { Failure } from '../shared/failure.js';
import type { Instant } from '../shared/time.js';
import { Calendars } from './calendars.js';
import { ProbeConnection } from './probe-connection.js';
import { RecordProbes } from './record-probes.js';

export interface ConnectionCheck {
  readonly failure: Failure | null;
  readonly message: string;
  readonly checkedAt: Instant;
}

/** Checks one connection because a person asked for it. */
@Injectable()
export class CheckConnection {
  constructor(
    private readonly calendars: Calendars,
    private readonly probe: ProbeConnection,
    private readonly record: RecordProbes,
  ) {}

  async execute(connection: Connection): Promise<ConnectionCheck> {
    const calendars = await this.calendars.ofConnections([connection.id]);
    const probe = await this.probe.execute({ connection, calendars }, 'request');
    await this.record.execute([probe]);
    const failures = probe.reads.flatMap((read) => read.failure ?? []);
    const failure = failures[0] ?? probe.failure;
    const message = messageOf(calendars.length, failures.length, failure);
    return { failure, message, checkedAt: probe.at };
  }
}

function messageOf(total: number, failed: number, failure: Failure | null): string {
  if (failure === null)
    return total === 0 ? 'The account has no calendars.' : `All ${total} calendars can be read.`;
  if (total === 0) return failure.message;
  return failed === 0
    ? `The list of calendars cannot be read: ${failure.message}`
    : `${failed} of ${total} calendars cannot be read: ${failure.message}`;
}
