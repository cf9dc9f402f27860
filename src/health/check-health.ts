import { Injectable } from '@nestjs/common';
import { Connections } from '../oauth/connections.js';
import { finalDays } from '../oauth/final-days.js';
import { Clock } from '../shared/clock.js';
import { Log } from '../shared/log.js';
import { formatInstant } from '../shared/time.js';
import { CheckCalendars } from './check-calendars.js';

/** The daily check of all workspaces, and what the operator's log should say of it. */
@Injectable()
export class CheckHealth {
  constructor(
    private readonly checkCalendars: CheckCalendars,
    private readonly connections: Connections,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  async execute(): Promise<void> {
    await this.#checkCalendars();
    await this.#warnOfEndings();
  }

  async #checkCalendars(): Promise<void> {
    const startedAt = this.clock.elapsed();
    const sweep = await this.checkCalendars.execute('all');
    this.log.info('health.checked', 'All calendars have been checked.', {
      connections: sweep.connections,
      failed_connections: sweep.failedConnections,
      calendars: sweep.calendars,
      failed_calendars: sweep.failedCalendars,
      duration_ms: Math.round(this.clock.elapsed() - startedAt),
    });
  }

  /** After the check, which may have found out that an authorization has ended already. */
  async #warnOfEndings(): Promise<void> {
    const now = this.clock.now();
    for (const connection of await this.connections.all('all')) {
      const days = finalDays(connection, now);
      if (days === null) continue;
      this.log.warn(
        'connection.authorization_ending',
        'An authorization ends unless its owner consents again.',
        {
          connection_id: connection.id,
          workspace_id: connection.workspaceId,
          ends_at: formatInstant(days.endAt, 'UTC'),
        },
      );
    }
  }
}
