import { beforeEach, describe, expect, it } from '@jest/globals';
import { FixedClock } from '../shared/clock.js';
import { SignInAttempts, TooManyAttempts } from './sign-in-attempts.js';

let clock: FixedClock;
let attempts: SignInAttempts;

beforeEach(() => {
  clock = new FixedClock(0);
  attempts = new SignInAttempts(clock);
});

function refusalOf(address: string): TooManyAttempts | null {
  try {
    attempts.take(address);
    return null;
  } catch (error) {
    if (error instanceof TooManyAttempts) return error;
    throw error;
  }
}

/** How many of so many attempts are let through. */
function times(count: number, address = 'here'): number {
  return Array.from({ length: count }, () => refusalOf(address)).filter((refusal) => refusal === null).length;
}

describe('attempts to sign in', () => {
  it('are five at once, and one more for every twelve seconds', () => {
    expect(times(9)).toBe(5);
    clock.advance(24_000);
    expect(times(9)).toBe(2);
  });

  it('say how long to wait', () => {
    times(5);
    clock.advance(1500);
    expect(refusalOf('here')).toMatchObject({ details: { retry_after_seconds: 11 } });
  });

  it('are counted by address, and forgiven after a success', () => {
    expect(times(9, 'there')).toBe(5);
    expect(times(9)).toBe(5);
    attempts.forgive('here');
    expect(times(9)).toBe(5);
    expect(times(9, 'there')).toBe(0);
  });

  it('of ever new addresses do not add up', () => {
    for (let n = 0; n < 5000; n += 1) attempts.take(String(n));
    expect(times(9, '4999')).toBe(4);
  });
});
