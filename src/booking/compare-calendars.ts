import { Injectable } from '@nestjs/common';
import { Calendars } from '../calendars/calendars.js';
import { forEachConcurrently } from '../shared/concurrency.js';
import { factsOf, ProviderError } from '../shared/failure.js';
import { JobLock } from '../shared/job-lock.js';
import { Log } from '../shared/log.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';
import { CompareCalendar } from './compare-calendar.js';
import { Comparisons } from './comparisons.js';
import type { Difference } from './follow-calendar.js';

const CONCURRENCY = 5;
const BATCH = 50;
/** The lock of those that compare everything at somebody's wish. */
const COMPARE_ALL = 'calendar-comparison';

export interface ComparisonRun {
  readonly compared: number;
  /** Calendars that could not be read; they are compared later. */
  readonly failed: number;
  readonly differences: readonly Difference[];
}

/** Compares calendars with their bookings. Any number of instances may do this at once. */
@Injectable()
export class CompareCalendars {
  constructor(
    private readonly comparisons: Comparisons,
    private readonly calendars: Calendars,
    private readonly compare: CompareCalendar,
    private readonly lock: JobLock,
    private readonly log: Log,
  ) {}

  /** Those that are due. */
  async due(): Promise<void> {
    let due: string[];
    do {
      due = await this.comparisons.takeDue(BATCH);
      await this.#compared(due);
    } while (due.length === BATCH);
  }

  /** Those of a workspace, or all, whenever they are due. @throws AlreadyRunning another compares all */
  async all(scope: WorkspaceScope): Promise<ComparisonRun> {
    const run = async (): Promise<ComparisonRun> =>
      this.#compared(await this.comparisons.calendarsAhead(scope));
    return scope === 'all' ? this.lock.exclusively(COMPARE_ALL, run) : run();
  }

  async #compared(ids: readonly string[]): Promise<ComparisonRun> {
    const found: (readonly Difference[] | null)[] = [];
    await forEachConcurrently(ids, CONCURRENCY, async (id) => void found.push(await this.#one(id)));
    const done = found.filter((differences) => differences !== null);
    return { compared: done.length, failed: found.length - done.length, differences: done.flat() };
  }

  /** Null when the calendar could not be read. */
  async #one(calendarId: string): Promise<readonly Difference[] | null> {
    const calendar = await this.calendars.find(calendarId, 'all');
    if (calendar === null) return [];
    try {
      const differences = await this.compare.execute(calendar);
      await this.comparisons.settle(calendarId, 'compared');
      return differences;
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      await this.comparisons.settle(calendarId, 'failed');
      this.log.debug('calendar.not_compared', 'A calendar could not be compared with its bookings.', {
        calendar_id: calendarId,
        connection_id: calendar.connectionId,
        ...factsOf(error.failure),
      });
      return null;
    }
  }
}
