import { describe, expect, it } from '@jest/globals';
import { dayWindows, isInsideHours, workingDays, type LocalHours } from './day-windows.js';

const MONDAY = Date.parse('2027-03-08') / 86_400_000;
const OFFICE = { fromMinutes: 540, toMinutes: 1020 };
const WEEKDAYS = new Set([1, 2, 3, 4, 5]);
const minute = (text: string): number => Date.parse(text) / 60_000;

describe('workingDays', () => {
  it('are the workdays of the range, both ends included', () => {
    const days = workingDays({ ...OFFICE, workdays: WEEKDAYS, overrides: new Map() }, MONDAY - 1, MONDAY + 7);
    expect(days.map(({ day }) => day - MONDAY)).toEqual([0, 1, 2, 3, 4, 7]);
    expect(days[0]).toEqual({ day: MONDAY, ...OFFICE });
  });

  it('follow an override, also on a day off', () => {
    const overrides = new Map<number, 'closed' | LocalHours>([
      [MONDAY, 'closed'],
      [MONDAY + 1, { fromMinutes: 600, toMinutes: 660 }],
      [MONDAY + 5, { fromMinutes: 0, toMinutes: 1440 }],
    ]);
    const days = workingDays({ ...OFFICE, workdays: new Set([1, 2]), overrides }, MONDAY, MONDAY + 6);
    expect(days).toEqual([
      { day: MONDAY + 1, fromMinutes: 600, toMinutes: 660 },
      { day: MONDAY + 5, fromMinutes: 0, toMinutes: 1440 },
    ]);
  });

  it('are none in an empty range', () => {
    expect(workingDays({ ...OFFICE, workdays: WEEKDAYS, overrides: new Map() }, MONDAY, MONDAY - 1)).toEqual(
      [],
    );
  });
});

describe('dayWindows', () => {
  it('ascend, whatever the order of the days', () => {
    const days = [MONDAY + 1, MONDAY].map((day) => ({ day, ...OFFICE }));
    expect(dayWindows(days, 'UTC').map(({ from }) => from)).toEqual([
      minute('2027-03-08T09:00Z'),
      minute('2027-03-09T09:00Z'),
    ]);
  });

  it('F57: go on through a clock change during work, and stop for an hour that comes back after work', () => {
    const sunday = Date.parse('2026-11-01') / 86_400_000;
    const [before, after] = dayWindows(
      [{ day: sunday, fromMinutes: 60, toMinutes: 180 }],
      'America/New_York',
    );
    expect(before).toMatchObject({ to: minute('2026-11-01T06:00Z'), windowEnd: minute('2026-11-01T08:00Z') });
    expect(after).toMatchObject({
      from: minute('2026-11-01T06:00Z'),
      windowEnd: minute('2026-11-01T08:00Z'),
    });
    const [first, second] = dayWindows([{ day: sunday, fromMinutes: 60, toMinutes: 90 }], 'America/New_York');
    expect(first).toMatchObject({
      from: minute('2026-11-01T05:00Z'),
      windowEnd: minute('2026-11-01T05:30Z'),
    });
    expect(second).toMatchObject({
      from: minute('2026-11-01T06:00Z'),
      windowEnd: minute('2026-11-01T06:30Z'),
    });
  });

  it('F57: a day that the zone skips has no working time', () => {
    const skipped = Date.parse('2011-12-30') / 86_400_000;
    expect(dayWindows([{ day: skipped, fromMinutes: 0, toMinutes: 1440 }], 'Pacific/Apia')).toEqual([]);
  });

  it('F57: an unknown zone is an error', () => {
    expect(() => dayWindows([{ day: MONDAY, ...OFFICE }], 'Mars/Phobos')).toThrow(RangeError);
  });
});

describe('isInsideHours', () => {
  const windows = dayWindows([{ day: MONDAY, ...OFFICE }], 'UTC');
  const inside = (time: string, durationMinutes: number): boolean =>
    isInsideHours(windows, minute(`2027-03-08T${time}Z`), durationMinutes);

  it('takes a start off the grid that lies inside with its full length', () => {
    expect(inside('09:07', 30)).toBe(true);
    expect(inside('09:00', 480)).toBe(true);
    expect(inside('16:30', 30)).toBe(true);
  });

  it('refuses what begins before or ends after the hours', () => {
    expect(inside('08:59', 30)).toBe(false);
    expect(inside('16:31', 30)).toBe(false);
    expect(inside('16:30:00.001', 30)).toBe(false);
    expect(inside('17:00', 0)).toBe(false);
  });

  it('refuses a slot that runs from one day of 24 hours into the next', () => {
    const days = [MONDAY, MONDAY + 1].map((day) => ({ day, fromMinutes: 0, toMinutes: 1440 }));
    const allDay = dayWindows(days, 'Europe/Berlin');
    expect(isInsideHours(allDay, minute('2027-03-08T22:30Z'), 30)).toBe(true);
    expect(isInsideHours(allDay, minute('2027-03-08T22:31Z'), 30)).toBe(false);
  });
});
