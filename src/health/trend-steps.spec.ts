import { describe, expect, it } from '@jest/globals';
import { formatInstant } from '../shared/time.js';
import { parseTimeSpan, type TimeSpan } from './time-span.js';
import { trendBounds } from './trend-steps.js';

const HOUR_MS = 3_600_000;
const BERLIN = 'Europe/Berlin';

function span(text: string): TimeSpan {
  const found = parseTimeSpan(text);
  if (found === null) throw new Error(`${text} is no span`);
  return found;
}

function bounds(from: string, to: string, step: string, zone = BERLIN): string[] {
  const window = { startAt: Date.parse(from), endAt: Date.parse(to) };
  return trendBounds(window, span(step), zone).map((at) => formatInstant(at, zone));
}

describe('parseTimeSpan', () => {
  it.each([
    ['15m', 15 * 60_000],
    ['1h', HOUR_MS],
    ['30d', 720 * HOUR_MS],
    ['2w', 336 * HOUR_MS],
  ])('reads %s', (text, ms) => {
    expect(span(text).ms).toBe(ms);
  });

  it.each(['', 'd', '30', '0d', '01d', '-1d', '1.5h', '1e3h', '1 d', '1y', '30D', '1d1h', '1234567d'])(
    'refuses "%s"',
    (text) => {
      expect(parseTimeSpan(text)).toBeNull();
    },
  );
});

describe('the steps of a trend', () => {
  it('are hours of the clock, cut short at the ends of the window', () => {
    expect(bounds('2027-03-08T09:20:00Z', '2027-03-08T12:00:00Z', '1h', 'UTC')).toEqual([
      '2027-03-08T09:20:00Z',
      '2027-03-08T10:00:00Z',
      '2027-03-08T11:00:00Z',
      '2027-03-08T12:00:00Z',
    ]);
  });

  it('are local days, of 23 hours when the clock goes forward', () => {
    const days = bounds('2027-03-27T00:00:00+01:00', '2027-03-30T00:00:00+02:00', '1d');
    expect(days).toEqual([
      '2027-03-27T00:00:00+01:00',
      '2027-03-28T00:00:00+01:00',
      '2027-03-29T00:00:00+02:00',
      '2027-03-30T00:00:00+02:00',
    ]);
    const [, sunday = '', monday = ''] = days;
    expect(Date.parse(monday) - Date.parse(sunday)).toBe(23 * HOUR_MS);
  });

  it('are local days, of 25 hours when the clock goes back', () => {
    const [sunday = '', monday = ''] = bounds('2027-10-31T00:00:00+02:00', '2027-11-02T00:00:00+01:00', '1d');
    expect(Date.parse(monday) - Date.parse(sunday)).toBe(25 * HOUR_MS);
  });

  it('are hours of real time through a clock change', () => {
    expect(bounds('2027-03-28T01:00:00+01:00', '2027-03-28T04:00:00+02:00', '1h')).toEqual([
      '2027-03-28T01:00:00+01:00',
      '2027-03-28T03:00:00+02:00',
      '2027-03-28T04:00:00+02:00',
    ]);
  });

  it('count days and weeks from the first day of the window', () => {
    expect(bounds('2027-03-03T10:00:00+01:00', '2027-03-20T10:00:00+01:00', '1w')).toEqual([
      '2027-03-03T10:00:00+01:00',
      '2027-03-10T00:00:00+01:00',
      '2027-03-17T00:00:00+01:00',
      '2027-03-20T10:00:00+01:00',
    ]);
  });

  it('are one when a step is longer than the window', () => {
    expect(bounds('2027-03-08T09:00:00Z', '2027-03-08T10:00:00Z', '30d', 'UTC')).toHaveLength(2);
  });
});
