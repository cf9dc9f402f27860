import { Injectable } from '@nestjs/common';
import { Connections } from '../oauth/connections.js';
import { finalDays } from '../oauth/final-days.js';
import { Clock } from '../shared/clock.js';
import { Log } from '../shared/log.js';
import { patiently } from '../shared/patiently.js';
import { formatInstant } from '../shared/time.js';
import { CheckCalendars } from './check-calendars.js';
import { reasonsIn, unjudgedIn, type ConnectionSweep } from './connection-sweep.js';

/** The daily check of all workspaces, and what the operator's log should say of it. */
@Injectable()
export class CheckHealth {
  constructor(
    private readonly checkCalendars: CheckCalendars,
    private readonly connections: Connections,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** After another check of all that is under way. @throws AlreadyRunning that lasts */
  async execute(): Promise<ConnectionSweep> {
    const sweep = await patiently(this.clock, () => this.#check());
    await this.#warnOfEndings();
    return sweep;
  }

  async #check(): Promise<ConnectionSweep> {
    const startedAt = this.clock.elapsed();
    const sweep = await this.checkCalendars.execute('all');
    this.#tell(sweep, Math.round(this.clock.elapsed() - startedAt));
    return sweep;
  }

  #tell(sweep: ConnectionSweep, durationMs: number): void {
    const unjudged = unjudgedIn(sweep);
    const facts = {
      connections: sweep.connections,
      failed_connections: sweep.failedConnections,
      unjudged_connections: unjudged,
      calendars: sweep.calendars,
      failed_calendars: sweep.failedCalendars,
      duration_ms: durationMs,
    };
    if (unjudged === 0) return this.log.info('health.checked', 'All calendars have been checked.', facts);
    const message = 'Calendars have been checked, but some accounts could not be judged.';
    this.log.warn('health.checked', message, { ...facts, reasons: reasonsIn(sweep) });
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
