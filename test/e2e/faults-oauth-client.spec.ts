import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { FaultSpec } from '../../src/sandbox/faults/fault.js';
import { SANDBOX_CLIENT_SECRET } from '../../src/sandbox/google-server.js';
import { sandboxClient } from '../../src/sandbox/state/clients.js';
import { FaultBench, nth, until } from '../support/fault-bench.js';
import type { LogLine, Service } from '../support/service.js';
import { control, type World } from '../support/world.js';

const NEVER = '0 0 29 2 *';
/** A process that looks after the OAuth client, at its start as on its schedule, and does no other job. */
const SCHEDULED = {
  SCHEDULER_ENABLED: 'true',
  HEALTH_CHECK_CRON: NEVER,
  TOKEN_REFRESH_CRON: NEVER,
  CLEANUP_CRON: NEVER,
  RECONCILE_CRON: NEVER,
};
const HEALTHY = { status: 200, body: { calendar_health: { status: 'healthy' } } };

/** Google refuses the service's own OAuth client. Numbers are those of the fault matrix. */
describe('faults of the OAuth client, over two processes', () => {
  let bench: FaultBench;
  let one: Service;
  let other: Service;
  let world: World;
  let processes: Service[];

  beforeAll(async () => {
    bench = await FaultBench.start();
    [one, other] = [bench.service, await bench.another()];
    world = await bench.world();
  });

  beforeEach(async () => {
    await bench.heal();
    await bench.db.query('DELETE FROM oauth_clients');
    await bench.db.query('DELETE FROM operator_alerts');
    processes = [one, other];
    for (const { id, account } of world.connections) {
      await bench.expire(id);
      await control(bench.google, 'POST', '/sandbox/tokens/expire', { account });
    }
    bench.google.state.requests.clear();
  });

  afterAll(() => bench?.stop());

  const ids = (): string[] => world.connections.map(({ id }) => id);
  const asked = (): number => bench.calls('token');
  const lines = (event: string, code: string): LogLine[] =>
    processes.flatMap((service) =>
      service.log().filter((line) => line.event === event && line['code'] === code),
    );
  const active = (): Promise<number> => bench.count(`connections WHERE auth_status = 'active'`);
  const refuse = (effect: FaultSpec['effect'], account?: string): void =>
    bench.fault({ endpoint: 'token.refresh', effect, ...(account === undefined ? {} : { account }) });
  const secretAtGoogle = (secret: string): Promise<unknown> =>
    control(bench.google, 'POST', '/sandbox/settings', { client_secret: secret });
  /** How often the connections have met it, by what is stored. */
  const met = (): Promise<number> =>
    bench.count(`connections, generate_series(1, (last_error->>'count')::int)`);
  const due = (): Promise<unknown> => bench.db.query('UPDATE oauth_clients SET next_probe_at = now()');

  /** One more process looks after the client until `isSo`, and ends. */
  async function lookAfter(isSo: () => boolean | Promise<boolean>): Promise<void> {
    const service = await bench.another(SCHEDULED);
    processes.push(service);
    await until(isSo);
    await service.stop();
  }

  /** The same when a probe is due; the client is refused again. */
  async function probeInVain(): Promise<void> {
    const before = await met();
    await due();
    await lookAfter(async () => (await met()) > before);
  }

  /** Every request at either process meets it, and not one of them makes more of it than it is. */
  async function expectAllStopped(code: string, calls: number): Promise<void> {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => bench.availability(world, undefined, n % 2 === 0 ? one : other)),
    );
    for (const answer of answers)
      expect(answer).toMatchObject({
        status: 200,
        body: {
          available_slots: [],
          bookable: false,
          requires_reauth: true,
          calendar_health: {
            status: 'critical',
            token_issues: world.connections.map(({ account }) => account),
            message: '0/5 calendars checked successfully. 5 need re-authorization',
          },
        },
      });
    expect(answers[0]?.body.calendar_health.calendars[0]).toMatchObject({
      source: 'none',
      category: 'provider_misconfigured',
    });
    expect(await bench.book(world)).toMatchObject({
      status: 401,
      body: { requires_reauth: true, reauth_actor: 'operator', reauth_url: null, calendar_health: {} },
    });
    for (const id of ids())
      expect(await bench.connection(id)).toMatchObject({
        auth_status: 'needs_reauth',
        last_error: { code, actor: 'operator', category: 'provider_misconfigured' },
        refresh_token: expect.any(String),
      });
    expect(asked()).toBeLessThanOrEqual(calls);
    expect(bench.calls('freeBusy') + bench.calls('events')).toBe(0);
    expect(lines('connection.needs_reauth', code).map(({ level }) => level)).toEqual(Array(5).fill('warn'));
    await expectTold(code);
  }

  /** Users of nothing, and the operator once. */
  async function expectTold(code: string): Promise<void> {
    expect(await bench.count(`connection_events WHERE failure->>'actor' <> 'operator'`)).toBe(0);
    expect(lines('operator.alert', code).map(({ level }) => level)).toEqual(['error']);
  }

  async function expectAllBack(code: string, at = [one, other]): Promise<void> {
    for (const service of at)
      expect(await bench.availability(world, undefined, service)).toMatchObject(HEALTHY);
    for (const id of ids())
      expect(await bench.connection(id)).toMatchObject({ auth_status: 'active', last_error: null });
    expect(await bench.count(`connection_events WHERE kind = 'recovered'`)).toBe(5);
    await expectTold(code);
  }

  it('F05: a wrong secret costs one probe in five minutes, and a restart with the right one mends all', async () => {
    await secretAtGoogle('renewed');
    await expectAllStopped('invalid_client', 5);
    const atFirst = asked();
    // The first of these finds that no probe is due; the second one takes it.
    await lookAfter(() => true);
    await probeInVain();
    await bench.availability(world);
    expect(asked()).toBe(atFirst + 1);
    expect(await active()).toBe(0);

    const restarted = await bench.another({ ...SCHEDULED, GOOGLE_CLIENT_SECRET: 'renewed' });
    processes.push(restarted);
    await until(async () => (await active()) === 5);
    expect(asked()).toBe(atFirst + 2);
    await expectAllBack('invalid_client', [restarted]);
    await restarted.stop();
    await secretAtGoogle(SANDBOX_CLIENT_SECRET);
  });

  it('F06: a deleted client is met once, and its return mends all without a restart', async () => {
    refuse('deleted_client');
    await expectAllStopped('deleted_client', 5);
    const atFirst = asked();
    bench.google.state.faults.clear();
    await due();
    await lookAfter(async () => (await active()) === 5);
    expect(asked()).toBe(atFirst + 1);
    await expectAllBack('deleted_client');
  });

  it('F06: a client that may not refresh, by 400 or 401, is met once by each, and each comes back by itself', async () => {
    refuse('unauthorized_client400', nth(world.connections, 0).account);
    refuse('unauthorized_client400', nth(world.connections, 1).account);
    refuse('unauthorized_client');
    await expectAllStopped('unauthorized_client', 5);
    expect(asked()).toBe(5);
    await probeInVain();
    expect([asked(), await active()]).toEqual([6, 0]);

    bench.google.state.faults.clear();
    await due();
    await lookAfter(async () => (await active()) === 5);
    expect(asked()).toBe(6 + 5);
    await expectAllBack('unauthorized_client');
  });

  it('F06: a token of another client stays stopped, without one more alert, whatever works for others', async () => {
    const { id, account } = nth(world.connections, 1);
    refuse('unauthorized_client', account);
    for (const service of [one, other])
      expect((await bench.availability(world, undefined, service)).body.calendar_health).toMatchObject({
        status: 'partial',
        token_issues: [account],
      });
    const refresh = (connection: string): Promise<unknown> =>
      one.call('POST', `/api/connections/${connection}/refresh`, { key: world.key });
    for (const index of [0, 2])
      expect(await refresh(nth(world.connections, index).id)).toMatchObject({ status: 200 });
    const before = bench.calls('token', account);
    await probeInVain();
    expect((await bench.availability(world)).body.calendar_health.token_issues).toEqual([account]);
    expect(bench.calls('token', account)).toBe(before + 1);
    expect(await bench.connection(id)).toMatchObject({
      auth_status: 'needs_reauth',
      last_error: { code: 'unauthorized_client', count: 2 },
    });
    expect(await bench.notifications(id)).toBe(1);
  });

  it('F06: with the right client configured again, all come back at once', async () => {
    const another = { ...sandboxClient(), id: 'another.apps.googleusercontent.com', secret: 'its-secret' };
    bench.google.state.clients.set(another.id, another);
    const mistaken = await bench.another({
      GOOGLE_CLIENT_ID: another.id,
      GOOGLE_CLIENT_SECRET: another.secret,
    });
    processes = [mistaken];
    expect(await bench.availability(world, undefined, mistaken)).toMatchObject({
      status: 200,
      body: { available_slots: [], calendar_health: { status: 'critical' } },
    });
    expect([asked(), await active()]).toEqual([5, 0]);
    await mistaken.stop();

    await lookAfter(async () => (await active()) === 5);
    expect(asked()).toBe(5 + 5);
    await expectAllBack('unauthorized_client');
  });
});
