import { describe, expect, it } from '@jest/globals';
import { parseInstant } from '../shared/time.js';
import { busyTable } from './busy-table.js';

const minutes = (...pairs: [number, number][]) =>
  pairs.map(([from, to]) => ({ startAt: from * 60_000, endAt: to * 60_000 }));
const shown = (table: ReturnType<typeof busyTable>): [number, number][] =>
  Array.from(table.starts, (start, i) => [start, table.ends[i] ?? Number.NaN]);

describe('busyTable', () => {
  it('F29: sorts by start and keeps overlapping, nested and repeated times', () => {
    const table = busyTable(minutes([50, 60], [10, 40], [20, 30], [10, 40]));
    expect(shown(table)).toEqual([
      [10, 40],
      [10, 40],
      [20, 30],
      [50, 60],
    ]);
  });

  it('F29: counts a minute as busy for one millisecond of it', () => {
    expect(shown(busyTable([{ startAt: 59_999, endAt: 60_001 }]))).toEqual([[0, 2]]);
    expect(shown(busyTable([{ startAt: 60_000, endAt: 120_000 }]))).toEqual([[1, 2]]);
  });

  it('F29: reads Z and +05:30 as the same time', () => {
    const [zulu, india] = ['2027-03-10T09:00:00Z', '2027-03-10T14:30:00+05:30'].map(
      (text) => parseInstant(text) ?? 0,
    );
    expect(zulu).toBe(india);
  });

  it('leaves out what contains no time', () => {
    const empty = { startAt: 90_000, endAt: 90_000 };
    const backwards = { startAt: 90_000, endAt: 0 };
    const broken = { startAt: Number.NaN, endAt: 90_000 };
    expect(shown(busyTable([empty, backwards, broken]))).toEqual([]);
  });

  it('cuts times off at the ends of what it can hold', () => {
    const table = busyTable([
      { startAt: Number.NEGATIVE_INFINITY, endAt: Date.parse('9999-12-31T00:00:00Z') },
    ]);
    expect(shown(table)).toEqual([[-(2 ** 30), 2 ** 30]]);
  });

  it('sorts 45,000 times whatever order they come in', () => {
    const many = Array.from({ length: 45_000 }, (_, i) => ((i * 7919) % 45_000) * 30);
    const table = busyTable(minutes(...many.map((start): [number, number] => [start, start + 45])));
    expect(table.starts).toEqual(table.starts.toSorted());
  });
});
