import type { Failure } from '../shared/failure.js';
import type { Page, PageQuery } from '../shared/page.js';
import type { Instant } from '../shared/time.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';
import type { Calendar } from './calendar.js';
import type { RemoteCalendar } from './calendar-provider.js';

/** What a read or a check said of a calendar; null: it works. */
export interface HealthReading {
  readonly calendarId: string;
  readonly failure: Failure | null;
}

/** What a check found out of a calendar, and at what cost. */
export interface CalendarCheck extends HealthReading {
  readonly at: Instant;
  readonly durationMs: number;
}

/** The calendars of all workspaces. */
export abstract class Calendars {
  abstract find(id: string, scope: WorkspaceScope): Promise<Calendar | null>;
  /** In the order of `ids`; unknown ones are left out. */
  abstract findMany(ids: readonly string[], scope: WorkspaceScope): Promise<Calendar[]>;
  abstract list(scope: WorkspaceScope, connectionId: string | null, page: PageQuery): Promise<Page<Calendar>>;
  /** Also those that left their account's list. */
  abstract all(scope: WorkspaceScope): Promise<Calendar[]>;
  /** Those that left their account's list. */
  abstract gone(scope: WorkspaceScope): Promise<Calendar[]>;
  /** Active ones, oldest first. */
  abstract ofConnections(connectionIds: readonly string[]): Promise<Calendar[]>;
  /** Takes over the account's present list. Calendars that left it become inactive and keep their id. */
  abstract sync(
    owner: { readonly workspaceId: string; readonly connectionId: string },
    remote: readonly RemoteCalendar[],
  ): Promise<Calendar[]>;
  abstract recordHealth(readings: readonly HealthReading[]): Promise<void>;
  /**
   * As {@link recordHealth}, and keeps each check in the history; one that is there already is not counted again.
   * What was seen of a calendar after its check stands. One statement, whatever the number.
   */
  abstract recordChecks(checks: readonly CalendarCheck[]): Promise<void>;
}
