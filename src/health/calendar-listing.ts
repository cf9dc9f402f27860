import type { Workspace } from '../workspaces/workspace.js';
import type { HealthReport } from './calendar-health-report.js';
import type { CalendarVerdict } from './calendar-verdict.js';
import { byNumber, byText, inTurn, Listing, type Comparison, type Listed } from './listing.js';
import type { ServiceLevel } from './service-level.js';

export type CalendarStatus = CalendarVerdict['status'];

export const CALENDAR_STATUSES: readonly CalendarStatus[] = ['unhealthy', 'unknown', 'healthy'];
export const CALENDAR_SORTS = ['status', 'name', 'account', 'checked', 'availability'] as const;
export type CalendarSort = (typeof CALENDAR_SORTS)[number];

/** A calendar in the list of all. */
export interface CalendarRow extends Listed<CalendarStatus> {
  readonly verdict: CalendarVerdict;
  readonly workspace: Workspace;
  /** Null unless a new consent is what helps. */
  readonly reauthUrl: string | null;
  /** Null when there is no history of it. */
  readonly level: ServiceLevel | null;
}

export type CalendarListing = Listing<CalendarRow, CalendarStatus, CalendarSort>;

/** Those that fail first, of these the longest outage; then what nothing is known of. */
const COMPARISONS: Readonly<Record<CalendarSort, Comparison<CalendarRow>>> = {
  status: inTurn(
    byNumber(({ status }) => CALENDAR_STATUSES.indexOf(status)),
    byNumber(({ verdict }) => verdict.fault?.since ?? null),
    byText(({ verdict }) => verdict.calendar.name),
  ),
  name: byText(({ verdict }) => verdict.calendar.name),
  account: inTurn(
    byText(({ verdict }) => verdict.connection.accountEmail),
    byText(({ verdict }) => verdict.calendar.name),
  ),
  checked: byNumber(({ verdict }) => verdict.calendar.health.checkedAt),
  availability: byNumber(({ level }) => level?.availability ?? null),
};

export function listCalendars(
  { workspaces, issues }: Pick<HealthReport, 'workspaces' | 'issues'>,
  levels: ReadonlyMap<string, ServiceLevel>,
): CalendarListing {
  const links = new Map(issues.map(({ calendarId, reauthUrl }) => [calendarId, reauthUrl]));
  const rows = workspaces.flatMap(({ workspace, calendars }) =>
    calendars.map((verdict) => {
      const { id, name } = verdict.calendar;
      return {
        id,
        status: verdict.status,
        text: `${name}\n${verdict.connection.accountEmail}\n${workspace.name}`.toLowerCase(),
        verdict,
        workspace,
        reauthUrl: links.get(id) ?? null,
        level: levels.get(id) ?? null,
      };
    }),
  );
  return new Listing(rows, COMPARISONS);
}
