import { describe, expect, it } from '@jest/globals';
import { SimulatedClock } from '../../test/fakes/simulated-clock.js';
import { FixedClock } from './clock.js';
import { TokenBucket } from './token-bucket.js';

/** When each of `count` that come at once may go, in milliseconds. */
async function passes(bucket: TokenBucket, clock: FixedClock, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < count; n += 1) {
    await bucket.pass();
    times.push(clock.elapsed());
  }
  return times;
}

describe('a token bucket', () => {
  it('lets a burst go at once, and then one in its time', async () => {
    const clock = new FixedClock(0);
    const bucket = new TokenBucket({ burst: 2, perSecond: 20 }, clock);
    expect(await passes(bucket, clock, 6)).toEqual([0, 0, 50, 100, 150, 200]);
  });

  it('saves no more than a burst over a rest', async () => {
    const clock = new FixedClock(0);
    const bucket = new TokenBucket({ burst: 3, perSecond: 10 }, clock);
    await passes(bucket, clock, 3);
    clock.advance(60_000);
    expect(await passes(bucket, clock, 5)).toEqual([60_000, 60_000, 60_000, 60_100, 60_200]);
  });

  it('saves fractions, so that short looks do not slow it down', () => {
    const clock = new FixedClock(0);
    const bucket = new TokenBucket({ burst: 1, perSecond: 8 }, clock);
    bucket.take();
    for (const left of [100, 75, 50, 25, 0]) {
      clock.advance(25);
      expect(bucket.waitMs()).toBe(left);
    }
  });

  it('serves those who wait in the order they came', async () => {
    const clock = new SimulatedClock(0);
    const bucket = new TokenBucket({ burst: 1, perSecond: 10 }, clock);
    const served: [string, number][] = [];
    const come = async (name: string, pauseMs: number): Promise<void> => {
      await clock.pause(pauseMs);
      await bucket.pass();
      served.push([name, clock.elapsed()]);
    };
    await Promise.all([come('second', 20), come('first', 10), come('fourth', 95.5), come('third', 33.3)]);
    expect(served.map(([name]) => name)).toEqual(['first', 'second', 'third', 'fourth']);
    expect(served.map(([, at]) => Math.round(at / 100))).toEqual([0, 1, 2, 3]);
  });

  it('leaves a reserve for those who may use it', () => {
    const clock = new FixedClock(0);
    const bucket = new TokenBucket({ burst: 4, perSecond: 10 }, clock);
    bucket.take();
    expect(bucket.waitMs(2)).toBe(0);
    bucket.take();
    expect(bucket.waitMs(2)).toBe(100);
    expect(bucket.waitMs()).toBe(0);
  });

  it('is full again when nobody has taken anything for long enough', () => {
    const clock = new FixedClock(0);
    const bucket = new TokenBucket({ burst: 2, perSecond: 1 }, clock);
    expect(bucket.isFull()).toBe(true);
    bucket.take();
    expect(bucket.isFull()).toBe(false);
    clock.advance(1000);
    expect(bucket.isFull()).toBe(true);
  });
});
