import { describe, expect, it } from '@jest/globals';
import { aCalendar } from '../../test/support/a-calendar.js';
import { aConfiguration } from '../../test/support/a-configuration.js';
import { aConnection, aLastError } from '../../test/support/a-connection.js';
import { issuesOf } from './calendar-issues.js';
import type { CalendarVerdict, Fault } from './calendar-verdict.js';

const NOW = 9000;
const link = (id: string): string => `https://example.com/mend/${id}`;

function aFault(differences: Partial<Fault> = {}): Fault {
  return {
    category: 'permission_error',
    message: 'The calendar is not shared any more.',
    since: 3000,
    actor: 'none',
    stopsConnection: false,
    ...differences,
  };
}

const REVOKED = aFault({ category: 'expired_tokens', actor: 'user', stopsConnection: true, since: 2000 });

function failing(id: string, fault: Fault = aFault()): CalendarVerdict {
  return { calendar: aCalendar({ id }), connection: aConnection(), status: 'unhealthy', fault };
}

function issues(verdicts: CalendarVerdict[], configurations = [aConfiguration({ calendarId: 'booked' })]) {
  return issuesOf({ connections: [aConnection()], verdicts, configurations }, link, NOW);
}

describe('issuesOf', () => {
  it('says nothing of calendars that work', () => {
    const works = { ...failing('a'), status: 'healthy' as const, fault: null };
    expect(issues([works])).toEqual([]);
  });

  it('warns of a calendar that bookings are not written to', () => {
    const conflictsOnly = aConfiguration({ calendarId: 'booked', conflictCalendarIds: ['a'] });
    expect(issues([failing('a')], [conflictsOnly])).toMatchObject([{ calendarId: 'a', severity: 'warning' }]);
  });

  it('is critical where a configuration books into the calendar, or the account stands still', () => {
    expect(issues([failing('booked')])).toMatchObject([{ severity: 'critical' }]);
    expect(issues([failing('a', REVOKED)])).toMatchObject([{ severity: 'critical' }]);
  });

  it('gives the link only when a new consent is what helps', () => {
    const actors = ['user', 'admin', 'operator', 'none'] as const;
    const urls = actors.map((actor) => issues([failing('a', aFault({ actor }))])[0]?.reauthUrl);
    const url = link(aConnection().id);
    expect(urls).toEqual([url, url, null, null]);
  });

  it('begins an outage that nobody had noticed with the report', () => {
    expect(issues([failing('a', aFault({ since: null }))])[0]?.since).toBe(NOW);
    expect(issues([failing('a')])[0]?.since).toBe(3000);
  });

  it('lists critical issues first, then the longest outage', () => {
    const found = issues([
      failing('short', aFault({ since: 5000 })),
      failing('long', aFault({ since: 1000 })),
      failing('booked'),
    ]);
    expect(found.map(({ calendarId }) => calendarId)).toEqual(['booked', 'long', 'short']);
  });

  it('tells of an account that stands still although it has no calendars', () => {
    const refused = aConnection({
      authStatus: 'needs_reauth',
      lastError: aLastError({ category: 'permission_error', code: 'insufficient_scope' }),
    });
    const found = issuesOf({ connections: [refused], verdicts: [], configurations: [] }, link, NOW);
    expect(found).toMatchObject([
      { calendarId: null, severity: 'critical', since: 1000, reauthUrl: link(refused.id) },
    ]);
    expect(found[0]?.resolution).toMatch(/re-authorization link/);
  });

  it('leaves out accounts that were disconnected on purpose', () => {
    const disconnected = aConnection({ authStatus: 'disconnected' });
    expect(issuesOf({ connections: [disconnected], verdicts: [], configurations: [] }, link, NOW)).toEqual(
      [],
    );
  });
});
