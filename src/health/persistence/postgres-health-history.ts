import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { formatInstant, type Instant, type Interval } from '../../shared/time.js';
import type { WorkspaceScope } from '../../workspaces/workspace.js';
import {
  HealthHistory,
  type CalendarRecord,
  type Forgotten,
  type Outage,
  type TrendPoint,
  type TrendQuestion,
} from '../health-history.js';
import * as sql from './history-statements.js';

@Injectable()
export class PostgresHealthHistory extends HealthHistory {
  constructor(@InjectDataSource() private readonly database: DataSource) {
    super();
  }

  async records(
    scope: WorkspaceScope,
    { startAt, endAt }: Interval,
    calendarId: string | null = null,
  ): Promise<CalendarRecord[]> {
    return this.database.query(sql.RECORDS, [workspaceOf(scope), startAt, endAt, calendarId]);
  }

  async outages(
    scope: WorkspaceScope,
    { startAt, endAt }: Interval,
    perCalendar: number,
    calendarId: string | null = null,
  ): Promise<Outage[]> {
    const values = [workspaceOf(scope), startAt, endAt, perCalendar, calendarId];
    return this.database.query(sql.OUTAGES, values);
  }

  async trend({ scope, calendarId, bounds, grain }: TrendQuestion): Promise<TrendPoint[]> {
    const steps = bounds.map((at) => formatInstant(at, 'UTC'));
    const values = [workspaceOf(scope), bounds[0], bounds.at(-1), steps];
    return calendarId === null
      ? this.database.query(sql.TRENDS.all[grain], values)
      : this.database.query(sql.TRENDS.one[grain], [...values, calendarId]);
  }

  async forget(checksBefore: Instant, restBefore: Instant): Promise<Forgotten> {
    return {
      checks: await this.#removed(sql.FORGET_CHECKS, checksBefore),
      hours: await this.#removed(sql.FORGET_HOURS, restBefore),
      outages: await this.#removed(sql.FORGET_OUTAGES, restBefore),
      observations: await this.#removed(sql.FORGET_OBSERVATIONS, restBefore),
    };
  }

  async #removed(statement: string, before: Instant): Promise<number> {
    const [, count]: [unknown[], number] = await this.database.query(statement, [before]);
    return count;
  }
}

function workspaceOf(scope: WorkspaceScope): string | null {
  return scope === 'all' ? null : scope.workspaceId;
}
