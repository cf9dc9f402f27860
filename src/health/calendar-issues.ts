import type { Connection } from '../oauth/connection.js';
import type { Instant } from '../shared/time.js';
import { connectionFault, type Fault } from './calendar-verdict.js';
import { adviceFor, needsConsent } from './fault-advice.js';
import type { HealthFacts } from './health-facts.js';

export interface CalendarIssue {
  readonly connection: Connection;
  /** Null when the account stands still and has no calendars yet. */
  readonly calendarId: string | null;
  readonly fault: Fault;
  /** `critical`: bookings are written to the calendar, or the whole account stands still. */
  readonly severity: 'warning' | 'critical';
  readonly since: Instant;
  readonly resolution: string;
  /** Null unless a new consent is what helps. */
  readonly reauthUrl: string | null;
}

/** Critical ones first, then the longest outage. An outage that nobody has noticed before begins `now`. */
export function issuesOf(
  facts: Pick<HealthFacts, 'connections' | 'verdicts' | 'configurations'>,
  linkFor: (connectionId: string) => string,
  now: Instant,
): CalendarIssue[] {
  const bookedInto = new Set(facts.configurations.map(({ calendarId }) => calendarId));
  const issue = (connection: Connection, calendarId: string | null, fault: Fault): CalendarIssue => ({
    connection,
    calendarId,
    fault,
    severity: fault.stopsConnection || bookedInto.has(calendarId ?? '') ? 'critical' : 'warning',
    since: fault.since ?? now,
    resolution: adviceFor(fault).resolution,
    reauthUrl: needsConsent(fault) ? linkFor(connection.id) : null,
  });
  const ofCalendars = facts.verdicts.flatMap(({ calendar, connection, fault }) =>
    fault === null ? [] : issue(connection, calendar.id, fault),
  );
  const ofEmptyAccounts = withoutCalendars(facts).flatMap((connection) => {
    const fault = connectionFault(connection);
    return fault === null ? [] : issue(connection, null, fault);
  });
  return [...ofCalendars, ...ofEmptyAccounts].sort(
    (a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning') || a.since - b.since,
  );
}

function withoutCalendars({
  connections,
  verdicts,
}: Pick<HealthFacts, 'connections' | 'verdicts'>): Connection[] {
  const withCalendars = new Set(verdicts.map(({ connection }) => connection.id));
  return connections.filter(({ id, authStatus }) => authStatus !== 'disconnected' && !withCalendars.has(id));
}
