import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { FixedClock, SystemClock } from './clock.js';
import { Deadline, within } from './deadline.js';

describe('a deadline', () => {
  it('counts down to nothing, never below', () => {
    const clock = new FixedClock(1000);
    const deadline = Deadline.in(500, clock);
    expect(deadline.remainingMs()).toBe(500);
    clock.advance(499);
    expect(deadline.remainingMs()).toBe(1);
    clock.advance(1000);
    expect(deadline.remainingMs()).toBe(0);
  });

  it('can be narrowed, never widened', () => {
    const deadline = Deadline.in(500, new FixedClock(0));
    expect(deadline.atMost(100).remainingMs()).toBe(100);
    expect(deadline.atMost(9000).remainingMs()).toBe(500);
  });

  it('pauses on its clock', async () => {
    const clock = new FixedClock(0);
    await Deadline.in(500, clock).pause(200);
    expect(clock.now()).toBe(200);
  });

  it.each([
    ['the attempt', 5, 60_000],
    ['the deadline', 60_000, 5],
    ['a deadline that is over', 60_000, 0],
  ])('its signal ends with %s', async (_name, attemptMs, deadlineMs) => {
    const signal = Deadline.in(deadlineMs, new SystemClock()).signal(attemptMs);
    if (!signal.aborted) await once(signal, 'abort');
    expect(signal.reason).toMatchObject({ name: 'TimeoutError' });
  });
});

describe('work within a deadline', () => {
  const late = (): Error => new Error('late');
  const soon = Deadline.in(5, new SystemClock());

  it('gives its result or its error when it ends in time', async () => {
    const deadline = Deadline.in(60_000, new SystemClock());
    expect(await within(deadline, Promise.resolve('done'), late)).toBe('done');
    await expect(within(deadline, Promise.reject(new Error('broken')), late)).rejects.toThrow('broken');
  });

  it('is given up at the deadline and goes on for others', async () => {
    let end: (result: string) => void = () => undefined;
    const work = new Promise<string>((resolve) => {
      end = resolve;
    });
    await expect(within(soon, work, late)).rejects.toThrow('late');
    end('done after all');
    expect(await work).toBe('done after all');
  });
});
