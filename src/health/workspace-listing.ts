import type { ReportStatus, WorkspaceHealth } from './calendar-health-report.js';
import { byNumber, byText, inTurn, Listing, type Comparison, type Listed } from './listing.js';
import type { ServiceLevel } from './service-level.js';

export const WORKSPACE_STATUSES: readonly ReportStatus[] = ['critical', 'partial', 'healthy'];
export const WORKSPACE_SORTS = ['status', 'name', 'calendars', 'failing', 'availability'] as const;
export type WorkspaceSort = (typeof WORKSPACE_SORTS)[number];

/** A workspace in the list of all. */
export interface WorkspaceRow extends Listed<ReportStatus> {
  readonly health: WorkspaceHealth;
  /** Null when there is no history of it. */
  readonly level: ServiceLevel | null;
}

export type WorkspaceListing = Listing<WorkspaceRow, ReportStatus, WorkspaceSort>;

/** Most failing calendars first, where states are the same. */
const COMPARISONS: Readonly<Record<WorkspaceSort, Comparison<WorkspaceRow>>> = {
  status: inTurn(
    byNumber(({ status }) => WORKSPACE_STATUSES.indexOf(status)),
    byNumber(({ health }) => -health.totals.unhealthyCalendars),
    byText(({ health }) => health.workspace.name),
  ),
  name: byText(({ health }) => health.workspace.name),
  calendars: byNumber(({ health }) => health.totals.calendars),
  failing: byNumber(({ health }) => health.totals.unhealthyCalendars),
  availability: byNumber(({ level }) => level?.availability ?? null),
};

export function listWorkspaces(
  workspaces: readonly WorkspaceHealth[],
  levels: ReadonlyMap<string, ServiceLevel>,
): WorkspaceListing {
  const rows = workspaces.map((health) => ({
    id: health.workspace.id,
    status: health.status,
    text: textOf(health),
    health,
    level: levels.get(health.workspace.id) ?? null,
  }));
  return new Listing(rows, COMPARISONS);
}

/** A workspace is also found by the accounts and calendars in it. */
function textOf({ workspace, connections, calendars }: WorkspaceHealth): string {
  const names = calendars.map(({ calendar }) => calendar.name);
  const accounts = connections.map(({ connection }) => connection.accountEmail);
  return [workspace.name, ...accounts, ...names].join('\n').toLowerCase();
}
