import { beforeEach, describe, expect, it } from '@jest/globals';
import { aFailure, revokedGrant } from '../../test/support/a-failure.js';
import { failureOf, TokenBench } from '../../test/support/token-bench.js';

const MINUTE_MS = 60_000;

let bench: TokenBench;

const current = async (): Promise<string> =>
  (await bench.tokens.current(bench.id, bench.deadline())).secret.reveal();

describe('the current token', () => {
  beforeEach(async () => {
    bench = await TokenBench.connected();
  });

  it('is the stored one until the margin before its end', async () => {
    bench.clock.advance(55 * MINUTE_MS - 1);
    expect(await current()).toBe('access-1');
    bench.clock.advance(1);
    expect(await current()).toBe('fresh-1');
    expect(bench.endpoint.refreshes()).toBe(1);
  });

  it('is the old one when an early refresh fails and the old one still works (F08)', async () => {
    bench.clock.advance(56 * MINUTE_MS);
    bench.endpoint.willFail(aFailure(), 3);
    expect(await current()).toBe('access-1');
    expect(await current()).toBe('access-1');
    expect(bench.endpoint.refreshes()).toBe(3);
    expect(await bench.state()).toMatchObject({ authStatus: 'active' });
  });

  it('is none when the refresh fails and the old one is over', async () => {
    bench.clock.advance(61 * MINUTE_MS);
    bench.endpoint.willFail(aFailure(), 3);
    expect(await failureOf(current())).toMatchObject({ code: 'token_refresh_failed', needsReauth: false });
  });

  it('is none when an early refresh shows that the grant is gone', async () => {
    bench.clock.advance(56 * MINUTE_MS);
    bench.endpoint.willFail(revokedGrant());
    expect(await failureOf(current())).toMatchObject({ code: 'invalid_grant', needsReauth: true });
  });

  it('is not asked for on a stopped connection (F01)', async () => {
    bench.clock.advance(61 * MINUTE_MS);
    bench.endpoint.willFail(revokedGrant());
    await failureOf(current());
    for (let asked = 0; asked < 100; asked += 1)
      expect(await failureOf(current())).toMatchObject({ code: 'invalid_grant' });
    expect(bench.endpoint.refreshes()).toBe(1);
  });

  it('is none for a connection that is gone', async () => {
    expect(await failureOf(bench.tokens.current('nobody', bench.deadline()))).toMatchObject({
      category: 'missing_tokens',
    });
  });

  it('is the one that was read before, unless it has to be refreshed: then the newest', async () => {
    const known = await bench.state();
    const ofKnown = async (): Promise<string> =>
      (await bench.tokens.current(bench.id, bench.deadline(), async () => known)).secret.reveal();
    bench.clock.advance(61 * MINUTE_MS);
    expect(await current()).toBe('fresh-1');
    expect(await ofKnown()).toBe('fresh-1');
    expect(bench.endpoint.refreshes()).toBe(1);
    bench.clock.advance(-61 * MINUTE_MS);
    expect(await ofKnown()).toBe('access-1');
  });

  it('is withheld while the provider wants to be left alone, and then given again (F20)', async () => {
    await bench.connections.noteFailure(bench.id, aFailure({ code: 'quotaExceeded', retryAfterMs: 900_000 }));
    bench.clock.advance(600_000);
    expect(await failureOf(current())).toMatchObject({ code: 'quotaExceeded', retryAfterMs: 300_000 });
    bench.clock.advance(300_000);
    expect(await current()).toBe('access-1');
    expect(bench.endpoint.refreshes()).toBe(0);
  });
});

describe('a token that lives for a minute', () => {
  it('is refreshed at its half, not at every call (F12)', async () => {
    bench = await TokenBench.connected(MINUTE_MS);
    const { clock } = bench;
    const forAMinute = {
      get expiresAt() {
        return clock.now() + MINUTE_MS;
      },
    };
    for (let times = 0; times < 10; times += 1) bench.endpoint.willRefresh(forAMinute);
    const seen = new Set<string>();
    for (let second = 0; second < 120; second += 1) {
      seen.add(await current());
      clock.advance(1000);
    }
    expect(bench.endpoint.refreshes()).toBe(3);
    expect(seen.size).toBe(4);
  });
});

describe('after a rejection (F17)', () => {
  const after = async (version: number): Promise<string> =>
    (await bench.tokens.afterRejection(bench.id, version, bench.deadline())).secret.reveal();

  beforeEach(async () => {
    bench = await TokenBench.connected();
  });

  it('one refresh gives everybody the fresh token', async () => {
    bench.endpoint.willFirst(() => bench.clock.pause(300), { access: 'access-2' });
    const tokens = await Promise.all(Array.from({ length: 50 }, () => after(1)));
    expect(new Set(tokens)).toEqual(new Set(['access-2']));
    expect(bench.endpoint.refreshes()).toBe(1);
  });

  it('a newer token that is stored already is used as it is', async () => {
    await bench.refreshed();
    expect(await after(1)).toBe('fresh-1');
    expect(bench.endpoint.refreshes()).toBe(1);
  });

  it('a refresh that is paused stays paused', async () => {
    bench.endpoint.willFail(aFailure(), 3);
    await failureOf(after(1));
    expect(await failureOf(after(1))).toMatchObject({ code: 'token_refresh_failed' });
    expect(bench.endpoint.refreshes()).toBe(3);
  });
});
