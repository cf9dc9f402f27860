import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { forEachConcurrently } from './concurrency.js';

const ITEMS = Array.from({ length: 25 }, (_, index) => index);

describe('forEachConcurrently', () => {
  it.each([1, 4, 25, 100])('works on every item once, at most %i at a time', async (limit) => {
    const done: number[] = [];
    let running = 0;
    let most = 0;
    await forEachConcurrently(ITEMS, limit, async (item) => {
      running += 1;
      most = Math.max(most, running);
      await nextTurn();
      running -= 1;
      done.push(item);
    });
    expect(done.sort((a, b) => a - b)).toEqual(ITEMS);
    expect(most).toBe(Math.min(limit, ITEMS.length));
  });

  it('does nothing with nothing', async () => {
    const work = (): Promise<void> => Promise.reject(new Error('called'));
    await expect(forEachConcurrently([], 3, work)).resolves.toBeUndefined();
  });

  it('throws what an item throws', async () => {
    const work = async (item: number): Promise<void> => {
      await nextTurn();
      if (item === 7) throw new Error('seven');
    };
    await expect(forEachConcurrently(ITEMS, 3, work)).rejects.toThrow('seven');
  });

  it('begins nothing after a throw, and ends when all that it began has ended', async () => {
    const begun: number[] = [];
    const ended: number[] = [];
    const work = async (item: number): Promise<void> => {
      begun.push(item);
      await nextTurn();
      if (item === 1) throw new Error('one');
      await nextTurn();
      ended.push(item);
    };
    await expect(forEachConcurrently(ITEMS, 3, work)).rejects.toThrow('one');
    expect({ begun, ended }).toEqual({ begun: [0, 1, 2], ended: [0, 2] });
  });
});
