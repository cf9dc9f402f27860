import { Injectable } from '@nestjs/common';
import type { Calendar } from '../calendars/calendar.js';
import { Calendars } from '../calendars/calendars.js';
import { ValidationFailed } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import type { Instant } from '../shared/time.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';
import { Workspaces } from '../workspaces/workspaces.js';
import { HealthHistory, type TrendPoint } from './health-history.js';
import { trendPlan, type TrendWish } from './history-wish.js';

export interface Trend {
  readonly generatedAt: Instant;
  /** In which the days begin and end. */
  readonly zone: string;
  readonly step: string;
  readonly points: readonly TrendPoint[];
}

/** How the calendars of a scope, or one of them, could be read over time. */
@Injectable()
export class ReadTrend {
  constructor(
    private readonly history: HealthHistory,
    private readonly calendars: Calendars,
    private readonly workspaces: Workspaces,
    private readonly clock: Clock,
  ) {}

  /** Days are those of the workspace; over all workspaces, of UTC. @throws ValidationFailed naming the bad part */
  async execute(
    scope: WorkspaceScope,
    { calendarId, ...wish }: TrendWish & { readonly calendarId?: string | undefined },
  ): Promise<Trend> {
    const generatedAt = this.clock.now();
    const calendar = calendarId === undefined ? null : await this.#calendar(calendarId, scope);
    const zone = await this.#zoneOf(calendar ?? scope);
    const { bounds, step, grain } = trendPlan(wish, generatedAt, zone);
    const points = await this.history.trend({ scope, calendarId: calendar?.id ?? null, bounds, grain });
    return { generatedAt, zone, step, points };
  }

  async #calendar(id: string, scope: WorkspaceScope): Promise<Calendar> {
    const calendar = await this.calendars.find(id, scope);
    if (calendar === null) throw ValidationFailed.of('calendar_id', 'no such calendar');
    return calendar;
  }

  async #zoneOf(scope: WorkspaceScope): Promise<string> {
    const workspace = scope === 'all' ? null : await this.workspaces.find(scope.workspaceId);
    return workspace?.timezone ?? 'UTC';
  }
}
