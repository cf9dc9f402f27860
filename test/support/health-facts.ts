import type { CalendarVerdict, Fault } from '../../src/health/calendar-verdict.js';
import type { HealthFacts } from '../../src/health/health-facts.js';
import type { Connection } from '../../src/oauth/connection.js';
import { NO_SIGNS } from '../../src/oauth/testing-status.js';
import { aCalendar } from './a-calendar.js';
import { aConnection } from './a-connection.js';

const DAY_MS = 86_400_000;

/** Upcoming bookings by calendar; the last of each starts on Friday, the day after the facts were collected. */
export function upcomingBookings(
  counts: Readonly<Record<string, number>>,
  lastAt = DAY_MS,
): HealthFacts['upcoming'] {
  return new Map(Object.entries(counts).map(([id, count]) => [id, { count, lastAt }]));
}

/** Nothing is stored, on Thursday, 1 January 1970. */
export function healthFacts(differences: Partial<HealthFacts> = {}): HealthFacts {
  return {
    workspaces: [],
    connections: [],
    verdicts: [],
    configurations: [],
    upcoming: new Map(),
    testing: NO_SIGNS,
    now: 0,
    ...differences,
  };
}

/** One calendar that is not shared any more, since instant 3000. */
export function aFault(differences: Partial<Fault> = {}): Fault {
  return {
    category: 'permission_error',
    code: null,
    reason: null,
    message: 'The calendar is not shared any more.',
    since: 3000,
    actor: 'none',
    stopsConnection: false,
    ...differences,
  };
}

/** A calendar that can be read, unless there is a fault. */
export function aVerdict(
  calendarId: string,
  connection: Connection = aConnection(),
  fault: Fault | null = null,
): CalendarVerdict {
  const { id: connectionId, workspaceId } = connection;
  const calendar = aCalendar({ id: calendarId, connectionId, workspaceId });
  return { calendar, connection, status: fault === null ? 'healthy' : 'unhealthy', fault };
}
