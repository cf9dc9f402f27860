import { describe, expect, it } from '@jest/globals';
import type { Configuration } from '../configurations/configuration.js';
import { aConfiguration } from '../../test/support/a-configuration.js';
import {
  bookableDays,
  bookableRange,
  earliestStart,
  rangeProblem,
  spanOf,
  timeProblem,
} from './bookable-days.js';

const DAY = 86_400_000;
const MINUTE = 60_000;
/** Wednesday 10 March 2027, noon UTC. */
const NOW = Date.UTC(2027, 2, 10, 12);
const TODAY = Math.floor(NOW / DAY);

const utc = (day: number, hours: number, minutes = 0): number => Date.UTC(2027, 2, day, hours, minutes);

const problem = (startAt: number, differences: Partial<Configuration> = {}, durationMinutes = 30) =>
  timeProblem(aConfiguration(differences), startAt, durationMinutes, NOW);

describe('a time that the rules allow', () => {
  it.each<[string, number, Partial<Configuration>]>([
    ['later today', utc(10, 12), {}],
    ['the first minute of the hours', utc(11, 9), {}],
    ['the last slot that ends with the hours', utc(11, 16, 30), {}],
    ['off the grid', utc(11, 9, 7), {}],
    ['the last day ahead', utc(12, 10), { maxDaysAhead: 2 }],
    ['the first day after the days of buffer', utc(12, 10), { daysBuffer: 2 }],
    ['the very end of the notice', utc(10, 13), { minNoticeMinutes: 60 }],
    [
      'a day off with hours of its own',
      utc(13, 10),
      { dateOverrides: [{ day: TODAY + 3, hours: { fromMinute: 600, toMinute: 660 } }] },
    ],
    ['up to midnight', utc(11, 23, 30), { toMinute: 1440 }],
  ])('is %s', (_, startAt, differences) => {
    expect(problem(startAt, differences)).toBeNull();
  });
});

describe('a time that the rules forbid', () => {
  it.each<[string, number, Partial<Configuration>, RegExp]>([
    ['a millisecond ago', NOW - 1, {}, /in the past/],
    ['yesterday', utc(9, 10), {}, /in the past/],
    ['inside the days of buffer', utc(11, 10), { daysBuffer: 2 }, /2 days from today/],
    ['too many days ahead', utc(13, 10), { maxDaysAhead: 2 }, /at most 2 days ahead/],
    ['inside the notice', utc(10, 13) - 1, { minNoticeMinutes: 60 }, /60 minutes of notice/],
    ['no workday', utc(13, 10), {}, /not a working day/],
    ['closed by an override', utc(11, 10), { dateOverrides: [{ day: TODAY + 1, hours: null }] }, /closed/],
    [
      'outside the hours of an override',
      utc(11, 12),
      { dateOverrides: [{ day: TODAY + 1, hours: { fromMinute: 540, toMinute: 720 } }] },
      /working hours/,
    ],
    ['before the hours', utc(11, 8, 59), {}, /working hours/],
    ['ending after the hours', utc(11, 16, 31), {}, /working hours/],
    ['past midnight', utc(11, 23, 45), { toMinute: 1440 }, /working hours/],
  ])('is %s', (_, startAt, differences, reason) => {
    expect(problem(startAt, differences)).toMatch(reason);
  });

  it('is one that is too long for the hours', () => {
    expect(problem(utc(11, 9), {}, 480)).toBeNull();
    expect(problem(utc(11, 9), {}, 481)).toMatch(/full length/);
  });
});

describe('days', () => {
  it('are those of the configuration’s zone', () => {
    // At noon UTC it is already the 11th on Kiritimati (UTC+14), and still the 10th in New York.
    expect(bookableRange(aConfiguration({ timezone: 'Pacific/Kiritimati' }), NOW).firstDay).toBe(TODAY + 1);
    expect(bookableRange(aConfiguration({ timezone: 'America/New_York' }), NOW).firstDay).toBe(TODAY);
    expect(problem(utc(10, 19), { timezone: 'Pacific/Kiritimati', maxDaysAhead: 0 })).toBeNull();
  });

  it('are bookable where they are working days inside the range and inside what the rules allow', () => {
    const configuration = aConfiguration({ daysBuffer: 1, maxDaysAhead: 6 });
    const days = bookableDays(configuration, { firstDay: TODAY - 3, lastDay: TODAY + 30 }, NOW);
    // The 13th and 14th are a weekend.
    expect(days.map(({ day }) => day - TODAY)).toEqual([1, 2, 5, 6]);
  });

  it('have their real length, also when the clock changes', () => {
    const day = Math.floor(Date.UTC(2027, 2, 14) / DAY);
    const { startAt, endAt } = spanOf({ firstDay: day, lastDay: day }, 'America/New_York');
    expect(endAt - startAt).toBe(23 * 3_600_000);
  });
});

describe('the earliest start', () => {
  it('is the next whole minute, later by the notice', () => {
    expect(earliestStart(aConfiguration(), NOW)).toBe(NOW / MINUTE);
    expect(earliestStart(aConfiguration(), NOW + 1)).toBe(NOW / MINUTE + 1);
    expect(earliestStart(aConfiguration({ minNoticeMinutes: 90 }), NOW)).toBe(NOW / MINUTE + 90);
  });
});

describe('why a range has nothing to offer', () => {
  const reason = (firstDay: number, lastDay: number, differences: Partial<Configuration> = {}): string =>
    rangeProblem(aConfiguration(differences), { firstDay: TODAY + firstDay, lastDay: TODAY + lastDay }, NOW);

  it.each<[string, number, number, Partial<Configuration>, RegExp]>([
    ['it is over', -5, -1, {}, /in the past/],
    ['it is too early', 0, 1, { daysBuffer: 2 }, /2 days from today/],
    ['it is too late', 61, 70, {}, /at most 60 days ahead/],
    ['its day is no workday', 3, 3, {}, /not a working day/],
    ['its day is closed', 1, 1, { dateOverrides: [{ day: TODAY + 1, hours: null }] }, /closed/],
    ['it has no working day', 3, 4, {}, /No day of the range/],
    ['the hours leave no room', 1, 1, {}, /no room/],
  ])('%s', (_, firstDay, lastDay, differences, text) => {
    expect(reason(firstDay, lastDay, differences)).toMatch(text);
  });
});
