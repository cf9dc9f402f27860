import { Injectable } from '@nestjs/common';
import { Bookings } from '../booking/bookings.js';
import { Calendars } from '../calendars/calendars.js';
import { calendarIdsOf, type Configuration } from '../configurations/configuration.js';
import { Configurations } from '../configurations/configurations.js';
import type { Connection } from '../oauth/connection.js';
import { Connections } from '../oauth/connections.js';
import type { Workspace, WorkspaceScope } from '../workspaces/workspace.js';
import { Workspaces } from '../workspaces/workspaces.js';
import { verdictOf, type CalendarVerdict } from './calendar-verdict.js';

/** What is stored of a scope, as far as a report needs it. */
export interface HealthFacts {
  readonly workspaces: readonly Workspace[];
  readonly connections: readonly Connection[];
  /** Of every calendar that counts. */
  readonly verdicts: readonly CalendarVerdict[];
  /** At least those that use a failing calendar. */
  readonly configurations: readonly Configuration[];
  /** Upcoming bookings in failing calendars, by calendar id. */
  readonly upcoming: ReadonlyMap<string, number>;
}

/** Collects the facts with a handful of statements, however many calendars there are; asks no provider. */
@Injectable()
export class CollectHealthFacts {
  constructor(
    private readonly workspaces: Workspaces,
    private readonly connections: Connections,
    private readonly calendars: Calendars,
    private readonly configurations: Configurations,
    private readonly bookings: Bookings,
  ) {}

  async execute(scope: WorkspaceScope): Promise<HealthFacts> {
    const [workspaces, connections, calendars] = await Promise.all([
      this.#workspacesOf(scope),
      this.connections.all(scope),
      this.calendars.all(scope),
    ]);
    const byId = new Map(connections.map((connection) => [connection.id, connection]));
    const judged = (isUsed: (id: string) => boolean): CalendarVerdict[] =>
      calendars.flatMap((calendar) => {
        const connection = byId.get(calendar.connectionId);
        return connection === undefined ? [] : (verdictOf(calendar, connection, isUsed(calendar.id)) ?? []);
      });
    const configurations = await this.configurations.ofCalendars(failingIds(judged(() => true)));
    const used = new Set(configurations.flatMap(calendarIdsOf));
    const verdicts = judged((id) => used.has(id));
    const upcoming = await this.bookings.countUpcoming(failingIds(verdicts));
    return { workspaces, connections, verdicts, configurations, upcoming };
  }

  async #workspacesOf(scope: WorkspaceScope): Promise<Workspace[]> {
    if (scope === 'all') return this.workspaces.all();
    const workspace = await this.workspaces.find(scope.workspaceId);
    return workspace === null ? [] : [workspace];
  }
}

function failingIds(verdicts: readonly CalendarVerdict[]): string[] {
  return verdicts.filter(({ fault }) => fault !== null).map(({ calendar }) => calendar.id);
}
