import { Injectable } from '@nestjs/common';
import { Calendars } from '../calendars/calendars.js';
import { ValidationFailed } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import { grouped } from '../shared/grouped.js';
import type { Instant, Interval } from '../shared/time.js';
import type { Workspace, WorkspaceScope } from '../workspaces/workspace.js';
import { Workspaces } from '../workspaces/workspaces.js';
import { HealthHistory, type CalendarRecord, type Outage } from './health-history.js';
import { targetIn, windowBefore } from './history-wish.js';
import { serviceLevelOf, type ServiceLevel } from './service-level.js';

/** Of each calendar, so many outages are told one by one. */
const OUTAGES_TOLD = 20;

export interface ServiceLevelWish {
  readonly window: string;
  readonly target: string;
  readonly calendarId?: string | undefined;
}

export interface ServiceLevels {
  readonly generatedAt: Instant;
  readonly window: Interval;
  readonly target: number;
  readonly total: ServiceLevel;
  readonly workspaces: readonly { readonly workspace: Workspace; readonly level: ServiceLevel }[];
  readonly calendars: readonly CalendarServiceLevel[];
}

export interface CalendarServiceLevel {
  readonly record: CalendarRecord;
  readonly level: ServiceLevel;
  /** The latest first. */
  readonly outages: readonly Outage[];
}

/** How well the calendars of a scope could be read in the time before now. */
@Injectable()
export class ReadServiceLevels {
  constructor(
    private readonly history: HealthHistory,
    private readonly calendars: Calendars,
    private readonly workspaces: Workspaces,
    private readonly clock: Clock,
  ) {}

  /**
   * `window` such as `30d`, `target` such as `99.9`. Of one calendar where one is named, and then of no workspace.
   *
   * @throws ValidationFailed naming what cannot be read or is not there
   */
  async execute(scope: WorkspaceScope, wish: ServiceLevelWish): Promise<ServiceLevels> {
    const calendarId = wish.calendarId ?? null;
    if (calendarId !== null && (await this.calendars.find(calendarId, scope)) === null)
      throw ValidationFailed.of('calendar_id', 'no such calendar');
    const generatedAt = this.clock.now();
    const window = windowBefore(generatedAt, wish.window);
    const target = targetIn(wish.target);
    const [workspaces, records, outages] = await Promise.all([
      calendarId === null ? this.#workspacesOf(scope) : [],
      this.history.records(scope, window, calendarId),
      this.history.outages(scope, window, OUTAGES_TOLD, calendarId),
    ]);
    const recordsOf = grouped(records, ({ workspaceId }) => workspaceId);
    const outagesOf = grouped(outages, (outage) => outage.calendarId);
    const levelOf = (some: readonly CalendarRecord[]): ServiceLevel =>
      serviceLevelOf(some, window.endAt - window.startAt, target);
    return {
      generatedAt,
      window,
      target,
      total: levelOf(records),
      workspaces: workspaces.map((workspace) => ({
        workspace,
        level: levelOf(recordsOf.get(workspace.id) ?? []),
      })),
      calendars: records.map((record) => ({
        record,
        level: levelOf([record]),
        outages: outagesOf.get(record.calendarId) ?? [],
      })),
    };
  }

  async #workspacesOf(scope: WorkspaceScope): Promise<Workspace[]> {
    if (scope === 'all') return this.workspaces.all();
    const workspace = await this.workspaces.find(scope.workspaceId);
    return workspace === null ? [] : [workspace];
  }
}
