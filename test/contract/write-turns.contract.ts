import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { WriteTurns } from '../../src/calendars/write-turns.js';

export interface WriteTurnsWorld {
  readonly turns: WriteTurns;
  /** The id of a new calendar. */
  aCalendar(): Promise<string>;
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

const LONG_MS = 60_000;

/** What every implementation of {@link WriteTurns} promises. `makeWorld` makes a new world for each test. */
export function writeTurnsContract(provided: string, makeWorld: () => Promise<WriteTurnsWorld>): void {
  describe(`${provided} as turns to write to one calendar`, () => {
    let world: WriteTurnsWorld;

    beforeEach(async () => {
      world = await makeWorld();
    });

    afterEach(() => world.close());

    const take = (calendarId: string, count: number, limitMs = LONG_MS): Promise<(number | null)[]> =>
      Promise.all(Array.from({ length: count }, () => world.turns.take(calendarId, limitMs)));

    const sorted = (waits: readonly (number | null)[]): (number | null)[] =>
      waits.toSorted((a, b) => Number(a) - Number(b));

    it('are eight at once, and then one in a quarter of a second', async () => {
      const waits = sorted(await take(await world.aCalendar(), 12));
      expect(waits.slice(0, 8)).toEqual(Array.from({ length: 8 }, () => 0));
      const [first = 0, second = 0, third = 0, fourth = 0] = waits.slice(8).map(Number);
      // Taking them may itself take some of the time.
      expect(first).toBeGreaterThan(0);
      expect(first).toBeLessThanOrEqual(250);
      for (const gap of [second - first, third - second, fourth - third])
        expect(Math.abs(gap - 250)).toBeLessThan(100);
    });

    it('are not taken when they come too late', async () => {
      const id = await world.aCalendar();
      const waits = await take(id, 20, 500);
      expect(waits.filter((wait) => wait !== null).length).toBeLessThan(14);
      expect(waits).toContain(null);
      expect(Number(await world.turns.take(id, LONG_MS))).toBeLessThan(1500);
    });

    it('are of that calendar only', async () => {
      const [one, another] = [await world.aCalendar(), await world.aCalendar()];
      await take(one, 10);
      expect(await world.turns.take(another, LONG_MS)).toBe(0);
    });

    it('come back while nobody writes', async () => {
      const id = await world.aCalendar();
      await take(id, 10);
      await world.pass(60_000);
      expect(await take(id, 8)).toEqual(Array.from({ length: 8 }, () => 0));
    });
  });
}
