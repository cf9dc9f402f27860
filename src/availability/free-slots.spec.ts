import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { parseInstant, type Interval } from '../shared/time.js';
import { busyTable } from './busy-table.js';
import { dayWindows } from './day-windows.js';
import { freeSlots, type SlotSearch } from './free-slots.js';

const DAY = Date.parse('2027-03-10') / 86_400_000;
const at = (time: string): number => Date.parse(`2027-03-10T${time}Z`);
const busy = (from: string, to: string): Interval => ({ startAt: at(from), endAt: at(to) });
const officeHours = dayWindows([{ day: DAY, fromMinutes: 540, toMinutes: 720 }], 'UTC');
const rules = { durationMinutes: 30, slotIntervalMinutes: 30, prepMinutes: 0, bufferMinutes: 0, earliest: 0 };

function times(search: Partial<SlotSearch>): string[] {
  const starts = freeSlots({ windows: officeHours, ...rules, busy: [], ...search });
  return Array.from(starts, (start) => new Date(start * 60_000).toISOString().slice(11, 16));
}
const timesAround = (...taken: Interval[]): string[] => times({ busy: [busyTable(taken)] });

describe('slots on the grid', () => {
  it('lie inside the hours with their full length', () => {
    expect(times({})).toEqual(['09:00', '09:30', '10:00', '10:30', '11:00', '11:30']);
    expect(times({ durationMinutes: 50 })).toEqual(['09:00', '09:30', '10:00', '10:30', '11:00']);
    expect(times({ durationMinutes: 180 })).toEqual(['09:00']);
    expect(times({ durationMinutes: 181 })).toEqual([]);
  });

  it('count from the start of the hours, not from the hour', () => {
    const windows = dayWindows([{ day: DAY, fromMinutes: 550, toMinutes: 700 }], 'UTC');
    expect(times({ windows, slotIntervalMinutes: 45 })).toEqual(['09:10', '09:55', '10:40']);
  });

  it('start no earlier than the notice allows, and stay on the grid', () => {
    expect(times({ earliest: at('10:30') / 60_000 })).toEqual(['10:30', '11:00', '11:30']);
    expect(times({ earliest: at('10:31') / 60_000 })).toEqual(['11:00', '11:30']);
    expect(times({ earliest: at('12:00') / 60_000 })).toEqual([]);
  });

  it('are none on no day', () => {
    expect(times({ windows: [] })).toEqual([]);
    expect(times({ windows: [], busy: [busyTable([busy('09:00', '10:00')])] })).toEqual([]);
  });

  it('are a new list for every search', () => {
    const search = { windows: officeHours, ...rules, busy: [] };
    const first = freeSlots(search);
    freeSlots({ ...search, durationMinutes: 60, earliest: at('10:00') / 60_000 });
    expect(first).toEqual(freeSlots(search));
  });
});

describe('F29 busy edge cases', () => {
  it('F29: busy time that only touches a slot leaves it free', () => {
    expect(timesAround(busy('09:30', '10:00'))).toEqual(['09:00', '10:00', '10:30', '11:00', '11:30']);
    expect(timesAround(busy('08:00', '09:00'), busy('12:00', '13:00'))).toEqual(times({}));
  });

  it('F29: one millisecond of overlap is busy', () => {
    expect(timesAround(busy('09:29:59.999', '10:00'))).toEqual(['10:00', '10:30', '11:00', '11:30']);
    expect(timesAround(busy('09:30', '10:00:00.001'))).toEqual(['09:00', '10:30', '11:00', '11:30']);
  });

  it('F29: overlapping, nested, repeated and unsorted busy times are their union', () => {
    const taken = [
      busy('10:30', '11:00'),
      busy('09:00', '10:30'),
      busy('09:10', '09:20'),
      busy('10:30', '11:00'),
    ];
    expect(timesAround(...taken)).toEqual(['11:00', '11:30']);
    expect(timesAround(...taken.toReversed())).toEqual(['11:00', '11:30']);
    expect(times({ busy: taken.map((one) => busyTable([one])) })).toEqual(['11:00', '11:30']);
  });

  it('F29: a long busy time outlasts shorter ones that start after it', () => {
    expect(timesAround(busy('08:00', '11:00'), busy('08:30', '08:40'), busy('09:15', '09:20'))).toEqual([
      '11:00',
      '11:30',
    ]);
  });

  it('F29: offsets do not matter, only instants', () => {
    const startAt = parseInstant('2027-03-10T15:00:00+05:30') ?? 0;
    const endAt = parseInstant('2027-03-10T10:00:00Z') ?? 0;
    expect(timesAround({ startAt, endAt })).toEqual(['09:00', '10:00', '10:30', '11:00', '11:30']);
  });

  it('F29: an all-day busy time takes the day, one of days takes every day it covers', () => {
    expect(timesAround(busy('00:00', '24:00'))).toEqual([]);
    const week = { startAt: at('00:00') - 3 * 86_400_000, endAt: at('00:00') + 4 * 86_400_000 };
    expect(timesAround(week)).toEqual([]);
    expect(timesAround({ startAt: Number.NEGATIVE_INFINITY, endAt: Number.POSITIVE_INFINITY })).toEqual([]);
  });

  it('F29: prep and buffer must be free but may lie outside the hours', () => {
    const around = { prepMinutes: 15, bufferMinutes: 10 };
    expect(times(around)).toEqual(times({}));
    expect(times({ ...around, busy: [busyTable([busy('08:40', '08:45')])] })).toEqual(times({}));
    expect(times({ ...around, busy: [busyTable([busy('08:40', '08:46')])] })[0]).toBe('09:30');
    expect(times({ ...around, busy: [busyTable([busy('12:10', '12:20')])] }).at(-1)).toBe('11:30');
    expect(times({ ...around, busy: [busyTable([busy('12:09', '12:20')])] }).at(-1)).toBe('11:00');
  });

  it('F29: 2,000 busy times against 500 slots leave what a look at each of them leaves', () => {
    const days = Array.from({ length: 63 }, (_, i) => ({ day: DAY + i, fromMinutes: 540, toMinutes: 780 }));
    const windows = dayWindows(days, 'America/New_York');
    const startAt = (i: number): number => at('00:00') + (((i * 7919) % 2000) * 63 * 86_400_000) / 2000;
    const taken = Array.from({ length: 2000 }, (_, i) => ({
      startAt: startAt(i),
      endAt: startAt(i) + 120_000,
    }));
    const starts = freeSlots({ ...rules, windows, busy: [busyTable(taken)] });
    const expected = freeSlots({ ...rules, windows, busy: [] }).filter((s) => isFreeByHand(s, rules, taken));
    expect(expected.length).toBeGreaterThan(0);
    expect(starts).toEqual(expected);
  });

  it('F29: equals a look at every slot and every busy time in 2000 random cases', () => {
    const offset = fc.integer({ min: -90 * 60_000, max: 300 * 60_000 });
    const length = fc.oneof(
      fc.integer({ min: 1, max: 60 * 60_000 }),
      fc.constantFrom(1, 60_000, 1_800_000, 86_400_000),
    );
    const onMinute = fc.boolean();
    const interval = fc.tuple(offset, length, onMinute).map(([from, ms, round]): Interval => {
      const startAt = at('09:00') + (round ? Math.floor(from / 300_000) * 300_000 : from);
      return { startAt, endAt: startAt + (round ? Math.ceil(ms / 300_000) * 300_000 : ms) };
    });
    const calendars = fc.array(fc.array(interval, { maxLength: 6 }), { maxLength: 3 });
    const minutes = (max: number) => fc.integer({ min: 0, max });
    const someRules = fc.record({
      durationMinutes: fc.integer({ min: 1, max: 90 }),
      slotIntervalMinutes: fc.integer({ min: 1, max: 60 }),
      prepMinutes: minutes(40),
      bufferMinutes: minutes(40),
      earliest: minutes(200).map((late) => at('08:00') / 60_000 + late),
    });
    fc.assert(
      fc.property(calendars, someRules, (taken, search) => {
        const candidates = [];
        for (
          let start = at('09:00') / 60_000;
          start < at('12:00') / 60_000;
          start += search.slotIntervalMinutes
        ) {
          if (start + search.durationMinutes <= at('12:00') / 60_000) candidates.push(start);
        }
        const tables = taken.map(busyTable);
        const expected = candidates.filter(
          (s) => s >= search.earliest && isFreeByHand(s, search, taken.flat()),
        );
        expect([...freeSlots({ windows: officeHours, ...search, busy: tables })]).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });
});

function isFreeByHand(
  start: number,
  length: Omit<SlotSearch, 'windows' | 'busy'>,
  taken: readonly Interval[],
): boolean {
  const from = (start - length.prepMinutes) * 60_000;
  const to = (start + length.durationMinutes + length.bufferMinutes) * 60_000;
  return taken.every(({ startAt, endAt }) => endAt <= from || to <= startAt);
}
