import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { FaultSpec } from '../../src/sandbox/faults/fault.js';
import { FaultBench, nth, until } from '../support/fault-bench.js';
import { control, type World } from '../support/world.js';

/** Free/busy refused or failing as a whole. Numbers are those of the fault matrix. */
describe('faults of free/busy', () => {
  let bench: FaultBench;
  let world: World;

  beforeAll(async () => {
    bench = await FaultBench.start();
    world = await bench.world();
  });

  beforeEach(() => bench.heal());
  afterAll(() => bench?.stop());

  const owner = (index: number): string => nth(world.connections, index).account;
  const connectionOf = (index: number): string => nth(world.connections, index).id;
  const calls = (index: number): number[] => [
    bench.calls('freeBusy', owner(index)),
    bench.calls('token', owner(index)),
  ];

  function strike(index: number, effect: FaultSpec['effect'], more: Partial<FaultSpec> = {}): void {
    bench.fault({ ...more, endpoint: 'freeBusy', account: owner(index), effect });
  }

  it('F17: a rejected token is refreshed once, and the answer is healthy', async () => {
    strike(1, 'authError401', { times: 1 });
    const answer = await bench.availability(world);
    expect(answer).toMatchObject({ status: 200, body: { calendar_health: { status: 'healthy' } } });
    expect(calls(1)).toEqual([2, 1]);
  });

  it('F17: fifty requests that meet the 401 at once share one refresh', async () => {
    await control(bench.google, 'POST', '/sandbox/tokens/expire', { account: owner(1) });
    bench.fault({ endpoint: 'token.refresh', account: owner(1), effect: { kind: 'latency', ms: 300 } });
    const answers = await Promise.all(Array.from({ length: 50 }, () => bench.availability(world)));
    expect(answers.map(({ body }) => body.calendar_health.status)).toEqual(Array(50).fill('healthy'));
    expect(bench.calls('token', owner(1))).toBe(1);
  });

  it('F17: while refreshing fails, rejected tokens do not bring it more load', async () => {
    await control(bench.google, 'POST', '/sandbox/tokens/expire', { account: owner(1) });
    bench.fault({ endpoint: 'token.refresh', account: owner(1), effect: 'unavailable503' });
    for (let round = 0; round < 4; round += 1)
      expect((await bench.availability(world)).body.calendar_health).toMatchObject({ token_issues: [] });
    expect(bench.calls('token', owner(1))).toBeLessThanOrEqual(3);
    expect(await bench.connection(connectionOf(1))).toMatchObject({ auth_status: 'active' });
  });

  it.each([
    ['F18', 'authError401', { code: 'invalid_token', category: 'expired_tokens' }, [2, 1]],
    ['F21', 'insufficientScope403', { code: 'insufficient_scope', category: 'permission_error' }, [1, 0]],
  ] as const)(
    '%s: %s for ever stops the connection, without a loop',
    async (_number, preset, error, asked) => {
      strike(0, preset);
      const answer = await bench.availability(world);
      expect(answer).toMatchObject({
        status: 200,
        body: {
          bookable: false,
          requires_reauth: true,
          calendar_health: {
            status: 'partial',
            failed_calendars: ['Main'],
            token_issues: [owner(0)],
            message: '4/5 calendars checked successfully. 1 need re-authorization',
          },
        },
      });
      expect(await bench.connection(connectionOf(0))).toMatchObject({
        auth_status: 'needs_reauth',
        last_error: { ...error, actor: 'user' },
      });
      expect(await bench.book(world)).toMatchObject({ status: 401, body: { reauth_actor: 'user' } });
      await bench.availability(world);
      expect(calls(0)).toEqual(asked);
      expect(await bench.notifications(connectionOf(0))).toBe(1);
    },
  );

  const PASSING = [
    ['F19', 'rateLimitExceeded403', 'rate_limited'],
    ['F19', 'userRateLimitExceeded', 'rate_limited'],
    ['F19', 'tooMany429', 'rate_limited'],
    ['F19', 'userRateLimitExceeded429', 'rate_limited'],
    ['F30', 'backendError500', 'connection_error'],
    ['F30', 'badGateway502Html', 'connection_error'],
    ['F30', 'unavailable503', 'connection_error'],
    ['F30', 'gatewayTimeout504Html', 'connection_error'],
  ] as const;

  it.each(PASSING)(
    '%s: %s is repeated, then costs one calendar and no token',
    async (_number, preset, category) => {
      strike(0, preset);
      const answer = await bench.availability(world);
      expect(answer).toMatchObject({
        status: 200,
        body: {
          requires_reauth: false,
          calendar_health: {
            status: 'partial',
            successful_calendars: 4,
            failed_calendars: ['Main'],
            token_issues: [],
          },
        },
      });
      expect(answer.body.calendar_health.calendars[0]).toMatchObject({ source: 'none', category });
      expect(calls(0)[0]).toBe(3);
      expect(calls(0)[1]).toBe(0);
      expect(await bench.connection(connectionOf(0))).toMatchObject({ auth_status: 'active' });
      const booked = await bench.book(world);
      expect(booked).toMatchObject({ status: 503, body: { code: 'calendar_unverifiable' } });
      expect(Number(booked.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(bench.calls('events.insert')).toBe(0);
    },
  );

  it.each([
    ['F19', 'tooMany429'],
    ['F30', 'unavailable503'],
  ] as const)('%s: %s twice is made up for', async (_number, preset) => {
    strike(1, preset, { times: 2 });
    expect((await bench.availability(world)).body.calendar_health.status).toBe('healthy');
    expect(calls(1)).toEqual([3, 0]);
  });

  it('F19: a Retry-After that fits is waited for; a longer one leaves the account alone that long', async () => {
    strike(1, { kind: 'preset', name: 'tooMany429', retry_after: 1 }, { times: 1 });
    const startedAt = performance.now();
    expect((await bench.availability(world)).body.calendar_health.status).toBe('healthy');
    expect(performance.now() - startedAt).toBeGreaterThan(950);

    strike(1, { kind: 'preset', name: 'tooMany429', retry_after: 600 });
    bench.google.state.requests.clear();
    for (let round = 0; round < 3; round += 1)
      expect((await bench.availability(world)).body.calendar_health.calendars[1].category).toBe(
        'rate_limited',
      );
    expect(calls(1)).toEqual([1, 0]);
  });

  it.each([['quotaExceeded'], ['dailyLimitExceeded']] as const)(
    'F20: %s stops all calls of the connection for a quarter of an hour',
    async (preset) => {
      strike(0, preset);
      const booked = await bench.book(world);
      expect(booked).toMatchObject({
        status: 503,
        body: { code: 'calendar_unverifiable', retry_after_seconds: 900 },
      });
      expect(booked.headers.get('retry-after')).toBe('900');
      const answer = await bench.availability(world);
      expect(answer.body.calendar_health).toMatchObject({ status: 'partial', token_issues: [] });
      expect(answer.body.calendar_health.calendars[0].category).toBe('rate_limited');
      const again = await bench.book(world);
      expect(again.status).toBe(503);
      expect(Number(again.headers.get('retry-after'))).toBeGreaterThan(880);
      expect(calls(0)).toEqual([1, 0]);
      expect(await bench.connection(connectionOf(0))).toMatchObject({
        auth_status: 'active',
        last_error: { code: preset, actor: 'operator' },
      });
      expect(bench.log('operator.alert').filter((line) => line['code'] === preset)).toHaveLength(1);
    },
  );

  it('F22: a switched-off API is the operator’s to mend, once, and no user hears of it', async () => {
    for (const index of [0, 1, 2]) strike(index, 'accessNotConfigured403');
    const answer = await bench.availability(world);
    expect(answer).toMatchObject({
      status: 200,
      body: { requires_reauth: false, calendar_health: { status: 'critical', token_issues: [] } },
    });
    expect(answer.body.calendar_health.calendars[0].category).toBe('provider_misconfigured');
    expect(calls(0)).toEqual([1, 0]);
    expect(await bench.connection(connectionOf(0))).toMatchObject({ auth_status: 'active' });
    expect((await bench.book(world)).status).toBe(503);
    expect(await bench.count('connection_events')).toBe(0);
    const alerts = bench.log('operator.alert').filter((line) => line['code'] === 'SERVICE_DISABLED');
    expect(alerts).toHaveLength(1);
    expect(alerts[0]).toMatchObject({
      level: 'error',
      class: 'provider_misconfigured',
      upstream_status: 403,
    });
  });

  it.each([
    ['F23', 'forbidden403', 'permission_error', 403, 'calendar_permission_denied'],
    ['F24', 'notFound404', 'calendar_not_found', 409, 'calendar_gone'],
  ] as const)(
    '%s: %s is about the calendar, not the account',
    async (_number, preset, category, status, code) => {
      strike(0, preset);
      const answer = await bench.availability(world);
      expect(answer).toMatchObject({
        status: 200,
        body: { calendar_health: { status: 'partial', failed_calendars: ['Main'], token_issues: [] } },
      });
      expect(answer.body.calendar_health.calendars[0].category).toBe(category);
      expect(calls(0)).toEqual([1, 0]);
      expect(await bench.connection(connectionOf(0))).toMatchObject({ auth_status: 'active' });
      expect(await bench.book(world)).toMatchObject({ status, body: { code } });
      expect(bench.calls('events.insert')).toBe(0);
    },
  );

  it('F23: a calendar that may be read but not written refuses the booking once, and frees the time', async () => {
    bench.fault({ endpoint: 'events.insert', account: owner(0), effect: 'requiredAccessLevel403' });
    expect(await bench.book(world)).toMatchObject({
      status: 403,
      body: { code: 'calendar_permission_denied' },
    });
    expect(bench.calls('events.insert')).toBe(1);
    bench.google.state.faults.clear();
    expect((await bench.book(world)).status).toBe(201);
  });

  it('F30: when every calendar fails and nothing is known, the answer is 503 with a pause', async () => {
    bench.fault({ endpoint: 'freeBusy', effect: 'backendError500' });
    const answer = await bench.availability(world);
    expect(answer).toMatchObject({
      status: 503,
      body: {
        code: 'provider_unavailable',
        error_category: 'system_error',
        calendar_health: { status: 'critical', successful_calendars: 0, token_issues: [] },
      },
    });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    for (const { account } of world.connections)
      expect(bench.calls('freeBusy', account)).toBeLessThanOrEqual(3);
    const lines = (): unknown[] =>
      bench.service.log().filter((line) => line['request_id'] === answer.body.request_id);
    await until(() => lines().length > 0);
    expect(lines()).toEqual([
      expect.objectContaining({
        level: 'warn',
        event: 'request.failed',
        class: 'connection_error',
        upstream_status: 500,
        status: 503,
      }),
    ]);
    expect(await bench.count(`connections WHERE auth_status <> 'active'`)).toBe(0);
  });

  it('F33: when every connection waits for its owner, the answer says so without a call', async () => {
    await bench.db.query(
      `UPDATE connections SET auth_status = 'needs_reauth', last_error = jsonb_build_object('category',
        'expired_tokens', 'code', 'invalid_grant', 'actor', 'user', 'needsReauth', true, 'at', 0, 'count', 1)`,
    );
    const answer = await bench.availability(world);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        available_slots: [],
        total_slots_found: 0,
        no_slots_reason: 'calendars_unverified',
        bookable: false,
        requires_reauth: true,
        calendar_health: {
          status: 'critical',
          successful_calendars: 0,
          token_issues: world.connections.map(({ account }) => account),
          message: '0/5 calendars checked successfully. 5 need re-authorization',
        },
      },
    });
    expect(bench.google.state.requests.count()).toBe(0);
  });
});
