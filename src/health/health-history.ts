import type { FailureCategory } from '../shared/failure.js';
import type { Instant, Interval } from '../shared/time.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';

/** What one calendar's history comes to inside a window. Lengths are milliseconds. */
export interface CalendarRecord {
  readonly calendarId: string;
  readonly name: string;
  readonly workspaceId: string;
  readonly connectionId: string;
  readonly accountEmail: string;
  /** In which it was known whether the calendar works. */
  readonly observedMs: number;
  /** Of the observed time; so is the longest outage. */
  readonly downtimeMs: number;
  readonly longestOutageMs: number;
  /** Outages that reach into the window. */
  readonly outages: number;
  /** Those that ended inside it, and what they lasted together, from their true start. */
  readonly recoveries: number;
  readonly recoveryMs: number;
  readonly checks: number;
  readonly failedChecks: number;
}

/** From the first observation that failed to the first good one; not clipped to any window. */
export interface Outage {
  readonly calendarId: string;
  readonly startedAt: Instant;
  /** Null while it lasts. */
  readonly endedAt: Instant | null;
  /** Of the latest failure. */
  readonly category: FailureCategory;
}

/** One step of a trend, over all calendars asked for together. Lengths are milliseconds. */
export interface TrendPoint extends Interval {
  readonly observedMs: number;
  readonly downtimeMs: number;
  readonly checks: number;
  readonly failedChecks: number;
  /** Of all checks together. */
  readonly checkMs: number;
}

export interface TrendQuestion {
  readonly scope: WorkspaceScope;
  /** Null: all calendars of the scope that count. */
  readonly calendarId: string | null;
  /** Ascending; each step lasts from one to the next. The last is at most now. */
  readonly bounds: readonly Instant[];
  /** Where checks are counted: one by one, or by the hours that begin inside a step. */
  readonly grain: 'check' | 'hour';
}

export interface Forgotten {
  readonly checks: number;
  readonly hours: number;
  readonly outages: number;
  readonly observations: number;
}

/**
 * The history of calendars that count: those of connected accounts, and those that configurations use. Outages are
 * known from when a calendar was first looked at, and an observation vouches for 26 hours: time beyond is neither
 * up nor down. Everything is added up in the database.
 */
export abstract class HealthHistory {
  /** By workspace, account and name; of one calendar where one is named. The window ends now at the latest. */
  abstract records(
    scope: WorkspaceScope,
    window: Interval,
    calendarId?: string | null,
  ): Promise<CalendarRecord[]>;
  /** Those that reach into the window, of each calendar, or the one, the latest so many, latest first. */
  abstract outages(
    scope: WorkspaceScope,
    window: Interval,
    perCalendar: number,
    calendarId?: string | null,
  ): Promise<Outage[]>;
  abstract trend(question: TrendQuestion): Promise<TrendPoint[]>;
  /** Drops checks from before one instant, and hours, outages and observations that ended before another. */
  abstract forget(checksBefore: Instant, restBefore: Instant): Promise<Forgotten>;
}
