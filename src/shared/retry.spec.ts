import { beforeEach, describe, expect, it } from '@jest/globals';
import { aFailure, revokedGrant, timeOut } from '../../test/support/a-failure.js';
import { FixedClock } from './clock.js';
import { Deadline } from './deadline.js';
import { ProviderError, type Failure } from './failure.js';
import { retrying } from './retry.js';

let clock: FixedClock;
let attempts: number;

beforeEach(() => {
  clock = new FixedClock(0);
  attempts = 0;
});

/** Fails as told, then succeeds. */
function work(...failures: Failure[]): () => Promise<string> {
  return async () => {
    attempts += 1;
    const failure = failures[attempts - 1];
    if (failure !== undefined) throw new ProviderError(failure);
    return 'done';
  };
}

const within = (ms: number): Deadline => Deadline.in(ms, clock);
const always = (failure: Failure): Failure[] => Array.from({ length: 10 }, () => failure);

describe('retrying', () => {
  it('makes up for two passing failures', async () => {
    expect(await retrying(within(5000), work(aFailure(), aFailure()))).toBe('done');
    expect(attempts).toBe(3);
  });

  it('pauses at most 400 ms, then at most 800 ms', async () => {
    const longest = { first: 0, both: 0 };
    for (let run = 0; run < 200; run += 1) {
      attempts = 0;
      const startedAt = clock.now();
      await retrying(within(5000), work(aFailure()));
      longest.first = Math.max(longest.first, clock.now() - startedAt);
      attempts = 0;
      const again = clock.now();
      await retrying(within(5000), work(aFailure(), aFailure()));
      longest.both = Math.max(longest.both, clock.now() - again);
    }
    expect(longest.first).toBeLessThanOrEqual(400);
    expect(longest.both).toBeLessThanOrEqual(1200);
    expect(longest.both).toBeGreaterThan(longest.first);
  });

  it('ends with the last failure after three attempts, and says how many they were', async () => {
    const failures = [aFailure(), aFailure(), aFailure({ code: 'the last' })];
    await expect(retrying(within(5000), work(...failures))).rejects.toMatchObject({
      failure: { code: 'the last', attempts: 3 },
    });
    expect(attempts).toBe(3);
  });

  it('adds up what each attempt says that it took', async () => {
    const failures = [aFailure({ attempts: 2 }), aFailure(), revokedGrant()];
    await expect(retrying(within(5000), work(...failures))).rejects.toMatchObject({
      failure: { code: 'invalid_grant', attempts: 4 },
    });
  });

  it('says that nobody was asked when nobody was', async () => {
    const notAsked = aFailure({ attempts: 0, retryable: false });
    await expect(retrying(within(5000), work(aFailure(), notAsked))).rejects.toMatchObject({
      failure: { attempts: 1 },
    });
    await expect(retrying(within(5000), work())).resolves.toBe('done');
    attempts = 0;
    await expect(retrying(within(5000), work(notAsked))).rejects.toMatchObject({ failure: { attempts: 0 } });
  });

  it('takes fewer attempts where it is told to, and two for an answer that cannot be read (F27)', async () => {
    await expect(retrying(within(5000), work(...always(aFailure())), 1)).rejects.toThrow(ProviderError);
    expect(attempts).toBe(1);
    attempts = 0;
    const malformed = aFailure({ code: 'malformed_answer' });
    await expect(retrying(within(5000), work(...always(malformed)))).rejects.toThrow(ProviderError);
    expect(attempts).toBe(2);
  });

  it.each([
    ['what only a person can mend', revokedGrant()],
    ['a time-out', timeOut()],
    ['a time-out that says it may be repeated', aFailure({ timedOut: true })],
  ])('does not repeat %s', async (_name, failure) => {
    await expect(retrying(within(5000), work(...always(failure)))).rejects.toMatchObject({ failure });
    expect(attempts).toBe(1);
  });

  it('waits as long as the provider asks when that fits, and not at all when it does not', async () => {
    await retrying(within(5000), work(aFailure({ retryAfterMs: 3000 })));
    expect([clock.now(), attempts]).toEqual([3000, 2]);
    attempts = 0;
    const tooLong = aFailure({ retryAfterMs: 5000 });
    await expect(retrying(within(5000), work(tooLong))).rejects.toMatchObject({ failure: tooLong });
    expect([clock.now(), attempts]).toEqual([3000, 1]);
  });

  it('does not start an attempt after the deadline', async () => {
    await expect(retrying(within(0), work(...always(aFailure())))).rejects.toThrow(ProviderError);
    expect(attempts).toBe(1);
  });

  it('lets a bug through at once', async () => {
    const bug = (): Promise<never> => {
      attempts += 1;
      return Promise.reject(new TypeError('a bug'));
    };
    await expect(retrying(within(5000), bug)).rejects.toThrow(TypeError);
    expect(attempts).toBe(1);
  });
});
