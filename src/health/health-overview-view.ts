import { grouped } from '../shared/grouped.js';
import { formatInstant, type Instant } from '../shared/time.js';
import type { HealthReport, ReportStatus, WorkspaceHealth } from './calendar-health-report.js';
import type { CalendarRow } from './calendar-listing.js';
import {
  calendarTotalsView,
  calendarView,
  issueViews,
  recommendationView,
  systemTotalsView,
  type CalendarTotalsView,
  type CheckedCalendarView,
  type IssueView,
  type RecommendationView,
  type SystemTotalsView,
} from './health-report-view.js';
import { levelView, shareView, trendView, type LevelView, type TrendView } from './history-view.js';
import type { Trend } from './read-trend.js';
import type { HealthPicture } from './recent-health.js';
import { serviceLevelOf, type ServiceLevel } from './service-level.js';
import type { WorkspaceRow } from './workspace-listing.js';

/** So much of a workspace, and of all, is shown at a glance. */
const SHOWN_ISSUES = 20;
const SHOWN_RECOMMENDATIONS = 5;

/** What a whole, however large, comes to. */
export interface SummaryView {
  readonly generated_at: string;
  readonly status: ReportStatus;
  readonly needs_reauth_connections: number;
  /** Since the time that was named; null when none was. */
  readonly checked_calendars: number | null;
  /** The check that is the longest ago, of those that were checked. */
  readonly oldest_check_at: string | null;
  readonly issue_count: number;
  readonly critical_issue_count: number;
  /** By which the levels are measured, as a share. */
  readonly target: number;
  readonly level: LevelView;
}

export interface OverviewView extends SummaryView {
  readonly totals: SystemTotalsView;
  readonly recommendation_count: number;
  readonly recommendations: readonly RecommendationView[];
  readonly trend: TrendView;
}

export interface WorkspaceOverviewView extends SummaryView {
  readonly workspace_id: string;
  readonly name: string;
  readonly timezone: string;
  readonly totals: CalendarTotalsView;
  /** What has the same cause is told once. */
  readonly issues: readonly SharedIssueView[];
  readonly shared_issue_count: number;
}

export interface SharedIssueView extends IssueView {
  /** How many issues of an account this stands for; their calendars are as many, unless it is about none. */
  readonly count: number;
}

export interface WorkspaceRowView extends CalendarTotalsView {
  readonly workspace_id: string;
  readonly name: string;
  readonly status: ReportStatus;
  readonly needs_reauth_connections: number;
  readonly availability: number | null;
  readonly error_budget_remaining: number | null;
}

export interface CalendarRowView extends CheckedCalendarView {
  readonly workspace_id: string;
  readonly workspace_name: string;
  readonly reauth_url: string | null;
  readonly availability: number | null;
  readonly error_budget_remaining: number | null;
}

/** `checkedSince`: from when on checks are counted, if any. */
export function overviewView(
  { report, levels }: HealthPicture,
  trend: Trend,
  checkedSince: Instant | null,
): OverviewView {
  return {
    ...summaryOf(report, levels.total, levels.target, checkedSince),
    totals: systemTotalsView(report.totals),
    recommendation_count: report.recommendations.length,
    recommendations: report.recommendations.slice(0, SHOWN_RECOMMENDATIONS).map(recommendationView),
    trend: trendView(trend),
  };
}

/** Null when there is no such workspace. */
export function workspaceOverviewView(
  { report, levels }: HealthPicture,
  workspaceId: string,
  checkedSince: Instant | null,
): WorkspaceOverviewView | null {
  const health = report.workspaces.find(({ workspace }) => workspace.id === workspaceId);
  if (health === undefined) return null;
  const level = levels.workspaces.find(({ workspace }) => workspace.id === workspaceId)?.level;
  const own = partOf(report, health);
  const issues = sharedIssues(own);
  return {
    workspace_id: workspaceId,
    name: health.workspace.name,
    timezone: health.workspace.timezone,
    ...summaryOf(own, level ?? NO_LEVEL, levels.target, checkedSince),
    totals: calendarTotalsView(health.totals),
    issues: issues.slice(0, SHOWN_ISSUES),
    shared_issue_count: issues.length,
  };
}

export function workspaceRowView({ health, level }: WorkspaceRow): WorkspaceRowView {
  const { workspace, status, totals, connections } = health;
  return {
    workspace_id: workspace.id,
    name: workspace.name,
    status,
    ...calendarTotalsView(totals),
    needs_reauth_connections: waitingIn(connections),
    ...sharesOf(level),
  };
}

export function calendarRowView({ verdict, workspace, reauthUrl, level }: CalendarRow): CalendarRowView {
  return {
    ...calendarView(verdict),
    workspace_id: workspace.id,
    workspace_name: workspace.name,
    reauth_url: reauthUrl,
    ...sharesOf(level),
  };
}

const NO_LEVEL = serviceLevelOf([], 0, 0.999);

/** In the same order; the first of those that share an account and a failure stands for all. */
function sharedIssues(report: HealthReport): SharedIssueView[] {
  const alike = grouped(issueViews(report), ({ connection_id, webhook_id, category, message }) =>
    [connection_id, webhook_id, category, message].join('\n'),
  );
  return [...alike.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : { ...first, count: 1 + others.length },
  );
}

/** What of a report is about one workspace. */
function partOf(report: HealthReport, health: WorkspaceHealth): HealthReport {
  const { id } = health.workspace;
  return {
    ...report,
    status: health.status,
    workspaces: [health],
    issues: report.issues.filter(({ connection }) => connection.workspaceId === id),
    otherIssues: report.otherIssues.filter(({ workspaceId }) => workspaceId === id),
  };
}

function summaryOf(
  report: HealthReport,
  level: ServiceLevel,
  target: number,
  checkedSince: Instant | null,
): SummaryView {
  const { workspaces, issues, otherIssues } = report;
  const checks = workspaces
    .flatMap(({ calendars }) => calendars)
    .flatMap(({ calendar }) => calendar.health.checkedAt ?? []);
  const oldest = checks.reduce<Instant | null>(
    (least, at) => (least === null || at < least ? at : least),
    null,
  );
  return {
    generated_at: formatInstant(report.generatedAt, 'UTC'),
    status: report.status,
    needs_reauth_connections: waitingIn(workspaces.flatMap(({ connections }) => connections)),
    checked_calendars: checkedSince === null ? null : checks.filter((at) => at >= checkedSince).length,
    oldest_check_at: oldest === null ? null : formatInstant(oldest, 'UTC'),
    issue_count: issues.length + otherIssues.length,
    critical_issue_count: issues.filter(({ severity }) => severity === 'critical').length,
    target,
    level: levelView(level),
  };
}

function waitingIn(connections: WorkspaceHealth['connections']): number {
  return connections.filter(({ connection }) => connection.authStatus === 'needs_reauth').length;
}

function sharesOf(
  level: ServiceLevel | null,
): Pick<CalendarRowView, 'availability' | 'error_budget_remaining'> {
  return {
    availability: shareView(level?.availability ?? null),
    error_budget_remaining: shareView(level?.errorBudgetRemaining ?? null),
  };
}
