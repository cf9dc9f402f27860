import { describe, expect, it } from '@jest/globals';
import { aConfiguration } from '../../test/support/a-configuration.js';
import { aWorkspace } from '../../test/support/a-workspace.js';
import { upcomingBookings } from '../../test/support/health-facts.js';
import { affectedIn, dependence, todayOf, type Affected } from './affected.js';

/** A Tuesday evening in Berlin, and in New York its noon. */
const NOW = Date.UTC(2027, 2, 9, 17);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const BERLIN = { now: NOW, zone: 'Europe/Berlin' };

function anAffected(differences: Partial<Affected> = {}): Affected {
  return {
    calendars: 1,
    configurations: [aConfiguration()],
    upcomingBookings: 2,
    lastBookingAt: NOW,
    ...differences,
  };
}

describe('dependence', () => {
  it.each([
    [0, 'today'],
    [DAY_MS, 'until Wednesday'],
    [3 * DAY_MS, 'until Friday'],
    [6 * DAY_MS, 'until Monday'],
    [7 * DAY_MS, 'until 2027-03-16'],
    [90 * DAY_MS, 'until 2027-06-07'],
  ])('tells until when: %i ms ahead is %s', (aheadMs, when) => {
    const sentence = dependence(anAffected({ lastBookingAt: NOW + aheadMs }), 'it', BERLIN);
    expect(sentence).toBe(`1 configuration and 2 upcoming bookings ${when} depend on it.`);
  });

  it('tells the day in the zone of the workspace', () => {
    const late = anAffected({ lastBookingAt: NOW + 7 * HOUR_MS });
    expect(dependence(late, 'them', BERLIN)).toMatch(/until Wednesday/);
    expect(dependence(late, 'them', { ...BERLIN, zone: 'America/New_York' })).toMatch(/bookings today/);
  });

  it('counts seven days over a clock change as a week', () => {
    const beforeChange = { now: Date.UTC(2027, 2, 22, 23, 30), zone: 'Europe/Berlin' };
    const nextMonday = anAffected({ lastBookingAt: Date.UTC(2027, 2, 29, 21, 30) });
    expect(dependence(nextMonday, 'it', beforeChange)).toMatch(/until Monday/);
  });

  it('names no day without bookings, and says so when nothing depends on it', () => {
    const idle = { upcomingBookings: 0, lastBookingAt: null };
    expect(dependence(anAffected(idle), 'it', BERLIN)).toBe(
      '1 configuration and 0 upcoming bookings depend on it.',
    );
    expect(dependence(anAffected({ ...idle, configurations: [] }), 'them', BERLIN)).toBe(
      'nothing depends on them now.',
    );
  });
});

describe('affectedIn', () => {
  const [both, other] = [
    aConfiguration({ id: 'both', calendarId: 'a', conflictCalendarIds: ['b'] }),
    aConfiguration({ id: 'other', calendarId: 'c' }),
  ];
  const upcoming = new Map([
    ...upcomingBookings({ a: 2 }, 1000),
    ...upcomingBookings({ b: 1 }, 3000),
    ...upcomingBookings({ c: 4 }, 9000),
  ]);
  const affectedBy = affectedIn({ configurations: [both, other], upcoming });

  it('counts a configuration of several calendars once, and its bookings together', () => {
    expect(affectedBy(new Set(['a', 'b']))).toEqual({
      calendars: 2,
      configurations: [both],
      upcomingBookings: 3,
      lastBookingAt: 3000,
    });
  });

  it('knows nothing of a calendar that nobody uses', () => {
    expect(affectedBy(new Set(['x']))).toEqual({
      calendars: 1,
      configurations: [],
      upcomingBookings: 0,
      lastBookingAt: null,
    });
  });
});

describe('todayOf', () => {
  const workspaces = [
    aWorkspace({ id: 'berlin', timezone: 'Europe/Berlin' }),
    aWorkspace({ id: 'tokyo', timezone: 'Asia/Tokyo' }),
  ];

  it('is that of the one workspace, and of none when there are several', () => {
    expect(todayOf(['tokyo', 'tokyo'], { workspaces, now: NOW })).toEqual({ now: NOW, zone: 'Asia/Tokyo' });
    expect(todayOf(['berlin', 'tokyo'], { workspaces, now: NOW }).zone).toBe('UTC');
    expect(todayOf([], { workspaces, now: NOW }).zone).toBe('UTC');
  });
});
