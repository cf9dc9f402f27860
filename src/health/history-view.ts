import type { FailureCategory } from '../shared/failure.js';
import { formatInstant } from '../shared/time.js';
import type { Outage, TrendPoint } from './health-history.js';
import type { CalendarServiceLevel, ServiceLevels } from './read-service-levels.js';
import type { Trend } from './read-trend.js';
import type { ServiceLevel } from './service-level.js';

const MINUTE_MS = 60_000;

/** What the numbers mean, in every answer that has some. */
export const BASIS =
  'Availability is up time divided by observed time, weighted by the length of outages. Time in which nothing was known of a calendar (before its first check, and from 26 hours after the last look at it on) counts as neither up nor down.';

export interface LevelView {
  readonly availability: number | null;
  readonly error_budget_remaining: number | null;
  readonly checks: number;
  readonly failed_checks: number;
  readonly observed_minutes: number;
  readonly unknown_minutes: number;
  readonly downtime_minutes: number;
  readonly outage_count: number;
  readonly longest_outage_minutes: number;
  readonly mean_time_to_recovery_minutes: number | null;
}

export interface OutageView {
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly duration_minutes: number;
  readonly category: FailureCategory;
}

export interface CalendarLevelView extends LevelView {
  readonly calendar_id: string;
  readonly workspace_id: string;
  readonly connection_id: string;
  readonly name: string;
  readonly account_email: string;
  readonly outages: readonly OutageView[];
}

export interface WorkspaceLevelView extends LevelView {
  readonly workspace_id: string;
  readonly name: string;
}

export interface ServiceLevelsView {
  readonly generated_at: string;
  readonly from: string;
  readonly to: string;
  readonly target: number;
  readonly basis: string;
  readonly total: LevelView;
  readonly workspaces: readonly WorkspaceLevelView[];
  readonly calendars: readonly CalendarLevelView[];
}

export interface TrendPointView {
  readonly start_time: string;
  readonly end_time: string;
  readonly availability: number | null;
  readonly observed_minutes: number;
  readonly downtime_minutes: number;
  readonly checks: number;
  readonly failed_checks: number;
  readonly average_check_ms: number | null;
}

export interface TrendView {
  readonly generated_at: string;
  readonly timezone: string;
  readonly step: string;
  readonly basis: string;
  readonly points: readonly TrendPointView[];
}

export function serviceLevelsView(levels: ServiceLevels): ServiceLevelsView {
  return {
    generated_at: formatInstant(levels.generatedAt, 'UTC'),
    from: formatInstant(levels.window.startAt, 'UTC'),
    to: formatInstant(levels.window.endAt, 'UTC'),
    target: levels.target,
    basis: BASIS,
    total: levelView(levels.total),
    workspaces: levels.workspaces.map(({ workspace, level }) => ({
      workspace_id: workspace.id,
      name: workspace.name,
      ...levelView(level),
    })),
    calendars: levels.calendars.map((calendar) => calendarView(calendar, levels.generatedAt)),
  };
}

export function trendView({ generatedAt, zone, step, points }: Trend): TrendView {
  return {
    generated_at: formatInstant(generatedAt, zone),
    timezone: zone,
    step,
    basis: BASIS,
    points: points.map((point) => pointView(point, zone)),
  };
}

function calendarView({ record, level, outages }: CalendarServiceLevel, now: number): CalendarLevelView {
  return {
    calendar_id: record.calendarId,
    workspace_id: record.workspaceId,
    connection_id: record.connectionId,
    name: record.name,
    account_email: record.accountEmail,
    ...levelView(level),
    outages: outages.map((outage) => outageView(outage, now)),
  };
}

export function levelView(level: ServiceLevel): LevelView {
  const { meanTimeToRecoveryMs } = level;
  return {
    availability: shareView(level.availability),
    error_budget_remaining: shareView(level.errorBudgetRemaining),
    checks: level.checks,
    failed_checks: level.failedChecks,
    observed_minutes: minutes(level.observedMs),
    unknown_minutes: minutes(level.unknownMs),
    downtime_minutes: minutes(level.downtimeMs),
    outage_count: level.outages,
    longest_outage_minutes: minutes(level.longestOutageMs),
    mean_time_to_recovery_minutes: meanTimeToRecoveryMs === null ? null : minutes(meanTimeToRecoveryMs),
  };
}

function outageView({ startedAt, endedAt, category }: Outage, now: number): OutageView {
  return {
    started_at: formatInstant(startedAt, 'UTC'),
    ended_at: endedAt === null ? null : formatInstant(endedAt, 'UTC'),
    duration_minutes: minutes((endedAt ?? now) - startedAt),
    category,
  };
}

function pointView(point: TrendPoint, zone: string): TrendPointView {
  const { startAt, endAt, observedMs, downtimeMs, checks, failedChecks, checkMs } = point;
  return {
    start_time: formatInstant(startAt, zone),
    end_time: formatInstant(endAt, zone),
    availability: shareView(observedMs === 0 ? null : 1 - downtimeMs / observedMs),
    observed_minutes: minutes(observedMs),
    downtime_minutes: minutes(downtimeMs),
    checks,
    failed_checks: failedChecks,
    average_check_ms: checks === 0 ? null : Math.round(checkMs / checks),
  };
}

/** Cut and not rounded: nothing is called whole that is not. */
export function shareView(value: number | null): number | null {
  return value === null ? null : Math.floor(value * 1_000_000 + 1e-6) / 1_000_000;
}

function minutes(ms: number): number {
  return Math.round((ms / MINUTE_MS) * 100) / 100;
}
