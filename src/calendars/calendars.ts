import type { Failure } from '../shared/failure.js';
import type { Page, PageQuery } from '../shared/page.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';
import type { Calendar } from './calendar.js';
import type { RemoteCalendar } from './calendar-provider.js';

/** What a read or a check said of a calendar; null: it works. */
export interface HealthReading {
  readonly calendarId: string;
  readonly failure: Failure | null;
}

/** The calendars of all workspaces. */
export abstract class Calendars {
  abstract find(id: string, scope: WorkspaceScope): Promise<Calendar | null>;
  /** In the order of `ids`; unknown ones are left out. */
  abstract findMany(ids: readonly string[], scope: WorkspaceScope): Promise<Calendar[]>;
  abstract list(scope: WorkspaceScope, connectionId: string | null, page: PageQuery): Promise<Page<Calendar>>;
  /** Also those that left their account's list. */
  abstract all(scope: WorkspaceScope): Promise<Calendar[]>;
  abstract ofConnections(connectionIds: readonly string[]): Promise<Calendar[]>;
  /** Takes over the account's present list. Calendars that left it become inactive and keep their id. */
  abstract sync(
    owner: { readonly workspaceId: string; readonly connectionId: string },
    remote: readonly RemoteCalendar[],
  ): Promise<Calendar[]>;
  abstract recordHealth(readings: readonly HealthReading[]): Promise<void>;
}
