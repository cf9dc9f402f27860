import { Injectable } from '@nestjs/common';
import type { Connection } from '../oauth/connection.js';
import type { Deadline } from '../shared/deadline.js';
import type { Calendar } from './calendar.js';
import { Calendars } from './calendars.js';
import { ProbeConnection } from './probe-connection.js';
import { RecordProbes } from './record-probes.js';
import { SyncCalendars } from './sync-calendars.js';

/**
 * Takes over the calendars of an account that works from now on, and looks at once whether they can be read: whoever
 * waits for them to come back is not to wait for the next check.
 */
@Injectable()
export class LearnCalendars {
  constructor(
    private readonly sync: SyncCalendars,
    private readonly probe: ProbeConnection,
    private readonly record: RecordProbes,
    private readonly calendars: Calendars,
  ) {}

  /** The account's calendars, with their health as it was found. @throws ProviderError the list could not be read */
  async execute(connection: Connection, deadline: Deadline): Promise<Calendar[]> {
    const calendars = await this.sync.execute(connection, deadline);
    const probe = await this.probe.execute({ connection, calendars, isListed: true }, 'request');
    await this.record.execute([probe]);
    return this.calendars.ofConnections([connection.id]);
  }
}
