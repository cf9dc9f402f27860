import { Injectable } from '@nestjs/common';
import { Calendars } from '../calendars/calendars.js';
import { CheckConnection } from '../calendars/check-connection.js';
import { calendarIdsOf } from '../configurations/configuration.js';
import { Configurations } from '../configurations/configurations.js';
import type { Connection } from '../oauth/connection.js';
import { Connections } from '../oauth/connections.js';
import { bugFacts } from '../shared/bug-facts.js';
import { databaseOutage } from '../shared/database-errors.js';
import { Log } from '../shared/log.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';
import { CALENDAR_GONE } from './calendar-verdict.js';
import { sweepConnections, type ConnectionSweep } from './sweep-connections.js';

/**
 * Asks the provider about every calendar of a scope and records what it said. Connections that need somebody
 * to act are recorded as such without asking.
 */
@Injectable()
export class CheckCalendars {
  constructor(
    private readonly connections: Connections,
    private readonly calendars: Calendars,
    private readonly configurations: Configurations,
    private readonly checkConnection: CheckConnection,
    private readonly log: Log,
  ) {}

  async execute(
    scope: WorkspaceScope,
    progress: (done: number, total: number) => void = () => undefined,
  ): Promise<ConnectionSweep> {
    await this.#recordGone(scope);
    return sweepConnections(await this.connections.all(scope), {
      check: (connection) => this.checkConnection.execute(connection, 'sweep'),
      crashed: (connection, error) => this.#logCrash(connection, error),
      progress,
    });
  }

  /** Calendars that configurations use although they left their account's list: from now on they are out. */
  async #recordGone(scope: WorkspaceScope): Promise<void> {
    const gone = (await this.calendars.all(scope)).filter(({ active }) => !active);
    const configurations = await this.configurations.ofCalendars(gone.map(({ id }) => id));
    const used = new Set(configurations.flatMap(calendarIdsOf));
    const readings = gone
      .filter(({ id }) => used.has(id))
      .map(({ id }) => ({ calendarId: id, failure: CALENDAR_GONE }));
    await this.calendars.recordHealth(readings);
  }

  #logCrash({ id }: Connection, error: unknown): void {
    // A database that is away ends every check; that it is away is told by the readiness.
    const level = databaseOutage(error) ? 'warn' : 'error';
    const facts = { connection_id: id, ...bugFacts(error) };
    this.log[level](
      'health.check_crashed',
      'A connection could not be checked, for a reason unknown.',
      facts,
    );
  }
}
