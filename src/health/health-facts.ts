import { Injectable } from '@nestjs/common';
import { Bookings, type UpcomingBookings } from '../booking/bookings.js';
import { Calendars } from '../calendars/calendars.js';
import { calendarIdsOf, type Configuration } from '../configurations/configuration.js';
import { Configurations } from '../configurations/configurations.js';
import type { Connection } from '../oauth/connection.js';
import { Connections } from '../oauth/connections.js';
import { finalDays } from '../oauth/final-days.js';
import { SIGNS_LAST_MS, signsOfTesting, type TestingSigns } from '../oauth/testing-status.js';
import type { Instant } from '../shared/time.js';
import type { Workspace, WorkspaceScope } from '../workspaces/workspace.js';
import { Workspaces } from '../workspaces/workspaces.js';
import { verdictOf, type CalendarVerdict } from './calendar-verdict.js';

/** What is stored of a scope, as far as a report needs it. */
export interface HealthFacts {
  readonly workspaces: readonly Workspace[];
  readonly connections: readonly Connection[];
  /** Of every calendar that counts. */
  readonly verdicts: readonly CalendarVerdict[];
  /** At least those that use a calendar which fails, or may soon. */
  readonly configurations: readonly Configuration[];
  /** Upcoming bookings in calendars that fail, or may soon, by calendar id. */
  readonly upcoming: ReadonlyMap<string, UpcomingBookings>;
  readonly testing: TestingSigns;
  /** When they were collected. */
  readonly now: Instant;
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

  async execute(scope: WorkspaceScope, now: Instant): Promise<HealthFacts> {
    const [workspaces, connections, calendars, ended] = await Promise.all([
      this.#workspacesOf(scope),
      this.connections.all(scope),
      this.calendars.all(scope),
      this.connections.endedGrants(scope, now - SIGNS_LAST_MS),
    ]);
    const byId = new Map(connections.map((connection) => [connection.id, connection]));
    const judged = (isUsed: (id: string) => boolean): CalendarVerdict[] =>
      calendars.flatMap((calendar) => {
        const connection = byId.get(calendar.connectionId);
        return connection === undefined ? [] : (verdictOf(calendar, connection, isUsed(calendar.id)) ?? []);
      });
    const testing = signsOfTesting(connections, ended);
    const inDanger = endangered(connections, testing, now);
    const configurations = await this.configurations.ofCalendars(
      concernedIds(
        judged(() => true),
        inDanger,
      ),
    );
    const used = new Set(configurations.flatMap(calendarIdsOf));
    const verdicts = judged((id) => used.has(id));
    const upcoming = await this.bookings.countUpcoming(concernedIds(verdicts, inDanger));
    return { workspaces, connections, verdicts, configurations, upcoming, testing, now };
  }

  async #workspacesOf(scope: WorkspaceScope): Promise<Workspace[]> {
    if (scope === 'all') return this.workspaces.all();
    const workspace = await this.workspaces.find(scope.workspaceId);
    return workspace === null ? [] : [workspace];
  }
}

/** Connections that may stop although nothing fails yet. */
function endangered(
  connections: readonly Connection[],
  { lost, announced }: TestingSigns,
  now: Instant,
): ReadonlySet<string> {
  const ending = connections.filter((connection) => finalDays(connection, now) !== null);
  return new Set([...ending.map(({ id }) => id), ...lost, ...announced]);
}

function concernedIds(verdicts: readonly CalendarVerdict[], inDanger: ReadonlySet<string>): string[] {
  return verdicts
    .filter(({ fault, connection }) => fault !== null || inDanger.has(connection.id))
    .map(({ calendar }) => calendar.id);
}
