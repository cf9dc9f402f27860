import { Injectable } from '@nestjs/common';
import { Clock } from '../shared/clock.js';
import { RecentResult } from '../shared/recent-result.js';
import type { HealthReport } from './calendar-health-report.js';
import { listCalendars, type CalendarListing } from './calendar-listing.js';
import { ReadCalendarHealth } from './read-calendar-health.js';
import { ReadServiceLevels, type ServiceLevels } from './read-service-levels.js';
import { ReadTrend, type Trend } from './read-trend.js';
import { listWorkspaces, type WorkspaceListing } from './workspace-listing.js';

/** A report is given out for so long at least, and a history, which changes slowly and costs more. */
const REPORT_FRESH_MS = 2000;
const HISTORY_FRESH_MS = 30_000;
/** As people speak of availability: over thirty days, and by three nines. */
const USUAL_LEVELS = { window: '30d', target: '99.9' };

export interface HealthPicture {
  readonly report: HealthReport;
  readonly levels: ServiceLevels;
  readonly calendars: CalendarListing;
  readonly workspaces: WorkspaceListing;
}

/**
 * The state of all workspaces for any number of people who look at it all the time: what they see may be some seconds
 * old, and costs the same for one of them as for a hundred.
 */
@Injectable()
export class RecentHealth {
  readonly #picture: RecentResult<HealthPicture>;
  readonly #levels: RecentResult<ServiceLevels>;
  readonly #trend: RecentResult<Trend>;

  constructor(
    private readonly readHealth: ReadCalendarHealth,
    readLevels: ReadServiceLevels,
    readTrend: ReadTrend,
    clock: Clock,
  ) {
    this.#picture = new RecentResult(REPORT_FRESH_MS, () => this.#paint(), clock);
    this.#levels = new RecentResult(HISTORY_FRESH_MS, () => readLevels.execute('all', USUAL_LEVELS), clock);
    this.#trend = new RecentResult(HISTORY_FRESH_MS, () => readTrend.execute('all', {}), clock);
  }

  picture(): Promise<HealthPicture> {
    return this.#picture.get();
  }

  /** By the day, over the last thirty. */
  trend(): Promise<Trend> {
    return this.#trend.get();
  }

  /** Whoever has just changed something wants to see it. */
  renew(): void {
    for (const part of [this.#levels, this.#trend, this.#picture]) part.renew();
  }

  async #paint(): Promise<HealthPicture> {
    const [report, levels] = await Promise.all([this.readHealth.execute('all'), this.#levels.get()]);
    const ofCalendars = new Map(levels.calendars.map(({ record, level }) => [record.calendarId, level]));
    const ofWorkspaces = new Map(levels.workspaces.map(({ workspace, level }) => [workspace.id, level]));
    return {
      report,
      levels,
      calendars: listCalendars(report, ofCalendars),
      workspaces: listWorkspaces(report.workspaces, ofWorkspaces),
    };
  }
}
