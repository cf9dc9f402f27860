import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  formatDate,
  formatInstant,
  formatLocalTime,
  isTimeZone,
  localDayOf,
  parseDate,
  parseHttpDate,
  parseInstant,
  parseLocalTime,
  startOfLocalDay,
  weekdayOf,
} from './time.js';

const utc = (text: string): number => Date.parse(text);
const day = (text: string): number => Math.floor(Date.parse(text) / 86_400_000);

describe('parseInstant', () => {
  it.each([
    ['2027-03-10T09:00:00-05:00', '2027-03-10T14:00:00.000Z'],
    ['2027-03-10t14:00:00z', '2027-03-10T14:00:00.000Z'],
    ['2027-03-10T19:30:00+05:30', '2027-03-10T14:00:00.000Z'],
    ['2027-03-10T14:00:00.1239Z', '2027-03-10T14:00:00.123Z'],
    ['2027-03-10T14:00:00.5-00:00', '2027-03-10T14:00:00.500Z'],
    ['2027-03-10T14:00:00.05+00:00', '2027-03-10T14:00:00.050Z'],
    ['2028-02-29T23:59:59Z', '2028-02-29T23:59:59.000Z'],
    ['2000-02-29T00:00:00Z', '2000-02-29T00:00:00.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59.000Z'],
  ])('reads %s', (text, expected) => {
    expect(parseInstant(text)).toBe(utc(expected));
  });

  it.each([
    '2026-02-30T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2100-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '0000-01-01T00:00:00Z',
    '2026-01-01T00:00:00',
    '2026-01-01T00:00:00+25:00',
    '2026-01-01T00:00:00+05:60',
    '2026-01-01T00:00:00+0500',
    '2026-01-01T24:00:00Z',
    '2026-01-01T23:60:00Z',
    '2026-12-31T23:59:60Z',
    '2026-01-01T00:00:00.Z',
    '2026-01-01 00:00:00Z',
    '2026-01-01T00:00Z',
    '2026-01-01',
    ' 2026-01-01T00:00:00Z',
    '2026-01-01T00:00:00Z\n',
    '12026-01-01T00:00:00Z',
    '',
    1_767_225_600_000,
    null,
    undefined,
    ['2026-01-01T00:00:00Z'],
  ])('refuses %j', (text) => {
    expect(parseInstant(text)).toBeNull();
  });

  it('reads every date as the calendar has it', () => {
    const from = new Date('0001-01-02T00:00:00Z');
    fc.assert(
      fc.property(
        fc.date({ min: from, max: new Date('9999-12-30T00:00:00Z'), noInvalidDate: true }),
        (date) => {
          expect(parseInstant(date.toISOString())).toBe(date.getTime());
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('formatInstant', () => {
  it.each([
    ['2027-03-10T14:00:00Z', 'America/New_York', '2027-03-10T09:00:00-05:00'],
    ['2027-03-10T14:00:00Z', 'Asia/Kathmandu', '2027-03-10T19:45:00+05:45'],
    ['2027-03-10T14:00:00Z', 'UTC', '2027-03-10T14:00:00Z'],
    ['2027-03-10T14:00:00Z', 'Etc/UTC', '2027-03-10T14:00:00Z'],
    ['2027-01-10T14:00:00Z', 'Europe/London', '2027-01-10T14:00:00+00:00'],
    ['2027-03-10T14:00:07.050Z', 'UTC', '2027-03-10T14:00:07.050Z'],
    ['1969-12-31T23:59:59.999Z', 'UTC', '1969-12-31T23:59:59.999Z'],
    ['0001-06-01T00:00:00Z', 'Europe/Berlin', '0001-06-01T00:53:00+00:53'],
    ['9999-12-31T23:59:59Z', 'Etc/GMT-14', '+010000-01-01T13:59:59+14:00'],
    ['1970-01-01T00:00:00Z', 'Africa/Monrovia', '1969-12-31T23:15:00-00:45'],
  ])('prints %s in %s', (at, zone, expected) => {
    expect(formatInstant(utc(at), zone)).toBe(expected);
  });

  it('prints what parseInstant reads back, in any zone', () => {
    const zone = fc.constantFrom(...Intl.supportedValuesOf('timeZone').filter((_, i) => i % 40 === 0));
    const at = fc.integer({ min: utc('1965-01-01T00:00:00Z'), max: utc('2210-01-01T00:00:00Z') });
    fc.assert(
      fc.property(at, zone, (instant, name) => {
        expect(parseInstant(formatInstant(instant, name))).toBe(instant);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('dates', () => {
  it('are real and of the years 1970 to 2199', () => {
    expect(parseDate('1970-01-01')).toBe(0);
    expect(parseDate('2027-03-10')).toBe(day('2027-03-10'));
    expect(parseDate('2199-12-31')).toBe(day('2199-12-31'));
    const refused = [
      '2026-02-30',
      '1969-12-31',
      '2200-01-01',
      '2026-2-3',
      '2026-02-03T00:00:00Z',
      '',
      20_000,
      null,
    ];
    expect(refused.map(parseDate)).toEqual(refused.map(() => null));
  });

  it('print as they are read', () => {
    for (let at = 0; at <= day('2199-12-31'); at += 61) expect(parseDate(formatDate(at))).toBe(at);
  });

  it('know their weekday, Sunday being 0', () => {
    expect(weekdayOf(0)).toBe(4);
    expect(weekdayOf(day('2026-03-08'))).toBe(0);
    expect(weekdayOf(day('2026-03-07'))).toBe(6);
    expect(weekdayOf(-5)).toBe(6);
  });
});

describe('local times', () => {
  it('are minutes since midnight', () => {
    expect(parseLocalTime('00:00')).toBe(0);
    expect(parseLocalTime('23:59')).toBe(1439);
    expect(formatLocalTime(545)).toBe('09:05');
    expect(formatLocalTime(1440)).toBe('24:00');
  });

  it('end at 24:00 only where that is allowed', () => {
    expect(parseLocalTime('24:00', { allow24: true })).toBe(1440);
    const refused = ['24:00', '24:01', '9:00', '09:60', '09:00:00', '', 540, null];
    expect(refused.map((text) => parseLocalTime(text))).toEqual(refused.map(() => null));
    expect(parseLocalTime('24:01', { allow24: true })).toBeNull();
  });
});

describe('time zones', () => {
  it.each([
    'America/New_York',
    'Asia/Kathmandu',
    'Etc/GMT+12',
    'Pacific/Kiritimati',
    'UTC',
    'EST',
    'GMT0',
    'Cuba',
  ])('F57: %s is known', (name) => {
    expect(isTimeZone(name)).toBe(true);
  });

  it.each([
    '',
    'Mars/Phobos',
    '+05:00',
    '-0500',
    'GMT+5',
    'ACT',
    'PST',
    'SystemV/AST4',
    'Etc/Unknown',
    ' UTC',
    0,
    null,
  ])('F57: %j is not a zone', (name) => {
    expect(isTimeZone(name)).toBe(false);
  });

  it('knows every zone that Intl lists', () => {
    const names = Intl.supportedValuesOf('timeZone');
    expect(names.filter((name) => !isTimeZone(name))).toEqual([]);
  });
});

describe('local days', () => {
  it.each([
    ['2027-03-10', 'America/New_York', '2027-03-10T05:00:00Z'],
    ['2027-03-10', 'Etc/GMT+12', '2027-03-10T12:00:00Z'],
    ['2027-03-10', 'Pacific/Kiritimati', '2027-03-09T10:00:00Z'],
    ['1970-01-01', 'Pacific/Kiritimati', '1970-01-01T10:40:00Z'],
    ['2199-12-31', 'Europe/Berlin', '2199-12-30T23:00:00Z'],
  ])('%s starts at midnight of %s', (date, zone, expected) => {
    expect(startOfLocalDay(day(date), zone)).toBe(utc(expected));
  });

  it.each([
    ['2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00Z'],
    ['2026-03-29', 'Asia/Beirut', '2026-03-28T22:00:00Z'],
    ['2011-12-30', 'Pacific/Apia', '2011-12-30T10:00:00Z'],
  ])('%s starts after the skipped midnight of %s', (date, zone, expected) => {
    expect(startOfLocalDay(day(date), zone)).toBe(utc(expected));
  });

  it.each([
    ['2006-10-29', 'America/St_Johns', '2006-10-29T02:30:00Z'],
    ['2026-11-01', 'America/Havana', '2026-11-01T04:00:00Z'],
  ])('%s starts at the first of two midnights of %s', (date, zone, expected) => {
    expect(startOfLocalDay(day(date), zone)).toBe(utc(expected));
  });

  it('change at local midnight', () => {
    const midnight = utc('2027-03-10T05:00:00Z');
    expect(localDayOf(midnight, 'America/New_York')).toBe(day('2027-03-10'));
    expect(localDayOf(midnight - 1, 'America/New_York')).toBe(day('2027-03-09'));
  });
});

describe('parseHttpDate', () => {
  it('reads the date of a Retry-After header', () => {
    expect(parseHttpDate('Wed, 10 Mar 2027 14:00:00 GMT')).toBe(utc('2027-03-10T14:00:00Z'));
    expect(parseHttpDate('tomorrow')).toBeNull();
  });
});
