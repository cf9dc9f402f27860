import { beforeEach, describe, expect, it } from '@jest/globals';
import { aFailure, revokedGrant, timeOut, wrongRequest } from '../../test/support/a-failure.js';
import { failureOf, TokenBench } from '../../test/support/token-bench.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

let bench: TokenBench;

beforeEach(async () => {
  bench = await TokenBench.connected();
});

describe('a refresh', () => {
  it('stores the new access token and keeps a refresh token that was not renewed (F14)', async () => {
    bench.endpoint.willRefresh({ access: 'access-2' });
    const state = await bench.refreshed();
    expect(state.accessToken?.reveal()).toBe('access-2');
    expect(state.refreshToken?.reveal()).toBe('refresh-1');
    expect(state).toMatchObject({ version: 2, lastError: null, authStatus: 'active' });
    expect(bench.logged('token.refreshed')).toHaveLength(1);
  });

  it('sends the newest refresh token each time when the provider rotates them (F13)', async () => {
    const instances = [bench.refresh, bench.anotherInstance()];
    for (let round = 2; round <= 6; round += 1) {
      bench.endpoint.willRefresh({ refresh: `refresh-${round}` });
      await bench.refreshed(instances[round % 2]);
    }
    expect(bench.endpoint.sent).toEqual(['refresh-1', 'refresh-2', 'refresh-3', 'refresh-4', 'refresh-5']);
  });

  it('is one, however many callers of this instance want it', async () => {
    const seen = await bench.state();
    bench.endpoint.willFirst(() => bench.clock.pause(300), { access: 'access-2' });
    const states = await Promise.all(
      Array.from({ length: 50 }, () => bench.refresh.execute(bench.id, seen, bench.deadline())),
    );
    expect(bench.endpoint.refreshes()).toBe(1);
    expect(new Set(states.map(({ accessToken }) => accessToken?.reveal()))).toEqual(new Set(['access-2']));
  });

  it('is one, however many instances want it', async () => {
    const seen = await bench.state();
    bench.endpoint.willFirst(() => bench.clock.pause(300), { access: 'access-2' });
    const states = await Promise.all(
      Array.from({ length: 5 }, () => bench.anotherInstance().execute(bench.id, seen, bench.deadline())),
    );
    expect(bench.endpoint.refreshes()).toBe(1);
    expect(states.map(({ version }) => version)).toEqual([2, 2, 2, 2, 2]);
  });

  it('that was done by another since is not done again', async () => {
    const seen = await bench.state();
    await bench.refreshed(bench.anotherInstance());
    expect((await bench.refresh.execute(bench.id, seen, bench.deadline())).version).toBe(2);
    expect(bench.endpoint.refreshes()).toBe(1);
  });

  it('repeats a passing failure twice (F09)', async () => {
    bench.endpoint.willFail(aFailure(), 2);
    expect((await bench.refreshed()).version).toBe(2);
    expect(bench.endpoint.refreshes()).toBe(3);
  });

  it('does not repeat a time-out (F15)', async () => {
    bench.endpoint.willFail(timeOut());
    await failureOf(bench.refreshed());
    expect(bench.endpoint.refreshes()).toBe(1);
  });

  it('goes on for others when its caller has no more time', async () => {
    bench.endpoint.willFirst(() => new Promise((resolve) => setTimeout(resolve, 30)), { access: 'access-2' });
    const late = bench.refresh.execute(bench.id, await bench.state(), bench.deadline(1));
    expect(await failureOf(late)).toMatchObject({ timedOut: true, needsReauth: false });
    expect((await bench.refreshed()).accessToken?.reveal()).toBe('access-2');
    expect(bench.endpoint.refreshes()).toBe(1);
  });
});

describe('a refresh whose ground has moved', () => {
  it('that fails on a replaced token takes the newer one (F04)', async () => {
    const reconsent = (): Promise<void> => bench.consent({ access: 'access-2', refresh: 'refresh-2' });
    bench.endpoint.willFirst(reconsent, revokedGrant());
    const state = await bench.refreshed();
    expect(state.accessToken?.reveal()).toBe('access-2');
    expect(state.authStatus).toBe('active');
    expect(bench.endpoint.refreshes()).toBe(1);
    expect(bench.logged('token.superseded')).toEqual([expect.objectContaining({ level: 'info' })]);
    expect(bench.stops()).toBe(0);
  });

  it('that lost its lease changes nothing, and answers what is stored (F55)', async () => {
    bench.endpoint.willFirst(
      async () => {
        bench.clock.advance(20_000);
        bench.endpoint.willRefresh({ access: 'of the next leader', refresh: 'refresh-2' });
        await bench.refreshed(bench.anotherInstance());
      },
      { access: 'too late', refresh: 'refresh-late' },
    );
    const state = await bench.refreshed();
    expect(state.accessToken?.reveal()).toBe('of the next leader');
    expect(state.refreshToken?.reveal()).toBe('refresh-2');
    expect(state.version).toBe(2);
  });

  it('that is refused after it lost its lease takes what the next leader gets (F55)', async () => {
    bench.endpoint.willFirst(async () => {
      bench.clock.advance(20_000);
      bench.endpoint.willFirst(() => bench.clock.pause(300), { access: 'access-2', refresh: 'refresh-2' });
      const next = bench.refreshed(bench.anotherInstance());
      next.catch(() => undefined);
      while (bench.endpoint.refreshes() < 2) await Promise.resolve();
    }, revokedGrant());
    const state = await bench.refreshed();
    expect(state.accessToken?.reveal()).toBe('access-2');
    expect(await bench.state()).toMatchObject({ version: 2, authStatus: 'active', lastError: null });
    expect(bench.endpoint.sent).toEqual(['refresh-1', 'refresh-1']);
    expect(bench.stops()).toBe(0);
  });

  it('waits out the lease of a leader that was killed (F55)', async () => {
    await bench.connections.leaseRefresh(bench.id, await bench.state(), 4000);
    const startedAt = bench.clock.now();
    expect((await bench.refreshed()).version).toBe(2);
    expect(bench.clock.now() - startedAt).toBeGreaterThanOrEqual(4000);
  });

  it('gives up on a lease that outlasts it, without asking the provider', async () => {
    await bench.connections.leaseRefresh(bench.id, await bench.state(), MINUTE_MS);
    const refreshing = bench.refresh.execute(bench.id, await bench.state(), bench.deadline(MINUTE_MS));
    expect(await failureOf(refreshing)).toMatchObject({ timedOut: true, needsReauth: false });
    expect(bench.endpoint.refreshes()).toBe(0);
  });

  it('that finds the connection disconnected says that nothing is there', async () => {
    const seen = await bench.state();
    await bench.connections.disconnect(bench.id);
    const refreshing = bench.refresh.execute(bench.id, seen, bench.deadline());
    expect(await failureOf(refreshing)).toMatchObject({ category: 'missing_tokens', needsReauth: true });
    expect(bench.endpoint.refreshes()).toBe(0);
  });
});

describe('a refresh whose grant the database does not take', () => {
  const away = (): Error => Object.assign(new Error('The server is shutting down.'), { code: '57P01' });

  /** Each of the next `times` writes breaks, before it takes effect or after. */
  const breakWrites = (times: number, moment: 'before' | 'after'): void => {
    const { connections } = bench;
    const store = connections.storeRefreshed.bind(connections);
    let left = times;
    connections.storeRefreshed = async (...write) => {
      left -= 1;
      if (left < 0) return store(...write);
      if (moment === 'after') await store(...write);
      throw away();
    };
  };

  it('is stored as soon as it is back, without asking the provider again (F50)', async () => {
    breakWrites(20, 'before');
    bench.endpoint.willRefresh({ access: 'access-2', refresh: 'refresh-2' });
    const state = await bench.refreshed();
    expect(state.refreshToken?.reveal()).toBe('refresh-2');
    expect(await bench.state()).toMatchObject({ version: 2, authStatus: 'active' });
    expect(bench.endpoint.refreshes()).toBe(1);
    expect(bench.logged('token.refreshed')).toHaveLength(1);
  });

  it('counts when it was committed and only the answer was lost (F50)', async () => {
    breakWrites(1, 'after');
    bench.endpoint.willRefresh({ access: 'access-2', refresh: 'refresh-2' });
    expect((await bench.refreshed()).version).toBe(2);
    expect(bench.endpoint.refreshes()).toBe(1);
    expect(bench.logged('token.refreshed')).toHaveLength(1);
  });

  it('is given up at the end of the refresh, with the error of the database', async () => {
    breakWrites(Infinity, 'before');
    const startedAt = bench.clock.elapsed();
    await expect(bench.refreshed()).rejects.toMatchObject({ code: '57P01' });
    const tookMs = bench.clock.elapsed() - startedAt;
    expect(tookMs).toBeGreaterThan(11_500);
    expect(tookMs).toBeLessThanOrEqual(12_000);
    expect((await bench.state()).version).toBe(1);
  });

  it('is not repeated over a bug', async () => {
    const write = bench.connections;
    write.storeRefreshed = () => Promise.reject(new TypeError('a bug'));
    await expect(bench.refreshed()).rejects.toThrow(TypeError);
  });
});

describe('a refresh that only a person can mend', () => {
  it('stops the connection once, however many see it (R7)', async () => {
    const seen = await bench.state();
    bench.endpoint.willFail(revokedGrant());
    const all = Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? bench.refresh : bench.anotherInstance()));
    const failures = await Promise.all(
      all.map((instance) => failureOf(instance.execute(bench.id, seen, bench.deadline()))),
    );
    expect(new Set(failures.map(({ code, needsReauth }) => `${code} ${needsReauth}`))).toEqual(
      new Set(['invalid_grant true']),
    );
    expect(bench.endpoint.refreshes()).toBe(1);
    expect(bench.stops()).toBe(1);
    expect(bench.logged('connection.needs_reauth')).toEqual([
      expect.objectContaining({
        level: 'warn',
        fields: expect.objectContaining({ code: 'invalid_grant', actor: 'user', upstream_status: 400 }),
      }),
    ]);
    expect((await bench.state()).refreshToken?.reveal()).toBe('refresh-1');
  });

  it('can be tried again by force at once, and then says the same without announcing it again', async () => {
    bench.endpoint.willFail(revokedGrant(), 3);
    for (let asked = 1; asked <= 3; asked += 1) {
      expect(await failureOf(bench.refreshed(bench.refresh, { force: true }))).toMatchObject({
        code: 'invalid_grant',
      });
      expect(bench.endpoint.refreshes()).toBe(asked);
    }
    expect(bench.stops()).toBe(1);
    expect(await bench.lastError()).toMatchObject({ count: 3 });
  });

  it('recovers when a forced refresh works after all', async () => {
    bench.endpoint.willFail(revokedGrant());
    await failureOf(bench.refreshed());
    const state = await bench.refreshed(bench.refresh, { force: true });
    expect(state).toMatchObject({ authStatus: 'active', lastError: null });
  });
});

describe('a refresh that failed for the moment', () => {
  it('is recorded, leaves the connection active, and is not repeated for half a minute (F08)', async () => {
    bench.endpoint.willFail(aFailure(), 3);
    expect(await failureOf(bench.refreshed())).toMatchObject({
      code: 'token_refresh_failed',
      reason: 'http_503',
      httpStatus: 503,
      category: 'connection_error',
      retryAfterMs: 30_000,
      attempts: 3,
    });
    expect(await bench.state()).toMatchObject({
      authStatus: 'active',
      lastError: { code: 'http_503', count: 1 },
    });
    const fields = { connection_id: bench.id, code: 'http_503', upstream_status: 503, attempts: 3 };
    expect(bench.logged('token.refresh_failed')).toMatchObject([{ level: 'warn', fields }]);

    bench.clock.advance(29_000);
    expect(await failureOf(bench.refreshed())).toMatchObject({
      retryAfterMs: expect.any(Number),
      httpStatus: null,
      attempts: 0,
    });
    expect(bench.endpoint.refreshes()).toBe(3);
    bench.clock.advance(1001);
    expect((await bench.refreshed()).version).toBe(2);
  });

  it('holds back the other instances that waited for it as well', async () => {
    const seen = await bench.state();
    bench.endpoint.willFail(aFailure(), 3);
    const failures = await Promise.all(
      Array.from({ length: 6 }, () =>
        failureOf(bench.anotherInstance().execute(bench.id, seen, bench.deadline())),
      ),
    );
    expect(new Set(failures.map(({ code }) => code))).toEqual(new Set(['token_refresh_failed']));
    expect(bench.endpoint.refreshes()).toBe(3);
  });

  it('alerts the operator once when it is theirs to mend, however many connections meet it', async () => {
    const ids = [bench.id];
    await bench.consent({}, 'bob@example.com');
    ids.push(bench.id);
    bench.endpoint.willFail(wrongRequest(), 2);
    for (const id of ids) {
      bench.id = id;
      expect(await failureOf(bench.refreshed())).toMatchObject({ code: 'token_refresh_failed' });
      expect(await bench.state()).toMatchObject({ authStatus: 'active' });
    }
    const fields = { connection_id: ids[0], code: 'invalid_scope', upstream_status: 400 };
    expect(bench.logged('operator.alert')).toMatchObject([{ level: 'error', fields }]);
  });

  it('stays active after a thousand of them (F09)', async () => {
    for (let failed = 1; failed <= 1000; failed += 1) {
      bench.endpoint.willFail(aFailure({ retryable: false }));
      await failureOf(bench.refreshed());
      bench.clock.advance(MINUTE_MS);
    }
    expect(await bench.state()).toMatchObject({ authStatus: 'active', lastError: { count: 1000 } });
  });

  it.each([
    [2000, 30_000, 3],
    [8000, 30_000, 1],
    [3_600_000, 3_600_000, 1],
    [30 * DAY_MS, DAY_MS, 1],
  ])(
    'a Retry-After of %i ms is a pause of %i ms after %i calls (F10)',
    async (retryAfterMs, pauseMs, calls) => {
      bench.endpoint.willFail(aFailure({ httpStatus: 429, retryAfterMs }), 3);
      await failureOf(bench.refreshed());
      expect((await bench.state()).refreshNotBefore).toBe(bench.clock.now() + pauseMs);
      expect(bench.endpoint.refreshes()).toBe(calls);
    },
  );

  it('does not hold back a person who asks for it', async () => {
    bench.endpoint.willFail(aFailure(), 3);
    await failureOf(bench.refreshed());
    expect((await bench.refreshed(bench.refresh, { force: true })).version).toBe(2);
  });

  it('a bug is not taken for one: it is thrown on, and the next call tries again', async () => {
    bench.endpoint.willFirst(() => Promise.reject(new TypeError('a bug')));
    await expect(bench.refreshed()).rejects.toThrow(TypeError);
    expect(await bench.state()).toMatchObject({ authStatus: 'active', lastError: null });
  });
});
