import type { CalendarRecord } from '../../src/health/health-history.js';
import { aCalendar } from './a-calendar.js';

/** Of a calendar that nobody has looked at. */
export function aRecord(differences: Partial<CalendarRecord> = {}): CalendarRecord {
  const { id: calendarId, name, workspaceId, connectionId } = aCalendar();
  return {
    calendarId,
    name,
    workspaceId,
    connectionId,
    accountEmail: 'ada@example.com',
    observedMs: 0,
    downtimeMs: 0,
    longestOutageMs: 0,
    outages: 0,
    recoveries: 0,
    recoveryMs: 0,
    checks: 0,
    failedChecks: 0,
    ...differences,
  };
}
