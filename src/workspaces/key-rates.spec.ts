import { describe, expect, it } from '@jest/globals';
import { aConfig } from '../../test/support/a-config.js';
import { FixedClock } from '../shared/clock.js';
import { KeyRates, RateLimited } from './key-rates.js';

function bench(rateLimitPerMinute: number) {
  const clock = new FixedClock(0);
  const rates = new KeyRates(aConfig({ rateLimitPerMinute }), clock);
  const refusal = (key: string): RateLimited | null => {
    try {
      rates.take(key);
      return null;
    } catch (error) {
      if (error instanceof RateLimited) return error;
      throw error;
    }
  };
  const takeAll = (key: string): number => {
    let taken = 0;
    while (refusal(key) === null) taken += 1;
    return taken;
  };
  return { clock, refusal, takeAll };
}

describe('the rate of a key', () => {
  it('is so many a minute, all at once after a rest', () => {
    const { clock, takeAll } = bench(120);
    expect(takeAll('a')).toBe(120);
    clock.advance(1000);
    expect(takeAll('a')).toBe(2);
    clock.advance(3_600_000);
    expect(takeAll('a')).toBe(120);
  });

  it('tells who comes too often in how many whole seconds to come again', () => {
    const { clock, refusal, takeAll } = bench(6);
    takeAll('a');
    expect(refusal('a')).toMatchObject({ kind: 'rate_limited', details: { retry_after_seconds: 10 } });
    clock.advance(9_001);
    expect(refusal('a')).toMatchObject({ details: { retry_after_seconds: 1 } });
    clock.advance(999);
    expect(refusal('a')).toBeNull();
  });

  it('is its own', () => {
    const { refusal, takeAll } = bench(6);
    takeAll('a');
    expect(refusal('b')).toBeNull();
  });
});
