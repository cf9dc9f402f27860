import { describe, expect, it } from '@jest/globals';
import { pauseAfter } from './retry-schedule.js';

const HOUR = 3_600_000;
const pauses = (random: number): (number | null)[] =>
  Array.from({ length: 10 }, (_, n) => pauseAfter(n + 1, null, random));

describe('the retry schedule', () => {
  it('is the one that the scheme recommends: ten attempts, the last after three days', () => {
    expect(pauses(0)).toEqual([
      5000,
      300_000,
      1_800_000,
      2 * HOUR,
      5 * HOUR,
      10 * HOUR,
      14 * HOUR,
      20 * HOUR,
      24 * HOUR,
      null,
    ]);
  });

  it('spreads receivers that failed together, by a tenth at most', () => {
    expect(pauses(1).slice(0, 2)).toEqual([5500, 330_000]);
    expect(pauses(0.5)[0]).toBe(5250);
  });

  it('waits as long as the receiver asks for, within a day', () => {
    expect(pauseAfter(1, 60_000, 0)).toBe(60_000);
    expect(pauseAfter(2, 60_000, 0)).toBe(300_000);
    expect(pauseAfter(1, 1e12, 0)).toBe(24 * HOUR);
  });

  it('ends, whatever the receiver asks for', () => {
    expect(pauseAfter(10, 60_000, 0)).toBeNull();
    expect(pauseAfter(11, null, 0)).toBeNull();
  });
});
