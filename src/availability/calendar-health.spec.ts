import { describe, expect, it } from '@jest/globals';
import { aCalendar } from '../../test/support/a-calendar.js';
import { aCalendarRead } from '../../test/support/a-calendar-read.js';
import { aFailure, malformedPeriods, revokedGrant } from '../../test/support/a-failure.js';
import type { CalendarRead } from '../calendars/read-busy.js';
import type { Failure } from '../shared/failure.js';
import { calendarHealth, healthWarnings, statusOf, unaskedHealth } from './calendar-health.js';

const NAMES = ['Main', 'Calendar A', 'Calendar B', 'Calendar C', 'Calendar D'];

/** One read per failure, named in turn; null succeeded. */
function reads(...failures: (Failure | null)[]): CalendarRead[] {
  return failures.map((failure, n) =>
    aCalendarRead({
      calendar: aCalendar({ id: `calendar-${n}`, name: NAMES[n] ?? `Calendar ${n}` }),
      accountEmail: `owner${n}@example.com`,
      failure,
      ...(failure === null ? {} : { source: 'none', asOf: null, covered: [] }),
    }),
  );
}

describe('the status of a set of calendars', () => {
  it.each([
    [0, 0, 'healthy'],
    [0, 1, 'healthy'],
    [0, 5, 'healthy'],
    [1, 5, 'partial'],
    [1, 2, 'partial'],
    [2, 4, 'partial'],
    [3, 4, 'critical'],
    [2, 5, 'partial'],
    [3, 5, 'critical'],
    [3, 6, 'partial'],
    [4, 6, 'critical'],
    [1, 1, 'critical'],
    [5, 5, 'critical'],
  ])('%i failing of %i is %s', (failing, total, status) => {
    expect(statusOf(failing, total)).toBe(status);
  });
});

describe('calendar health', () => {
  it('is healthy when every calendar was read', () => {
    expect(calendarHealth(reads(null, null))).toMatchObject({
      status: 'healthy',
      totalCalendars: 2,
      successfulCalendars: 2,
      failedCalendars: [],
      tokenIssues: [],
      message: 'All 2 calendars checked successfully',
    });
  });

  it('names the calendars that failed and the accounts that must re-authorize', () => {
    expect(calendarHealth(reads(null, revokedGrant(), aFailure(), null, revokedGrant()))).toMatchObject({
      status: 'critical',
      totalCalendars: 5,
      successfulCalendars: 2,
      failedCalendars: ['Calendar A', 'Calendar B', 'Calendar D'],
      tokenIssues: ['owner1@example.com', 'owner4@example.com'],
    });
  });

  it.each<[string, (Failure | null)[]]>([
    [
      '3/5 calendars checked successfully. 2 need re-authorization',
      [null, revokedGrant(), revokedGrant(), null, null],
    ],
    ['4/5 calendars checked successfully. 1 need re-authorization', [revokedGrant(), null, null, null, null]],
    ['4/5 calendars checked successfully. 1 had other issues', [null, null, aFailure(), null, null]],
    [
      '2/5 calendars checked successfully. 1 need re-authorization, 2 had other issues',
      [null, revokedGrant(), aFailure(), malformedPeriods(), null],
    ],
    ['0/5 calendars checked successfully. 5 need re-authorization', NAMES.map(() => revokedGrant())],
    ['0/1 calendars checked successfully. 1 had other issues', [aFailure()]],
  ])('says: %s', (message, failures) => {
    expect(calendarHealth(reads(...failures)).message).toBe(message);
  });

  it('counts calendars in the message, and accounts once in the token issues', () => {
    const shared = reads(revokedGrant(), revokedGrant(), null, null).map((read) => ({
      ...read,
      accountEmail: 'ada@example.com',
    }));
    expect(calendarHealth(shared)).toMatchObject({
      message: '2/4 calendars checked successfully. 2 need re-authorization',
      tokenIssues: ['ada@example.com'],
    });
  });

  it('counts a calendar as failed although older knowledge stands in', () => {
    const [read] = reads(aFailure());
    const health = calendarHealth([aCalendarRead({ ...read, source: 'last_known', asOf: 7 })]);
    expect(health).toMatchObject({ status: 'critical', failedCalendars: ['Main'], successfulCalendars: 0 });
    expect(health.calendars).toMatchObject([{ source: 'last_known', asOf: 7, category: 'connection_error' }]);
  });

  it('tells of each calendar how it was read', () => {
    expect(calendarHealth(reads(null, revokedGrant())).calendars).toEqual([
      {
        calendarId: 'calendar-0',
        name: 'Main',
        accountEmail: 'owner0@example.com',
        source: 'live',
        asOf: 0,
        category: null,
      },
      {
        calendarId: 'calendar-1',
        name: 'Calendar A',
        accountEmail: 'owner1@example.com',
        source: 'none',
        asOf: null,
        category: 'expired_tokens',
      },
    ]);
  });

  it('of calendars that were not asked gives the reason in words', () => {
    expect(unaskedHealth(3, 'The day is closed.')).toEqual({
      status: 'rules_violation',
      totalCalendars: 3,
      successfulCalendars: 0,
      failedCalendars: [],
      tokenIssues: [],
      message: 'The day is closed.',
      calendars: [],
    });
  });
});

describe('warnings', () => {
  it('are none when every calendar was read', () => {
    expect(healthWarnings(reads(null, null))).toEqual([]);
  });

  it.each<[string, (Failure | null)[]]>([
    [
      'Could not check availability for 2 calendars: Calendar A, Calendar B',
      [null, aFailure(), revokedGrant()],
    ],
    ['Could not check availability for 1 calendar: Main', [aFailure(), null]],
    ['Some busy times could not be read in 1 calendar: Calendar A', [null, malformedPeriods()]],
  ])('say: %s', (warning, failures) => {
    expect(healthWarnings(reads(...failures))).toEqual([warning]);
  });

  it('tell unread calendars from those with unreadable periods', () => {
    expect(healthWarnings(reads(malformedPeriods(), aFailure()))).toEqual([
      'Could not check availability for 1 calendar: Calendar A',
      'Some busy times could not be read in 1 calendar: Main',
    ]);
  });
});
