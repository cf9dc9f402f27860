import { statusOf } from '../availability/calendar-health.js';
import type { Connection } from '../oauth/connection.js';
import { grouped } from '../shared/grouped.js';
import type { Instant } from '../shared/time.js';
import type { Workspace } from '../workspaces/workspace.js';
import { issuesOf, type CalendarIssue } from './calendar-issues.js';
import { connectionFault, type CalendarVerdict } from './calendar-verdict.js';
import type { OtherIssue } from './other-issue.js';
import type { HealthFacts } from './health-facts.js';
import { recommendationsFor, type Recommendation } from './recommendations.js';

export type ReportStatus = 'healthy' | 'partial' | 'critical';

export interface CalendarTotals {
  /** Accounts that are connected, working or not. */
  readonly connections: number;
  readonly calendars: number;
  readonly healthyCalendars: number;
  readonly unhealthyCalendars: number;
  /** Never checked, or not since the account was authorized again; they do not count as failing. */
  readonly unknownCalendars: number;
}

export interface SystemTotals extends CalendarTotals {
  readonly workspaces: number;
  readonly healthyWorkspaces: number;
  readonly partialWorkspaces: number;
  readonly criticalWorkspaces: number;
}

export interface ConnectionHealth {
  readonly connection: Connection;
  /** By its calendars; critical without any look at them when the connection itself stands still. */
  readonly status: ReportStatus;
  readonly totals: CalendarTotals;
}

export interface WorkspaceHealth {
  readonly workspace: Workspace;
  readonly status: ReportStatus;
  readonly totals: CalendarTotals;
  /** Connected ones, and those of which calendars are still in use. */
  readonly connections: readonly ConnectionHealth[];
  readonly calendars: readonly CalendarVerdict[];
}

export interface HealthReport {
  readonly generatedAt: Instant;
  /** Over all calendars of the scope, by the thresholds of a single workspace. */
  readonly status: ReportStatus;
  readonly totals: SystemTotals;
  readonly workspaces: readonly WorkspaceHealth[];
  readonly issues: readonly CalendarIssue[];
  readonly otherIssues: readonly OtherIssue[];
  readonly recommendations: readonly Recommendation[];
}

/** `linkFor` makes the link that starts a new consent for a connection. */
export function reportOf(
  facts: HealthFacts,
  linkFor: (connectionId: string) => string,
  generatedAt: Instant,
  otherIssues: readonly OtherIssue[] = [],
): HealthReport {
  const issues = issuesOf(facts, linkFor, generatedAt);
  const workspaces = workspacesOf(facts);
  const totals = calendarTotals(facts.connections, facts.verdicts);
  const having = (status: ReportStatus): number => workspaces.filter((one) => one.status === status).length;
  return {
    generatedAt,
    status: statusOf(totals.unhealthyCalendars, totals.calendars),
    totals: {
      ...totals,
      workspaces: workspaces.length,
      healthyWorkspaces: having('healthy'),
      partialWorkspaces: having('partial'),
      criticalWorkspaces: having('critical'),
    },
    workspaces,
    issues,
    otherIssues,
    recommendations: recommendationsFor(issues, facts),
  };
}

function workspacesOf({ workspaces, connections, verdicts }: HealthFacts): WorkspaceHealth[] {
  const connectionsOf = grouped(connections, ({ workspaceId }) => workspaceId);
  const verdictsOf = grouped(verdicts, ({ calendar }) => calendar.workspaceId);
  return workspaces.map((workspace) => {
    const calendars = verdictsOf.get(workspace.id) ?? [];
    const own = connectionsOf.get(workspace.id) ?? [];
    const totals = calendarTotals(own, calendars);
    const status = statusOf(totals.unhealthyCalendars, totals.calendars);
    return { workspace, totals, calendars, status, connections: connectionsHealth(own, calendars) };
  });
}

function connectionsHealth(
  connections: readonly Connection[],
  verdicts: readonly CalendarVerdict[],
): ConnectionHealth[] {
  const verdictsOf = grouped(verdicts, ({ connection }) => connection.id);
  return connections.flatMap((connection) => {
    const calendars = verdictsOf.get(connection.id) ?? [];
    if (connection.authStatus === 'disconnected' && calendars.length === 0) return [];
    const totals = calendarTotals([connection], calendars);
    const stands = connectionFault(connection) !== null;
    return {
      connection,
      totals,
      status: stands ? 'critical' : statusOf(totals.unhealthyCalendars, totals.calendars),
    };
  });
}

function calendarTotals(
  connections: readonly Connection[],
  verdicts: readonly CalendarVerdict[],
): CalendarTotals {
  const having = (wanted: CalendarVerdict['status']): number =>
    verdicts.filter(({ status }) => status === wanted).length;
  return {
    connections: connections.filter(({ authStatus }) => authStatus !== 'disconnected').length,
    calendars: verdicts.length,
    healthyCalendars: having('healthy'),
    unhealthyCalendars: having('unhealthy'),
    unknownCalendars: having('unknown'),
  };
}
