import { describe, expect, it } from '@jest/globals';
import { dayWindows } from './day-windows.js';
import { freeSlots } from './free-slots.js';

interface Day {
  readonly zone: string;
  readonly date: string;
  readonly hours: readonly [number, number];
  readonly duration?: number;
  readonly step?: number;
}

const HALF_HOUR = 30;
const H = 60;

/** Slot starts in UTC, `DDTHH:MM`. */
function starts({ zone, date, hours, duration = HALF_HOUR, step = HALF_HOUR }: Day): string[] {
  const [fromMinutes, toMinutes] = hours;
  const windows = dayWindows([{ day: Date.parse(date) / 86_400_000, fromMinutes, toMinutes }], zone);
  const rules = {
    slotIntervalMinutes: step,
    durationMinutes: duration,
    prepMinutes: 0,
    bufferMinutes: 0,
    earliest: 0,
  };
  const found = freeSlots({ windows, ...rules, busy: [] });
  return Array.from(found, (start) => new Date(start * 60_000).toISOString().slice(8, 16));
}

describe('F57 the clock goes forward', () => {
  it('F57: New York 2026-03-08 offers nothing between 02:00 and 03:00', () => {
    const day = { zone: 'America/New_York', date: '2026-03-08' };
    expect(starts({ ...day, hours: [1 * H, 4 * H] })).toEqual([
      '08T06:00',
      '08T06:30',
      '08T07:00',
      '08T07:30',
    ]);
    expect(starts({ ...day, hours: [2 * H, 3 * H] })).toEqual([]);
    expect(starts({ ...day, hours: [2 * H, 4 * H] })).toEqual(['08T07:00', '08T07:30']);
  });

  it('F57: hours after the change keep their wall time', () => {
    const nine = { zone: 'America/New_York', hours: [9 * H, 10 * H] as const, step: H };
    expect(starts({ ...nine, date: '2026-03-07' })).toEqual(['07T14:00']);
    expect(starts({ ...nine, date: '2026-03-08' })).toEqual(['08T13:00']);
  });

  it('F57: a slot across the change has its full real length', () => {
    const day = { zone: 'America/New_York', date: '2026-03-08', hours: [1 * H, 4 * H] as const };
    expect(starts({ ...day, duration: 90 })).toEqual(['08T06:00', '08T06:30']);
    expect(starts({ ...day, duration: 121 })).toEqual([]);
  });

  it('F57: the grid counts wall time, so a long interval resumes where the wall clock is', () => {
    const day = { zone: 'America/New_York', date: '2026-03-08', hours: [0, 6 * H] as const };
    expect(starts({ ...day, step: 90 })).toEqual(['08T05:00', '08T06:30', '08T07:00', '08T08:30']);
  });

  it('F57: Berlin 2026-03-29 offers nothing between 02:00 and 03:00', () => {
    const day = { zone: 'Europe/Berlin', date: '2026-03-29', hours: [1 * H, 4 * H] as const };
    expect(starts(day)).toEqual(['29T00:00', '29T00:30', '29T01:00', '29T01:30']);
  });

  it('F57: Lord Howe 2026-10-04 skips half an hour', () => {
    const day = { zone: 'Australia/Lord_Howe', date: '2026-10-04', hours: [90, 3 * H] as const };
    expect(starts(day)).toEqual(['03T15:00', '03T15:30']);
  });

  it('F57: Sao Paulo 2018-11-04 begins at 01:00', () => {
    const day = { zone: 'America/Sao_Paulo', date: '2018-11-04', step: H, duration: H };
    expect(starts({ ...day, hours: [0, 3 * H] })).toEqual(['04T03:00', '04T04:00']);
    expect(starts({ ...day, hours: [0, 24 * H] })).toHaveLength(23);
  });
});

describe('F57 the clock goes back', () => {
  it('F57: New York 2026-11-01 offers each repeated time once per instant', () => {
    const day = { zone: 'America/New_York', date: '2026-11-01', hours: [30, 150] as const };
    const all = ['01T04:30', '01T05:00', '01T05:30', '01T06:00', '01T06:30', '01T07:00'];
    expect(starts(day)).toEqual(all);
    expect(starts({ ...day, duration: 61 })).toEqual(all.slice(0, -2));
  });

  it('F57: hours that come back after a break are two windows', () => {
    const day = { zone: 'America/New_York', date: '2026-11-01', hours: [90, 120] as const };
    expect(starts(day)).toEqual(['01T05:30', '01T06:30']);
    expect(starts({ ...day, duration: 31 })).toEqual([]);
  });

  it('F57: Berlin 2026-10-25 offers 02:00 and 02:30 twice', () => {
    const day = { zone: 'Europe/Berlin', date: '2026-10-25', hours: [2 * H, 3 * H] as const };
    expect(starts(day)).toEqual(['25T00:00', '25T00:30', '25T01:00', '25T01:30']);
  });

  it('F57: Lord Howe 2026-04-05 repeats half an hour', () => {
    const day = { zone: 'Australia/Lord_Howe', date: '2026-04-05', hours: [1 * H, 150] as const };
    expect(starts(day)).toEqual(['04T14:00', '04T14:30', '04T15:00', '04T15:30']);
  });

  it('F57: St John’s 2006-10-28 comes back after the next day has begun, and slots still ascend', () => {
    const firstDay = Date.parse('2006-10-28') / 86_400_000;
    const days = [firstDay, firstDay + 1].map((day) => ({ day, fromMinutes: 0, toMinutes: 24 * H }));
    const windows = dayWindows(days, 'America/St_Johns');
    const rules = {
      slotIntervalMinutes: 1,
      durationMinutes: 1,
      prepMinutes: 0,
      bufferMinutes: 0,
      earliest: 0,
    };
    const found = freeSlots({ windows, ...rules, busy: [] });
    expect(found).toHaveLength(49 * H);
    expect(found).toEqual(new Int32Array(new Set(found)).toSorted());
  });
});

describe('F57 the whole day', () => {
  it.each([
    ['America/New_York', '2026-03-08', 46],
    ['America/New_York', '2026-03-09', 48],
    ['America/New_York', '2026-11-01', 50],
    ['Europe/Berlin', '2026-03-29', 46],
    ['Europe/Berlin', '2026-10-25', 50],
    ['Australia/Lord_Howe', '2026-04-05', 49],
    ['Australia/Lord_Howe', '2026-10-04', 47],
    ['America/Sao_Paulo', '2018-02-17', 50],
    ['Pacific/Apia', '2011-12-30', 0],
    ['Pacific/Apia', '2011-12-31', 48],
    ['Asia/Kathmandu', '2026-03-08', 48],
  ])('F57: %s %s has %i half hours', (zone, date, expected) => {
    const found = starts({ zone, date, hours: [0, 24 * H] });
    expect(found).toHaveLength(expected);
    expect(new Set(found).size).toBe(expected);
  });
});

describe('F57 zones far from UTC or off the hour', () => {
  it.each([
    ['Asia/Kathmandu', '10T03:15'],
    ['America/Sao_Paulo', '10T12:00'],
    ['Etc/GMT+12', '10T21:00'],
    ['Pacific/Kiritimati', '09T19:00'],
    ['Pacific/Chatham', '09T19:15'],
  ])('F57: 09:00 in %s', (zone, expected) => {
    expect(starts({ zone, date: '2027-03-10', hours: [9 * H, 10 * H], step: H })).toEqual([expected]);
  });
});
