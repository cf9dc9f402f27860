import type { Connection } from '../oauth/connection.js';
import type { Instant } from '../shared/time.js';
import { connectionFault, type Fault } from './calendar-verdict.js';
import { endingFault } from './ending-authorization.js';
import { adviceFor, needsConsent } from './fault-advice.js';
import type { HealthFacts } from './health-facts.js';

export interface CalendarIssue {
  readonly connection: Connection;
  /** Null when it is about the account as a whole: its authorization ends soon, or it has no calendars yet. */
  readonly calendarId: string | null;
  readonly fault: Fault;
  /** `critical`: bookings are written to the calendar, or the whole account stands still. */
  readonly severity: 'warning' | 'critical';
  readonly since: Instant;
  readonly resolution: string;
  /** Null unless a new consent is what helps. */
  readonly reauthUrl: string | null;
}

/** Outages, and authorizations that end soon. Critical ones first, then the longest. An outage that nobody has noticed before begins `now`. */
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
  const ofEndings = facts.connections.flatMap((connection) => {
    const fault = endingFault(connection, now);
    return fault === null ? [] : issue(connection, null, fault);
  });
  return [...ofCalendars, ...ofEmptyAccounts, ...ofEndings].sort(
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
