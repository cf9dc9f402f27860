import { describe, expect, it } from '@jest/globals';
import { zoneTable, ZoneTable } from './zone-table.js';

const minute = (text: string): number => Date.parse(text) / 60_000;
const iso = (epochMinute: number): string => new Date(epochMinute * 60_000).toISOString().slice(0, 16);
const spans = (zone: string, from: string, to: string): string[] =>
  zoneTable(zone)
    .realSpans(minute(`${from}Z`), minute(`${to}Z`))
    .map((span) => `${iso(span.from)} ${iso(span.to)} ${span.offset}`);

describe('offsetAt', () => {
  it.each([
    ['America/New_York', '2026-03-08T06:59Z', -300],
    ['America/New_York', '2026-03-08T07:00Z', -240],
    ['America/New_York', '2026-11-01T05:59Z', -240],
    ['America/New_York', '2026-11-01T06:00Z', -300],
    ['Australia/Lord_Howe', '2026-04-04T14:59Z', 660],
    ['Australia/Lord_Howe', '2026-04-04T15:00Z', 630],
    ['Asia/Kathmandu', '2026-01-01T00:00Z', 345],
    ['Pacific/Kiritimati', '2026-01-01T00:00Z', 840],
    ['Etc/GMT+12', '2026-01-01T00:00Z', -720],
    ['Pacific/Apia', '2011-12-30T09:59Z', -600],
    ['Pacific/Apia', '2011-12-30T10:00Z', 840],
    // Twelve days at another offset, the shortest since 1970.
    ['America/Argentina/Tucuman', '2004-06-01T03:00Z', -240],
    ['America/Argentina/Tucuman', '2004-06-13T03:59Z', -240],
    ['America/Argentina/Tucuman', '2004-06-13T04:00Z', -180],
    ['Europe/Berlin', '2199-07-01T00:00Z', 120],
    ['Europe/Berlin', '2500-07-01T00:00Z', 120],
  ])('%s at %s is %i minutes', (zone, at, expected) => {
    expect(zoneTable(zone).offsetAt(minute(at))).toBe(expected);
  });

  it('rounds offsets that have seconds', () => {
    expect(zoneTable('Africa/Monrovia').offsetAt(0)).toBe(-45);
  });

  it('agrees with Intl in every zone, in any of the years kept and beyond', () => {
    const years = [1968, 1970, 1987, 2006, 2027, 2100, 2199, 2230];
    for (const zone of Intl.supportedValuesOf('timeZone').filter((_, i) => i % 40 === 0)) {
      const parts = new Intl.DateTimeFormat('en-US', {
        timeZone: zone,
        dateStyle: 'short',
        timeStyle: 'short',
        hourCycle: 'h23',
      });
      for (const year of years) {
        const at = Date.UTC(year, (year * 7) % 12, 11, 5, 30);
        const wall = Date.parse(`${parts.format(at)} UTC`);
        const local = new Date(at + zoneTable(zone).offsetAt(at / 60_000) * 60_000);
        expect([zone, year, local.getUTCHours(), local.getUTCMinutes()]).toEqual([
          zone,
          year,
          new Date(wall).getUTCHours(),
          new Date(wall).getUTCMinutes(),
        ]);
      }
    }
  });

  it('asks Intl once per zone and block of time', () => {
    const RealFormat = Intl.DateTimeFormat;
    let made = 0;
    Intl.DateTimeFormat = new Proxy(RealFormat, {
      construct(target, args: [string, Intl.DateTimeFormatOptions]) {
        made += 1;
        return new target(...args);
      },
    });
    try {
      const table = new ZoneTable('Europe/Paris');
      table.offsetAt(minute('2027-03-10T00:00Z'));
      const afterFirst = made;
      for (let day = 0; day < 60; day += 1) table.offsetAt(minute('2027-03-10T00:00Z') + day * 1440);
      expect(afterFirst).toBe(2);
      expect(made).toBe(afterFirst);
    } finally {
      Intl.DateTimeFormat = RealFormat;
    }
  });
});

describe('realSpans', () => {
  it('skips local times that do not exist', () => {
    expect(spans('Europe/Berlin', '2026-03-29T02:00', '2026-03-29T03:00')).toEqual([]);
    expect(spans('America/New_York', '2026-03-08T01:30', '2026-03-08T03:30')).toEqual([
      '2026-03-08T06:30 2026-03-08T07:00 -300',
      '2026-03-08T07:00 2026-03-08T07:30 -240',
    ]);
  });

  it('gives repeated local times twice', () => {
    expect(spans('Europe/Berlin', '2026-10-25T02:15', '2026-10-25T02:16')).toEqual([
      '2026-10-25T00:15 2026-10-25T00:16 120',
      '2026-10-25T01:15 2026-10-25T01:16 60',
    ]);
  });

  it('finds nothing on a day that the zone skips', () => {
    expect(spans('Pacific/Apia', '2011-12-30T00:00', '2011-12-31T00:00')).toEqual([]);
  });
});

describe('zoneTable', () => {
  it('keeps one table per zone', () => {
    expect(zoneTable('Europe/Oslo')).toBe(zoneTable('Europe/Oslo'));
  });

  it('refuses unknown zones', () => {
    expect(() => zoneTable('Mars/Phobos')).toThrow(RangeError);
  });

  it('forgets the oldest tables when names come in endless spellings', () => {
    const first = zoneTable('Europe/Rome');
    const spelling = (n: number): string =>
      'antarctica/vostok'.replaceAll(/[a-z]/g, (letter, at: number) =>
        (n >> at) & 1 ? letter.toUpperCase() : letter,
      );
    for (let n = 0; n < 1000; n += 1) zoneTable(spelling(n));
    expect(zoneTable('Europe/Rome')).not.toBe(first);
  });
});
