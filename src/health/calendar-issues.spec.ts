import { describe, expect, it } from '@jest/globals';
import { aConfiguration } from '../../test/support/a-configuration.js';
import { aConnection, aLastError } from '../../test/support/a-connection.js';
import { aFault, aVerdict, healthFacts } from '../../test/support/health-facts.js';
import { FixedClock } from '../shared/clock.js';
import { issuesOf, type CalendarIssue } from './calendar-issues.js';
import type { CalendarVerdict, Fault } from './calendar-verdict.js';

const NOW = 9000;
const link = (id: string): string => `https://example.com/mend/${id}`;

const REVOKED = aFault({ category: 'expired_tokens', actor: 'user', stopsConnection: true, since: 2000 });

function failing(id: string, fault: Fault = aFault()): CalendarVerdict {
  return aVerdict(id, aConnection(), fault);
}

function issues(verdicts: CalendarVerdict[], configurations = [aConfiguration({ calendarId: 'booked' })]) {
  return issuesOf({ connections: [aConnection()], verdicts, configurations }, link, NOW);
}

describe('issuesOf', () => {
  it('says nothing of calendars that work', () => {
    expect(issues([aVerdict('a')])).toEqual([]);
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

describe('an authorization that ends', () => {
  const DAY_MS = 86_400_000;
  const ENDS_AT = Date.UTC(2027, 2, 10, 9);

  function issuesAt(now: number, differences: Parameters<typeof aConnection>[0] = {}): CalendarIssue[] {
    const connection = aConnection({ authorizationEndsAt: ENDS_AT, ...differences });
    const verdicts = [aVerdict('booked', connection)];
    const configurations = [aConfiguration({ calendarId: 'booked' })];
    return issuesOf(healthFacts({ connections: [connection], verdicts, configurations }), link, now);
  }

  it('F12: is a warning about the account from three days before, with the way to keep it', () => {
    const clock = new FixedClock(ENDS_AT - 3 * DAY_MS - 1);
    expect(issuesAt(clock.now())).toEqual([]);
    clock.advance(1);
    expect(issuesAt(clock.now())).toMatchObject([
      {
        calendarId: null,
        severity: 'warning',
        since: ENDS_AT - 3 * DAY_MS,
        fault: {
          category: 'expired_tokens',
          message: 'The authorization of the account ends at 2027-03-10T09:00:00Z.',
        },
        resolution: expect.stringMatching(/consents again before then/),
        reauthUrl: link(aConnection().id),
      },
    ]);
  });

  it('F12: still warns when its end is over and nobody has refused it yet', () => {
    expect(issuesAt(ENDS_AT)[0]?.fault.message).toMatch(/was to end at 2027-03-10T09:00:00Z/);
  });

  it('F12: goes with the new consent', () => {
    expect(issuesAt(ENDS_AT - 1, { authorizationEndsAt: ENDS_AT + 7 * DAY_MS })).toEqual([]);
    expect(issuesAt(ENDS_AT - 1, { authorizationEndsAt: null })).toEqual([]);
  });

  it.each(['needs_reauth', 'disconnected'] as const)(
    'is no matter of an account that is %s',
    (authStatus) => {
      const found = issuesAt(ENDS_AT - 1, { authStatus });
      expect(found.filter(({ fault }) => fault.code === 'authorization_ending')).toEqual([]);
    },
  );
});
