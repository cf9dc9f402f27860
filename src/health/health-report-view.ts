import type { AuthStatus } from '../oauth/connection.js';
import type { FailureCategory } from '../shared/failure.js';
import { formatInstant, type Instant } from '../shared/time.js';
import type {
  CalendarTotals,
  ConnectionHealth,
  HealthReport,
  ReportStatus,
  SystemTotals,
  WorkspaceHealth,
} from './calendar-health-report.js';
import type { CalendarIssue } from './calendar-issues.js';
import type { CalendarVerdict } from './calendar-verdict.js';
import { unjudgedIn, type ConnectionSweep } from './connection-sweep.js';
import type { OtherIssue } from './other-issue.js';
import type { Recommendation } from './recommendations.js';

export interface CalendarTotalsView {
  readonly connections: number;
  readonly calendars: number;
  readonly healthy_calendars: number;
  readonly unhealthy_calendars: number;
  readonly unknown_calendars: number;
}

export interface SystemTotalsView extends CalendarTotalsView {
  readonly workspaces: number;
  readonly healthy_workspaces: number;
  readonly partial_workspaces: number;
  readonly critical_workspaces: number;
}

export interface CheckedCalendarView {
  readonly calendar_id: string;
  readonly name: string;
  readonly account_email: string;
  readonly connection_id: string;
  readonly status: CalendarVerdict['status'];
  readonly category: FailureCategory | null;
  readonly message: string | null;
  readonly checked_at: string | null;
  readonly since: string | null;
}

export interface ConnectionHealthView {
  readonly connection_id: string;
  readonly account_email: string;
  readonly auth_status: AuthStatus;
  readonly status: ReportStatus;
  readonly calendars: number;
  readonly healthy_calendars: number;
  readonly unhealthy_calendars: number;
  readonly unknown_calendars: number;
}

export interface WorkspaceHealthView {
  readonly workspace_id: string;
  readonly name: string;
  readonly status: ReportStatus;
  readonly totals: CalendarTotalsView;
  readonly connections: readonly ConnectionHealthView[];
  readonly calendars: readonly CheckedCalendarView[];
}

export interface IssueView {
  readonly workspace_id: string;
  /** Null when it is about a webhook. */
  readonly connection_id: string | null;
  readonly calendar_id: string | null;
  readonly webhook_id: string | null;
  readonly account_email: string | null;
  readonly category: FailureCategory;
  readonly severity: CalendarIssue['severity'];
  readonly message: string;
  readonly since: string;
  readonly resolution: string;
  readonly reauth_url: string | null;
}

export interface RecommendationView {
  readonly priority: number;
  readonly category: FailureCategory;
  readonly message: string;
  readonly action: string;
  readonly reauth_url: string | null;
  readonly affected: {
    readonly calendars: number;
    readonly configurations: number;
    readonly upcoming_bookings: number;
    readonly last_booking_at: string | null;
  };
  readonly configurations: readonly { readonly configuration_id: string; readonly name: string }[];
}

/** The report as HTTP and the command line give it out. */
export interface HealthReportView {
  readonly generated_at: string;
  readonly status: ReportStatus;
  readonly totals: SystemTotalsView;
  readonly workspaces: readonly WorkspaceHealthView[];
  readonly issues: readonly IssueView[];
  readonly recommendations: readonly RecommendationView[];
}

/** The issues alone, for other programs to read. A change that breaks readers raises `version`. */
export interface IssueExportView {
  readonly generated_at: string;
  readonly version: 1;
  readonly issues: readonly IssueView[];
}

/** What the check behind a report came to. `complete`: every account could be judged. */
export interface SweepView {
  readonly complete: boolean;
  readonly connections: number;
  readonly failed_connections: number;
  readonly calendars: number;
  readonly failed_calendars: number;
  readonly unjudged: readonly { readonly code: string; readonly connections: number }[];
}

export function sweepView(sweep: ConnectionSweep): SweepView {
  return {
    complete: unjudgedIn(sweep) === 0,
    connections: sweep.connections,
    failed_connections: sweep.failedConnections,
    calendars: sweep.calendars,
    failed_calendars: sweep.failedCalendars,
    unjudged: Object.entries(sweep.unjudged).map(([code, connections]) => ({ code, connections })),
  };
}

export function healthReportView(report: HealthReport): HealthReportView {
  return {
    generated_at: utc(report.generatedAt),
    status: report.status,
    totals: systemTotalsView(report.totals),
    workspaces: report.workspaces.map(workspaceView),
    issues: issueViews(report),
    recommendations: report.recommendations.map(recommendationView),
  };
}

export function issueExportView(report: HealthReport): IssueExportView {
  return { generated_at: utc(report.generatedAt), version: 1, issues: issueViews(report) };
}

export function issueViews({ issues, otherIssues }: HealthReport): IssueView[] {
  return [...issues.map(issueView), ...otherIssues.map(otherIssueView)];
}

export function systemTotalsView(totals: SystemTotals): SystemTotalsView {
  return {
    workspaces: totals.workspaces,
    ...calendarTotalsView(totals),
    healthy_workspaces: totals.healthyWorkspaces,
    partial_workspaces: totals.partialWorkspaces,
    critical_workspaces: totals.criticalWorkspaces,
  };
}

export function calendarTotalsView(totals: CalendarTotals): CalendarTotalsView {
  return {
    connections: totals.connections,
    calendars: totals.calendars,
    healthy_calendars: totals.healthyCalendars,
    unhealthy_calendars: totals.unhealthyCalendars,
    unknown_calendars: totals.unknownCalendars,
  };
}

function workspaceView(health: WorkspaceHealth): WorkspaceHealthView {
  const { workspace, status, totals, connections, calendars } = health;
  return {
    workspace_id: workspace.id,
    name: workspace.name,
    status,
    totals: calendarTotalsView(totals),
    connections: connections.map(connectionView),
    calendars: calendars.map(calendarView),
  };
}

function connectionView({ connection, status, totals }: ConnectionHealth): ConnectionHealthView {
  const { connections: _, ...counts } = calendarTotalsView(totals);
  return {
    connection_id: connection.id,
    account_email: connection.accountEmail,
    auth_status: connection.authStatus,
    status,
    ...counts,
  };
}

export function calendarView({ calendar, connection, status, fault }: CalendarVerdict): CheckedCalendarView {
  return {
    calendar_id: calendar.id,
    name: calendar.name,
    account_email: connection.accountEmail,
    connection_id: connection.id,
    status,
    category: fault?.category ?? null,
    message: fault?.message ?? null,
    checked_at: optional(calendar.health.checkedAt),
    since: optional(fault?.since ?? null),
  };
}

function issueView({ connection, calendarId, fault, ...issue }: CalendarIssue): IssueView {
  return {
    workspace_id: connection.workspaceId,
    connection_id: connection.id,
    calendar_id: calendarId,
    webhook_id: null,
    account_email: connection.accountEmail,
    category: fault.category,
    severity: issue.severity,
    message: fault.message,
    since: utc(issue.since),
    resolution: issue.resolution,
    reauth_url: issue.reauthUrl,
  };
}

function otherIssueView(issue: OtherIssue): IssueView {
  return {
    workspace_id: issue.workspaceId,
    connection_id: issue.connectionId,
    calendar_id: issue.calendarId,
    webhook_id: issue.webhookId,
    account_email: issue.accountEmail,
    category: 'connection_error',
    severity: 'warning',
    message: issue.message,
    since: utc(issue.since),
    resolution: issue.resolution,
    reauth_url: issue.reauthUrl,
  };
}

/** Of the configurations that a recommendation concerns, so many are named. */
const NAMED = 20;

export function recommendationView({
  affected,
  reauthUrl,
  ...recommendation
}: Recommendation): RecommendationView {
  const { calendars, configurations, upcomingBookings, lastBookingAt } = affected;
  return {
    ...recommendation,
    reauth_url: reauthUrl,
    affected: {
      calendars,
      configurations: configurations.length,
      upcoming_bookings: upcomingBookings,
      last_booking_at: optional(lastBookingAt),
    },
    configurations: configurations.slice(0, NAMED).map(({ id, name }) => ({ configuration_id: id, name })),
  };
}

function optional(at: Instant | null): string | null {
  return at === null ? null : utc(at);
}

function utc(at: Instant): string {
  return formatInstant(at, 'UTC');
}
