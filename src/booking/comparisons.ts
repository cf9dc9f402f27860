import type { WorkspaceScope } from '../workspaces/workspace.js';

/** When each calendar that has bookings ahead is compared with them again: every ten minutes or so. */
export abstract class Comparisons {
  /** Calendars that are due; each is handed to one caller, over all instances. */
  abstract takeDue(limit: number): Promise<string[]>;
  /** The next comparison comes as planned; after a failure soon, and then later each time. */
  abstract settle(calendarId: string, outcome: 'compared' | 'failed'): Promise<void>;
  /** Something went wrong with the calendar: it is compared as soon as possible. */
  abstract hasten(calendarId: string): Promise<void>;
  /** All calendars that have bookings ahead. */
  abstract calendarsAhead(scope: WorkspaceScope): Promise<string[]>;
}
