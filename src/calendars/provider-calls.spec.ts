import { beforeEach, describe, expect, it } from '@jest/globals';
import { aFailure, rejectedToken, revokedGrant, timeOut } from '../../test/support/a-failure.js';
import { calendarBench, type CalendarBench } from '../../test/support/calendar-bench.js';
import { attemptsOf, factsOf, ProviderError, type Failure } from '../shared/failure.js';
import type { ProviderAccess } from './calendar-provider.js';
import type { CallLimits } from './provider-calls.js';

const HOUR_MS = 3_600_000;
const EMAIL = 'ada@example.com';

let bench: CalendarBench;
let id: string;
let limits: CallLimits;
/** Access tokens of the calls so far. */
let tokens: string[];

beforeEach(async () => {
  bench = calendarBench();
  ({ id } = await bench.connect(EMAIL));
  limits = { deadline: bench.deadline(), priority: 'request', attemptMs: 3000 };
  tokens = [];
});

/** A call that fails in turn with what is given, then answers. Null answers. */
function scripted(...failures: (Failure | null)[]): (access: ProviderAccess) => Promise<string> {
  return async ({ accessToken }) => {
    const failure = failures[tokens.length];
    tokens.push(accessToken.reveal());
    if (failure) throw new ProviderError(failure);
    return 'answer';
  };
}

const always = (failure: Failure): ((access: ProviderAccess) => Promise<string>) =>
  scripted(...Array.from({ length: 20 }, () => failure));

const failureOf = async (call: Promise<unknown>): Promise<Failure> => {
  const error: unknown = await call.then(
    () => new Error('The call succeeded.'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof ProviderError) return error.failure;
  throw error;
};

const connection = () => bench.connections.find(id, 'all');

describe('a call for a connection', () => {
  it('goes out with its access token', async () => {
    expect(await bench.calls.repeatable(id, limits, scripted(null))).toBe('answer');
    expect(tokens).toEqual([`access of ${EMAIL}`]);
    expect(bench.endpoint.refreshes()).toBe(0);
  });

  it('is not made when the connection waits for a person', async () => {
    await bench.connections.markNeedsReauth(id, 1, revokedGrant());
    expect(await failureOf(bench.calls.repeatable(id, limits, scripted(null)))).toMatchObject({
      code: 'invalid_grant',
      needsReauth: true,
    });
    expect(tokens).toEqual([]);
    expect(bench.endpoint.refreshes()).toBe(0);
  });

  it('is not made for a connection that is disconnected or unknown', async () => {
    await bench.connections.disconnect(id);
    for (const gone of [id, '00000000-0000-4000-8000-00000000dead'])
      expect(await failureOf(bench.calls.repeatable(gone, limits, scripted(null)))).toMatchObject({
        category: 'missing_tokens',
        needsReauth: true,
      });
    expect(tokens).toEqual([]);
  });

  it('may take no longer than one attempt', async () => {
    const untilAborted = ({ signal }: ProviderAccess): Promise<string> =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new ProviderError(timeOut())));
      });
    const short = { ...limits, attemptMs: 10 };
    expect(await failureOf(bench.calls.repeatable(id, short, untilAborted))).toMatchObject({
      timedOut: true,
    });
  });

  it('lets a bug through as it is, unrepeated', async () => {
    let count = 0;
    const broken = async (): Promise<string> => {
      count += 1;
      throw new TypeError('a bug');
    };
    await expect(bench.calls.repeatable(id, limits, broken)).rejects.toThrow(TypeError);
    expect(count).toBe(1);
  });
});

describe('a rejected access token (F17, F18)', () => {
  it('is refreshed once, and the call repeated with the fresh one', async () => {
    bench.endpoint.willRefresh({ access: 'fresh' });
    expect(await bench.calls.repeatable(id, limits, scripted(rejectedToken(), null))).toBe('answer');
    expect(tokens).toEqual([`access of ${EMAIL}`, 'fresh']);
    expect(bench.endpoint.refreshes()).toBe(1);
    expect(await connection()).toMatchObject({ authStatus: 'active', lastError: null });
  });

  it('is refreshed once for fifty calls that meet it together', async () => {
    bench.endpoint.willRefresh({ access: 'fresh' });
    const call = async ({ accessToken }: ProviderAccess): Promise<string> => {
      tokens.push(accessToken.reveal());
      if (accessToken.reveal() !== 'fresh') throw new ProviderError(rejectedToken());
      return 'answer';
    };
    const calls = Array.from({ length: 50 }, () => bench.calls.repeatable(id, limits, call));
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['answer']));
    expect(tokens).toHaveLength(100);
    expect(bench.endpoint.refreshes()).toBe(1);
  });

  it('stops the connection when the fresh one is rejected too, without a loop', async () => {
    bench.endpoint.willRefresh({ access: 'fresh' });
    expect(await failureOf(bench.calls.repeatable(id, limits, always(rejectedToken())))).toMatchObject({
      category: 'expired_tokens',
      code: 'invalid_token',
      needsReauth: true,
    });
    expect(tokens).toEqual([`access of ${EMAIL}`, 'fresh']);
    expect(bench.endpoint.refreshes()).toBe(1);
    expect(await connection()).toMatchObject({
      authStatus: 'needs_reauth',
      lastError: { code: 'invalid_token', actor: 'user' },
    });
  });

  it('stops the connection once, however many calls meet it (R7)', async () => {
    bench.endpoint.willRefresh({ access: 'fresh' });
    const reject = async (): Promise<string> => {
      throw new ProviderError(rejectedToken());
    };
    await Promise.allSettled(Array.from({ length: 20 }, () => bench.calls.repeatable(id, limits, reject)));
    expect(bench.eventsLogged('connection.needs_reauth')).toHaveLength(1);
    expect(bench.endpoint.refreshes()).toBe(1);
  });

  it('stops the connection when the refresh token is revoked', async () => {
    bench.endpoint.willFail(revokedGrant());
    expect(await failureOf(bench.calls.repeatable(id, limits, always(rejectedToken())))).toMatchObject({
      code: 'invalid_grant',
      needsReauth: true,
    });
    expect(tokens).toHaveLength(1);
    expect(await connection()).toMatchObject({
      authStatus: 'needs_reauth',
      lastError: { code: 'invalid_grant' },
    });
  });
});

describe('what a failure tells of the calls made for it (R6)', () => {
  const attempts = async (call: Promise<unknown>): Promise<number> => attemptsOf(await failureOf(call));

  it('counts each call that failed, the one with a rejected token as well', async () => {
    const failures = [aFailure(), rejectedToken(), rejectedToken()];
    expect(await attempts(bench.calls.repeatable(id, limits, scripted(...failures)))).toBe(3);
    expect(tokens).toHaveLength(3);
    expect(bench.eventsLogged('connection.needs_reauth')).toMatchObject([{ fields: { attempts: 2 } }]);
  });

  it('counts those to the token endpoint when no token could be had', async () => {
    bench.clock.advance(2 * HOUR_MS);
    limits = { ...limits, deadline: bench.deadline() };
    bench.endpoint.willFail(aFailure(), 3);
    expect(await attempts(bench.calls.repeatable(id, limits, scripted(null)))).toBe(3);
    expect(await attempts(bench.calls.repeatable(id, limits, scripted(null)))).toBe(0);
    expect([tokens.length, bench.endpoint.refreshes()]).toEqual([0, 3]);
  });

  it('counts both kinds when the refresh after a rejection fails', async () => {
    bench.endpoint.willFail(revokedGrant());
    expect(await attempts(bench.calls.repeatable(id, limits, always(rejectedToken())))).toBe(2);
  });

  it('is none when it is known from before', async () => {
    bench.endpoint.willFail(revokedGrant());
    await failureOf(bench.calls.repeatable(id, limits, always(rejectedToken())));
    const standing = await failureOf(bench.calls.repeatable(id, limits, scripted(null)));
    expect(factsOf(standing)).toEqual({
      class: 'expired_tokens',
      code: 'invalid_grant',
      upstream_status: 400,
      attempts: 0,
    });
  });
});

describe('a refusal that only a person can mend', () => {
  const scopeMissing = aFailure({
    category: 'permission_error',
    code: 'insufficient_scope',
    actor: 'user',
    httpStatus: 403,
    needsReauth: true,
    retryable: false,
  });

  it('stops the connection at once: one call, no refresh (F21)', async () => {
    expect(await failureOf(bench.calls.repeatable(id, limits, always(scopeMissing)))).toEqual(scopeMissing);
    expect(tokens).toHaveLength(1);
    expect(bench.endpoint.refreshes()).toBe(0);
    expect(await connection()).toMatchObject({
      authStatus: 'needs_reauth',
      lastError: { code: 'insufficient_scope' },
    });
    expect(bench.eventsLogged('connection.needs_reauth')).toMatchObject([
      { level: 'warn', fields: { connection_id: id, code: 'insufficient_scope', upstream_status: 403 } },
    ]);
  });

  it('leaves the next call unmade', async () => {
    await failureOf(bench.calls.repeatable(id, limits, always(scopeMissing)));
    await failureOf(bench.calls.repeatable(id, limits, scripted(null)));
    expect(tokens).toHaveLength(1);
  });
});

describe('a passing failure', () => {
  it('is overcome by repeating, after short pauses', async () => {
    const startedAt = bench.clock.elapsed();
    expect(await bench.calls.repeatable(id, limits, scripted(aFailure(), aFailure(), null))).toBe('answer');
    expect(tokens).toHaveLength(3);
    expect(bench.clock.elapsed() - startedAt).toBeLessThanOrEqual(400 + 800);
  });

  it('is repeated twice at most, and changes nothing about the connection', async () => {
    expect(await failureOf(bench.calls.repeatable(id, limits, always(aFailure())))).toMatchObject({
      code: 'http_503',
    });
    expect(tokens).toHaveLength(3);
    expect(await connection()).toMatchObject({ authStatus: 'active', lastError: null });
  });

  it('is repeated without a refresh when it is a rate limit (F19)', async () => {
    const limited = aFailure({ category: 'rate_limited', code: 'rateLimitExceeded', httpStatus: 403 });
    expect(await failureOf(bench.calls.repeatable(id, limits, always(limited)))).toEqual({
      ...limited,
      attempts: 3,
    });
    expect(tokens).toHaveLength(3);
    expect(bench.endpoint.refreshes()).toBe(0);
  });

  it('is repeated once when it is an answer that cannot be read (F27)', async () => {
    const unreadable = aFailure({ code: 'malformed_answer', httpStatus: 200 });
    expect(await failureOf(bench.calls.repeatable(id, limits, always(unreadable)))).toEqual({
      ...unreadable,
      attempts: 2,
    });
    expect(tokens).toHaveLength(2);
  });

  it.each<[string, Failure]>([
    ['a time-out', timeOut()],
    ['a time-out that could be repeated', aFailure({ timedOut: true })],
    ['a missing calendar', aFailure({ category: 'calendar_not_found', retryable: false })],
    ['a used-up quota', aFailure({ category: 'rate_limited', retryable: false, retryAfterMs: 900_000 })],
  ])('is not repeated when it is %s', async (_, failure) => {
    expect(await failureOf(bench.calls.repeatable(id, limits, always(failure)))).toEqual(failure);
    expect(tokens).toHaveLength(1);
  });

  it('waits as long as the provider asks when that fits', async () => {
    const startedAt = bench.clock.elapsed();
    await bench.calls.repeatable(id, limits, scripted(aFailure({ retryAfterMs: 2000 }), null));
    expect(bench.clock.elapsed() - startedAt).toBe(2000);
  });

  it.each([5000, 86_400_000])(
    'ends at once when the provider asks for %i ms, which do not fit',
    async (retryAfterMs) => {
      const startedAt = bench.clock.elapsed();
      const failure = aFailure({ retryAfterMs });
      expect(await failureOf(bench.calls.repeatable(id, limits, always(failure)))).toEqual(failure);
      expect(tokens).toHaveLength(1);
      expect(bench.clock.elapsed()).toBe(startedAt);
    },
  );

  it('is not repeated when the time is up', async () => {
    const call = async (access: ProviderAccess): Promise<string> => {
      bench.clock.advance(5000);
      return always(aFailure())(access);
    };
    await failureOf(bench.calls.repeatable(id, limits, call));
    expect(tokens).toHaveLength(1);
  });

  it('is left to the caller where a repeat could do harm', async () => {
    expect(await failureOf(bench.calls.once(id, limits, always(aFailure())))).toMatchObject({
      code: 'http_503',
    });
    expect(tokens).toHaveLength(1);
  });
});
