import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { FaultSpec } from '../../src/sandbox/faults/fault.js';
import { FaultBench, nth, until } from '../support/fault-bench.js';
import { dayFromNow, type World } from '../support/world.js';

/** The token endpoint, refusing or failing. Numbers are those of the fault matrix. */
describe('faults of the token endpoint', () => {
  let bench: FaultBench;
  let world: World;

  beforeAll(async () => {
    bench = await FaultBench.start();
    world = await bench.world();
    await bench.addBusy(owner(1), dayFromNow(3), '09:00', '10:00');
    await bench.addBusy(owner(2), dayFromNow(3), '16:00', '17:00');
  });

  beforeEach(() => bench.heal());
  afterAll(() => bench?.stop());

  const owner = (index: number): string => nth(world.connections, index).account;
  const connectionOf = (index: number): string => nth(world.connections, index).id;

  /** The connection's token is over, and the endpoint answers its refresh with `effect`. */
  async function expireWith(
    index: number,
    effect: FaultSpec['effect'],
    more: Partial<FaultSpec> = {},
  ): Promise<void> {
    await bench.expire(connectionOf(index));
    bench.fault({ ...more, endpoint: 'token.refresh', account: owner(index), effect });
  }

  const REFUSALS = [
    ['F01', 'invalid_grant', { code: 'invalid_grant', actor: 'user', reason: null }],
    ['F01 (deleted account)', 'account_deleted', { code: 'invalid_grant', actor: 'user', reason: null }],
    ['F03', 'invalid_rapt', { code: 'invalid_grant', actor: 'user', reason: 'invalid_rapt' }],
    ['F03', 'rapt_required', { code: 'invalid_grant', actor: 'user', reason: 'rapt_required' }],
    ['F07', 'admin_policy_enforced', { code: 'admin_policy_enforced', actor: 'admin' }],
    ['F07', 'account_restricted', { code: 'access_denied', actor: 'admin' }],
  ] as const;

  it.each(REFUSALS)('%s: %s on one of five stops that connection only', async (_number, preset, expected) => {
    await expireWith(1, preset);
    const tokensBefore = await bench.connection(connectionOf(1));
    const answer = await bench.availability(world);

    expect(answer.status).toBe(200);
    expect(answer.body.calendar_health).toMatchObject({
      status: 'partial',
      total_calendars: 5,
      successful_calendars: 4,
      failed_calendars: ['Calendar A'],
      token_issues: [owner(1)],
      message: '4/5 calendars checked successfully. 1 need re-authorization',
    });
    expect(answer.body.warnings).toEqual(['Could not check availability for 1 calendar: Calendar A']);
    // Calendar B's 16:00 to 17:00 is respected; of Calendar A nothing is known, so no slot is verified.
    expect(answer.body.total_slots_found).toBe(14);
    expect(
      new Set(answer.body.available_slots.map((slot: { confidence: string }) => slot.confidence)),
    ).toEqual(new Set(['unverified']));
    const row = await bench.connection(connectionOf(1));
    expect(row).toMatchObject({ auth_status: 'needs_reauth', last_error: expected });
    expect(row.refresh_token).toBe(tokensBefore.refresh_token);
    expect(row.refresh_token).not.toBeNull();
    expect(await bench.notifications(connectionOf(1))).toBe(1);
    expect([bench.calls('token', owner(1)), bench.calls('freeBusy', owner(1))]).toEqual([1, 0]);
  });

  it('F01: a hundred requests later nothing more was asked, logged or announced', async () => {
    await expireWith(1, 'invalid_grant');
    const linesBefore = bench.log('connection.needs_reauth', connectionOf(1)).length;
    await Promise.all(Array.from({ length: 20 }, () => bench.availability(world)));
    const callsOfTheFirst = bench.calls('token', owner(1));
    for (let round = 0; round < 5; round += 1)
      await Promise.all(Array.from({ length: 20 }, () => bench.availability(world)));

    expect([callsOfTheFirst, bench.calls('token', owner(1)), bench.calls('freeBusy', owner(1))]).toEqual([
      1, 1, 0,
    ]);
    expect(await bench.notifications(connectionOf(1))).toBe(1);
    const lines = bench.log('connection.needs_reauth', connectionOf(1)).slice(linesBefore);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      level: 'warn',
      code: 'invalid_grant',
      actor: 'user',
      upstream_status: 400,
    });
  });

  it.each([
    ['F02', 'invalid_grant', 'user'],
    ['F03', 'invalid_rapt', 'user'],
    ['F07', 'admin_policy_enforced', 'admin'],
  ] as const)(
    '%s: %s on Main refuses a booking with the way to mend it, and nothing is held',
    async (_number, preset, actor) => {
      await expireWith(0, preset);
      const answer = await bench.book(world);
      expect(answer).toMatchObject({
        status: 401,
        body: {
          code: 'calendar_reauth_required',
          requires_reauth: true,
          reauth_actor: actor,
          error_category: 'token_issues',
          connection_id: connectionOf(0),
          calendar_health: { status: 'partial', failed_calendars: ['Main'] },
        },
      });
      expect(answer.body.reauth_url).toContain('/api/oauth/google/reauthorize?link=');
      expect(await bench.count(`bookings WHERE status IN ('pending', 'confirmed')`)).toBe(0);
      expect([bench.calls('token', owner(0)), bench.calls('events.insert')]).toEqual([1, 0]);

      expect(await bench.book(world)).toMatchObject({
        status: 401,
        body: { code: 'calendar_reauth_required' },
      });
      expect(bench.calls('token', owner(0))).toBe(1);
      const seen = await bench.availability(world);
      expect(seen.body).toMatchObject({ bookable: false, requires_reauth: true });
      expect(await bench.notifications(connectionOf(0))).toBe(1);
    },
  );

  it('a person who asks again on a dead connection is told so each time at once', async () => {
    await expireWith(1, 'invalid_grant');
    for (const calls of [1, 2, 3]) {
      const refreshed = await bench.service.call('POST', `/api/connections/${connectionOf(1)}/refresh`, {
        key: world.key,
      });
      expect(refreshed).toMatchObject({ status: 401, body: { code: 'calendar_reauth_required' } });
      expect(bench.calls('token', owner(1))).toBe(calls);
    }
    expect(await bench.notifications(connectionOf(1))).toBe(1);
  });

  it.each<[FaultSpec['effect']]>([['internal_failure500'], ['unavailable503Html'], [{ kind: 'reset' }]])(
    'F08: %s while the token still works costs nothing',
    async (effect) => {
      await bench.expire(connectionOf(1), 240);
      bench.fault({ endpoint: 'token.refresh', account: owner(1), effect });
      for (let round = 0; round < 3; round += 1) {
        const answer = await bench.availability(world);
        expect(answer).toMatchObject({ status: 200, body: { calendar_health: { status: 'healthy' } } });
      }
      // The early refresh may still be repeating itself when the request is answered.
      await until(async () => (await bench.connection(connectionOf(1))).refresh_failures > 0);
      const row = await bench.connection(connectionOf(1));
      expect(row).toMatchObject({ auth_status: 'active', refresh_failures: 1 });
      expect(row.paused_seconds).toBeGreaterThan(20);
      const tokenCalls = bench.calls('token', owner(1));
      expect(tokenCalls).toBeLessThanOrEqual(3);
      await bench.availability(world);
      expect([bench.calls('token', owner(1)), bench.calls('freeBusy', owner(1))]).toEqual([tokenCalls, 4]);
    },
  );

  it('F09: two failures and a success are one healthy answer', async () => {
    await expireWith(1, 'unavailable503', { times: 2 });
    const before = await bench.connection(connectionOf(1));
    const answer = await bench.availability(world);
    expect(answer).toMatchObject({ status: 200, body: { calendar_health: { status: 'healthy' } } });
    expect(bench.calls('token', owner(1))).toBe(3);
    const after = await bench.connection(connectionOf(1));
    expect(after).toMatchObject({
      token_version: before.token_version + 1,
      last_error: null,
      refresh_failures: 0,
    });
    expect(after.access_token).not.toBe(before.access_token);
  });

  it.each([['unavailable503'], ['invalid_grant_503'], ['backendError500'], ['badGateway502Html']] as const)(
    'F09: %s for ever leaves the connection active, however often',
    async (preset) => {
      await expireWith(0, preset);
      const answer = await bench.availability(world);
      expect(answer.body.calendar_health).toMatchObject({
        status: 'partial',
        failed_calendars: ['Main'],
        token_issues: [],
        message: '4/5 calendars checked successfully. 1 had other issues',
      });
      expect(answer.body.calendar_health.calendars[0]).toMatchObject({
        source: 'none',
        category: 'connection_error',
      });
      expect(answer).toMatchObject({ status: 200, body: { requires_reauth: false } });
      expect(bench.calls('token', owner(0))).toBeLessThanOrEqual(3);

      const booked = await bench.book(world);
      expect(booked).toMatchObject({ status: 503, body: { code: 'calendar_unverifiable' } });
      expect(Number(booked.headers.get('retry-after'))).toBeGreaterThan(0);
      for (let failures = 2; failures <= 4; failures += 1) {
        await bench.db.query('UPDATE connections SET refresh_not_before = NULL WHERE id = $1', [
          connectionOf(0),
        ]);
        await bench.availability(world);
        expect(await bench.connection(connectionOf(0))).toMatchObject({
          auth_status: 'active',
          refresh_failures: failures,
        });
      }
      expect(await bench.notifications(connectionOf(0))).toBe(0);
      expect(bench.calls('events.insert')).toBe(0);
    },
  );
});
