import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { FaultSpec } from '../../src/sandbox/faults/fault.js';
import { FaultBench, nth } from '../support/fault-bench.js';
import type { World } from '../support/world.js';

/** The token endpoint, throttling or answering oddly. Numbers are those of the fault matrix. */
describe('odd answers of the token endpoint', () => {
  let bench: FaultBench;
  let world: World;
  let account: string;
  let connectionId: string;

  beforeAll(async () => {
    bench = await FaultBench.start();
    world = await bench.world({ accounts: 2 });
    ({ account, id: connectionId } = nth(world.connections, 1));
  });

  beforeEach(() => bench.heal());
  afterAll(() => bench?.stop());

  async function expireWith(effect: FaultSpec['effect'], more: Partial<FaultSpec> = {}): Promise<void> {
    await bench.expire(connectionId);
    bench.fault({ ...more, endpoint: 'token.refresh', account, effect });
  }

  function throttled(retryAfter?: string | number): FaultSpec['effect'] {
    const header = retryAfter === undefined ? {} : { retry_after: retryAfter };
    return { kind: 'preset', name: 'token_throttled429', ...header };
  }

  it.each([
    ['Retry-After: 2', () => 2, 1900],
    // An HTTP date has whole seconds only, so up to one of the three is lost.
    ['a date three seconds ahead', () => new Date(Date.now() + 3000).toUTCString(), 1900],
    ['no Retry-After', () => undefined, 0],
  ])('F10: %s is waited for and the answer is healthy', async (_name, retryAfter, atLeastMs) => {
    await expireWith(throttled(retryAfter()), { times: 1 });
    const startedAt = performance.now();
    const answer = await bench.availability(world);
    const took = performance.now() - startedAt;
    expect(answer).toMatchObject({ status: 200, body: { calendar_health: { status: 'healthy' } } });
    expect(took).toBeGreaterThan(atLeastMs);
    expect(bench.calls('token', account)).toBe(2);
  });

  it.each([[86_400], [8]])(
    'F10: Retry-After: %i fails at once, and nobody asks before it is over',
    async (seconds) => {
      await expireWith(throttled(seconds));
      const answer = await bench.availability(world);
      expect(answer.body.calendar_health).toMatchObject({ status: 'partial', token_issues: [] });
      expect(answer.body.calendar_health.calendars[1].category).toBe('connection_error');
      await bench.availability(world);
      await bench.availability(world);
      expect(bench.calls('token', account)).toBe(1);
      const row = await bench.connection(connectionId);
      expect(row.auth_status).toBe('active');
      expect(row.paused_seconds).toBeGreaterThan(Math.max(25, seconds - 20));
    },
  );

  const NOT_A_TOKEN: [string, FaultSpec['effect']][] = [
    ['{}', 'token_without_fields'],
    ['only a token type', { kind: 'respond', status: 200, body: { token_type: 'Bearer' } }],
    ['a captive portal', 'captivePortal200Html'],
    ['a cut body', 'token_cut'],
    ['an empty body', { kind: 'respond', status: 200 }],
    ['a number as token', { kind: 'respond', status: 200, body: { access_token: 123, expires_in: 3599 } }],
    ['an empty token', { kind: 'respond', status: 200, body: { access_token: '', expires_in: 3599 } }],
    ['the word null', { kind: 'respond', status: 200, body: 'null' }],
    [
      'a token that would break a header',
      { kind: 'respond', status: 200, body: { access_token: 'a\r\nb: c' } },
    ],
  ];

  it.each(NOT_A_TOKEN)('F11: %s is no token, and passes like an outage', async (_name, effect) => {
    await expireWith(effect);
    const before = await bench.connection(connectionId);
    const answer = await bench.availability(world);
    expect(answer).toMatchObject({
      status: 200,
      body: { calendar_health: { status: 'partial', failed_calendars: ['Calendar A'], token_issues: [] } },
    });
    expect(answer.body.calendar_health.calendars[1].category).toBe('connection_error');
    const after = await bench.connection(connectionId);
    for (const column of ['access_token', 'refresh_token', 'token_version', 'auth_status'] as const)
      expect(after[column]).toEqual(before[column]);
    expect(bench.calls('freeBusy', account)).toBe(0);
    expect(bench.google.state.requests.list().filter((call) => call.authorization === 'broken')).toEqual([]);
    expect(bench.service.output()).not.toMatch(/unhandled/i);
  });

  it('F11: one stray answer is made up for by the repeat', async () => {
    await expireWith('captivePortal200Html', { times: 1 });
    expect((await bench.availability(world)).body.calendar_health.status).toBe('healthy');
    expect(bench.calls('token', account)).toBe(2);
  });

  it.each<[string, unknown, number, number]>([
    ['missing', undefined, 250, 300],
    ['"3599"', '3599', 3500, 3599],
    ['0', 0, 250, 300],
    ['-5', -5, 250, 300],
    ['true', true, 250, 300],
    ['60', 60, 50, 60],
    ['1e12', 1e12, 86_000, 86_400],
  ])('F12: expires_in %s is lived with', async (_name, expiresIn, atLeast, atMost) => {
    await expireWith({
      kind: 'patch_body',
      ...(expiresIn === undefined ? { unset: ['expires_in'] } : { set: { expires_in: expiresIn } }),
    });
    for (let round = 0; round < 4; round += 1)
      expect((await bench.availability(world)).body.calendar_health.status).toBe('healthy');
    // No refresh loop: the new token is used, however short it lives.
    expect(bench.calls('token', account)).toBe(1);
    const { lifetime_seconds: lifetime } = await bench.connection(connectionId);
    expect(lifetime).toBeGreaterThan(atLeast);
    expect(lifetime).toBeLessThanOrEqual(atMost);
  });

  it('F12: expiry counts from when the request was sent', async () => {
    await expireWith({ kind: 'latency', ms: 1500 });
    await bench.availability(world);
    expect((await bench.connection(connectionId)).lifetime_seconds).toBeLessThan(3599 - 1.4);
  });

  it('F14: a refresh without a new refresh token keeps the stored one', async () => {
    const before = await bench.connection(connectionId);
    await bench.expire(connectionId);
    expect((await bench.availability(world)).body.calendar_health.status).toBe('healthy');
    const after = await bench.connection(connectionId);
    expect(after.refresh_token).toBe(before.refresh_token);
    expect(after).toMatchObject({ token_version: before.token_version + 1 });
  });
});
