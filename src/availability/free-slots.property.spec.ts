import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { busyTable } from './busy-table.js';
import { dayWindows, isInsideHours, type WorkingDay } from './day-windows.js';
import { freeSlots, type SlotSearch } from './free-slots.js';

// Nothing here comes from the product: wall clocks are read from Intl minute by minute, and every rule is a loop.

const DAY_MINUTES = 1440;

interface Scene {
  readonly zone: string;
  /** The local day in the middle of the scene. */
  readonly day: number;
  readonly firstMinute: number;
  /** Local minutes since 1970-01-01, by real minute from `firstMinute`. */
  readonly wall: readonly number[];
}

const KNOWN_CHANGES: readonly (readonly [string, string])[] = [
  ['America/New_York', '2026-03-08'],
  ['America/New_York', '2026-11-01'],
  ['Europe/Berlin', '2026-03-29'],
  ['Europe/Berlin', '2026-10-25'],
  ['Australia/Lord_Howe', '2026-04-05'],
  ['Australia/Lord_Howe', '2026-10-04'],
  ['America/Sao_Paulo', '2018-02-17'],
  ['America/Sao_Paulo', '2018-11-04'],
  ['America/St_Johns', '2006-10-28'],
  ['America/Havana', '2026-11-01'],
  ['Africa/Casablanca', '2026-03-22'],
  ['Pacific/Apia', '2011-12-30'],
  ['Antarctica/Troll', '2026-03-29'],
  ['Asia/Kathmandu', '2027-03-10'],
  ['Etc/GMT+12', '2027-03-10'],
  ['Pacific/Kiritimati', '2027-03-10'],
];

function dayNumber(date: string): number {
  return Date.parse(date) / 86_400_000;
}

function wallClock(zone: string): (epochMinute: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'short',
    hourCycle: 'h23',
  });
  return (epochMinute) => {
    const [month = 0, date = 0, year = 0, hour = 0, minute = 0] = (
      format.format(epochMinute * 60_000).match(/\d+/g) ?? []
    ).map(Number);
    return Date.UTC(2000 + year, month - 1, date, hour, minute) / 60_000;
  };
}

function scene(zone: string, day: number): Scene {
  const clock = wallClock(zone);
  const firstMinute = (day - 1) * DAY_MINUTES - 15 * 60;
  const wall = Array.from({ length: 3 * DAY_MINUTES + 30 * 60 }, (_, i) => clock(firstMinute + i));
  return { zone, day, firstMinute, wall };
}

/** The first local day of 2026 or 2027, from January on, on which a zone's clock changes; else some day. */
function changeIn(zone: string): number {
  const clock = wallClock(zone);
  const first = dayNumber('2026-01-01');
  for (let day = first; day < first + 730; day += 1) {
    const noon = day * DAY_MINUTES + 720;
    if (clock(noon + DAY_MINUTES) - clock(noon) !== DAY_MINUTES) return day + 1;
  }
  return first + 100;
}

type Rules = Omit<SlotSearch, 'windows' | 'busy'>;
type Minutes = ReadonlySet<number>;

function minuteByMinute(place: Scene, days: readonly WorkingDay[], rules: Rules, taken: Minutes): number[] {
  const found: number[] = [];
  for (const day of days) {
    const working = workingTimes(place, day);
    for (const [start, time] of working) {
      if ((time - day.fromMinutes) % rules.slotIntervalMinutes !== 0 || start < rules.earliest) continue;
      const end = start + rules.durationMinutes;
      const works = range(start, end).every((minute) => working.has(minute));
      const around = range(start - rules.prepMinutes, end + rules.bufferMinutes);
      if (works && !around.some((minute) => taken.has(minute))) found.push(start);
    }
  }
  return found.sort((a, b) => a - b);
}

/** Wall time in minutes since midnight, by real minute, of one day's working minutes. */
function workingTimes(place: Scene, { day, fromMinutes, toMinutes }: WorkingDay): Map<number, number> {
  const working = new Map<number, number>();
  for (const [i, local] of place.wall.entries()) {
    const time = local - day * DAY_MINUTES;
    const isThatDay = time >= 0 && time < DAY_MINUTES;
    if (isThatDay && time >= fromMinutes && time < toMinutes) working.set(place.firstMinute + i, time);
  }
  return working;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

const zones = Intl.supportedValuesOf('timeZone').filter((_, i) => i % 23 === 0);
const scenes = [
  ...KNOWN_CHANGES.map(([zone, date]) => scene(zone, dayNumber(date))),
  ...zones.map((zone) => scene(zone, changeIn(zone))),
];

const minutes = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });
const anyCase = fc.record({
  scene: fc.constantFrom(...scenes.keys()),
  days: fc.uniqueArray(minutes(-1, 1), { minLength: 1, maxLength: 3 }),
  hours: fc.oneof(
    fc
      .tuple(minutes(0, 288), minutes(0, 288))
      .map(([a, b]) => [Math.min(a, b) * 5, Math.max(a, b) * 5] as const),
    fc.tuple(minutes(0, 239), minutes(1, 240)).map(([from, length]) => [from, from + length] as const),
    fc.constantFrom([0, 1440] as const, [0, 180] as const, [90, 150] as const, [1380, 1440] as const),
  ),
  durationMinutes: minutes(1, 150),
  slotIntervalMinutes: fc.oneof(fc.constantFrom(15, 30, 45, 60), minutes(3, 120)),
  prepMinutes: minutes(0, 45),
  bufferMinutes: minutes(0, 45),
  earliest: fc.option(minutes(-1440, 2880), { nil: -10_000 }),
  busy: fc.array(fc.tuple(minutes(-1440, 2880), minutes(1, 200)), { maxLength: 8 }),
});

describe('the slot engine and a minute-by-minute reading of the wall clock', () => {
  it('F29 F57: find the same slots in 1,500 random cases around clock changes', () => {
    fc.assert(
      fc.property(anyCase, ({ scene: chosen, days: offsets, hours, earliest, busy, ...lengths }) => {
        const place = scenes[chosen] ?? scene('UTC', 0);
        const base = place.day * DAY_MINUTES;
        const [fromMinutes, toMinutes] = hours;
        const days = offsets.map((offset) => ({ day: place.day + offset, fromMinutes, toMinutes }));
        const taken = busy.map(([from, length]) => [base + from, base + from + length] as const);
        const rules = { ...lengths, earliest: base + earliest };
        // Busy in part of their first and last minute only: the engine must count both as busy.
        const instants = taken.map(([from, to]) => ({
          startAt: from * 60_000 + 29_999,
          endAt: to * 60_000 - 29_999,
        }));
        const windows = dayWindows(days, place.zone);
        const minutesTaken = new Set(taken.flatMap(([from, to]) => range(from, to)));
        const expected = minuteByMinute(place, days, rules, minutesTaken);
        expect([...freeSlots({ ...rules, windows, busy: [busyTable(instants)] })]).toEqual(expected);
        expect(expected.every((start) => isInsideHours(windows, start, rules.durationMinutes))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
