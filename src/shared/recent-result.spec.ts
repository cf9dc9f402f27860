import { beforeEach, describe, expect, it } from '@jest/globals';
import { FixedClock } from './clock.js';
import { RecentResult } from './recent-result.js';

let clock: FixedClock;
let made: number;
let tookMs: number;
let recent: RecentResult<number>;

beforeEach(() => {
  clock = new FixedClock(0);
  made = 0;
  tookMs = 0;
  recent = new RecentResult(
    2000,
    async () => {
      await clock.pause(tookMs);
      return (made += 1);
    },
    clock,
  );
});

describe('a recent result', () => {
  it('is given to all who ask while it is fresh, and made anew after that', async () => {
    expect(await Promise.all([recent.get(), recent.get()])).toEqual([1, 1]);
    clock.advance(1999);
    expect(await recent.get()).toBe(1);
    clock.advance(1);
    expect(await recent.get()).toBe(2);
  });

  it('stays fresh for ten times as long as it took', async () => {
    tookMs = 500;
    await recent.get();
    clock.advance(4_999);
    expect(await recent.get()).toBe(1);
    clock.advance(1);
    expect(await recent.get()).toBe(2);
  });

  it('is made anew for whoever asks after a change, also while an older one is being made', async () => {
    const before = recent.get();
    recent.renew();
    expect(await recent.get()).toBe(2);
    expect(await before).toBe(1);
    expect(await recent.get()).toBe(2);
  });

  it('is not kept when it could not be made', async () => {
    let fails = true;
    const shaky = new RecentResult(
      2000,
      async () => {
        if (fails) throw new Error('out of order');
        return 'here';
      },
      clock,
    );
    await expect(shaky.get()).rejects.toThrow('out of order');
    fails = false;
    expect(await shaky.get()).toBe('here');
  });
});
