import {
  HealthHistory,
  type CalendarRecord,
  type Forgotten,
  type Outage,
  type TrendPoint,
  type TrendQuestion,
} from '../../src/health/health-history.js';
import type { Instant, Interval } from '../../src/shared/time.js';
import type { WorkspaceScope } from '../../src/workspaces/workspace.js';

/** Knows what it is given, whatever the window: the database adds up, and that is tested with it. */
export class InMemoryHealthHistory extends HealthHistory {
  readonly given = { records: [] as CalendarRecord[], outages: [] as Outage[] };
  /** What was asked for last. */
  window: Interval | null = null;
  question: TrendQuestion | null = null;
  forgotten: readonly Instant[] = [];

  async records(
    scope: WorkspaceScope,
    window: Interval,
    calendarId: string | null = null,
  ): Promise<CalendarRecord[]> {
    this.window = window;
    return this.given.records
      .filter((one) => scope === 'all' || one.workspaceId === scope.workspaceId)
      .filter((one) => calendarId === null || one.calendarId === calendarId);
  }

  async outages(
    scope: WorkspaceScope,
    window: Interval,
    perCalendar: number,
    only: string | null = null,
  ): Promise<Outage[]> {
    const ids = new Set((await this.records(scope, window, only)).map(({ calendarId }) => calendarId));
    return this.given.outages.filter(({ calendarId }) => ids.has(calendarId)).slice(0, perCalendar);
  }

  async trend(question: TrendQuestion): Promise<TrendPoint[]> {
    this.question = question;
    const { bounds } = question;
    return bounds.slice(0, -1).map((startAt, n) => ({
      startAt,
      endAt: bounds[n + 1] ?? startAt,
      observedMs: 0,
      downtimeMs: 0,
      checks: 0,
      failedChecks: 0,
      checkMs: 0,
    }));
  }

  async forget(checksBefore: Instant, restBefore: Instant): Promise<Forgotten> {
    this.forgotten = [checksBefore, restBefore];
    return { checks: 0, hours: 0, outages: 0, observations: 0 };
  }
}
