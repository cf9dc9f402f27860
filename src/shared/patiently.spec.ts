import { beforeEach, describe, expect, it } from '@jest/globals';
import { FixedClock } from './clock.js';
import { AlreadyRunning } from './job-lock.js';
import { patiently } from './patiently.js';

let clock: FixedClock;
let tried: number;

beforeEach(() => {
  clock = new FixedClock(0);
  tried = 0;
});

/** Work that finds another run under way until `endsAtMs`. */
const workAfter = (endsAtMs: number) => async (): Promise<string> => {
  tried += 1;
  if (clock.elapsed() < endsAtMs) throw new AlreadyRunning('health-check');
  return 'done';
};

describe('patiently', () => {
  it('does at once what nobody else is at', async () => {
    expect(await patiently(clock, workAfter(0))).toBe('done');
    expect([tried, clock.elapsed()]).toEqual([1, 0]);
  });

  it('looks again until another run has ended', async () => {
    expect(await patiently(clock, workAfter(70_000))).toBe('done');
    expect([tried, clock.elapsed()]).toEqual([4, 90_000]);
  });

  it('gives up when that lasts for half an hour', async () => {
    await expect(patiently(clock, workAfter(Infinity))).rejects.toBeInstanceOf(AlreadyRunning);
    expect(clock.elapsed()).toBe(30 * 60_000);
  });

  it('does not repeat what fails for another reason', async () => {
    const failing = (): Promise<never> => {
      tried += 1;
      return Promise.reject(new TypeError('a bug'));
    };
    await expect(patiently(clock, failing)).rejects.toThrow('a bug');
    expect(tried).toBe(1);
  });
});
