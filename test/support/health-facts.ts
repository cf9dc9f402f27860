import type { CalendarVerdict, Fault } from '../../src/health/calendar-verdict.js';
import type { HealthFacts } from '../../src/health/health-facts.js';
import type { Connection } from '../../src/oauth/connection.js';
import { NO_SIGNS } from '../../src/oauth/testing-status.js';
import { aCalendar } from './a-calendar.js';
import { aConnection } from './a-connection.js';

/** Nothing is stored. */
export function healthFacts(differences: Partial<HealthFacts> = {}): HealthFacts {
  return {
    workspaces: [],
    connections: [],
    verdicts: [],
    configurations: [],
    upcoming: new Map(),
    testing: NO_SIGNS,
    ...differences,
  };
}

/** One calendar that is not shared any more, since instant 3000. */
export function aFault(differences: Partial<Fault> = {}): Fault {
  return {
    category: 'permission_error',
    code: null,
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
