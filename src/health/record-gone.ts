import { Injectable } from '@nestjs/common';
import { Calendars, type CalendarCheck } from '../calendars/calendars.js';
import { calendarIdsOf } from '../configurations/configuration.js';
import { Configurations } from '../configurations/configurations.js';
import { MISSING_TOKENS } from '../oauth/connection.js';
import { Connections } from '../oauth/connections.js';
import { Clock } from '../shared/clock.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';
import { CALENDAR_GONE } from './calendar-verdict.js';

/**
 * Records that calendars are out which nobody can ask any more although configurations use them: those that left
 * their account's list, and those of disconnected accounts.
 */
@Injectable()
export class RecordGone {
  constructor(
    private readonly calendars: Calendars,
    private readonly connections: Connections,
    private readonly configurations: Configurations,
    private readonly clock: Clock,
  ) {}

  async execute(scope: WorkspaceScope): Promise<void> {
    const at = this.clock.now();
    const left = await this.calendars.gone(scope);
    const disconnected = await this.calendars.ofConnections(await this.connections.disconnectedIds(scope));
    const checks = new Map<string, CalendarCheck>();
    for (const { id } of left) checks.set(id, { calendarId: id, at, durationMs: 0, failure: CALENDAR_GONE });
    for (const { id } of disconnected)
      checks.set(id, { calendarId: id, at, durationMs: 0, failure: MISSING_TOKENS });
    const configurations = await this.configurations.ofCalendars([...checks.keys()]);
    const used = new Set(configurations.flatMap(calendarIdsOf));
    await this.calendars.recordChecks([...checks.values()].filter(({ calendarId }) => used.has(calendarId)));
  }
}
