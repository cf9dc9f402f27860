import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { LoggedRequest } from '../../src/sandbox/request-log.js';
import { ConsentFlow } from '../support/consent-flow.js';
import { FaultBench, nth, until } from '../support/fault-bench.js';
import type { Answer, Service } from '../support/service.js';
import { control, type World } from '../support/world.js';

const HEALTHY = { status: 200, body: { calendar_health: { status: 'healthy' } } };
const PARTIAL = {
  status: 200,
  body: { calendar_health: { status: 'partial', failed_calendars: ['Calendar A'], token_issues: [] } },
};

/** More time than requests have by default: two hundred at once may be slow, but not one may fail. */
const PATIENT = { PROVIDER_DEADLINE_MS: '15000', PROVIDER_TIMEOUT_MS: '10000', LOG_LEVEL: 'info' };

/** Two processes, one database, one Google. Numbers are those of the fault matrix. */
describe('one token that two processes want to refresh', () => {
  let bench: FaultBench;
  let other: Service;
  let world: World;
  let stranger: World;
  let account: string;
  let connectionId: string;

  beforeAll(async () => {
    bench = await FaultBench.start(PATIENT);
    [other, stranger] = await Promise.all([bench.another(PATIENT), bench.world({ accounts: 1 })]);
  });

  beforeEach(async () => {
    await bench.heal();
    await settle(2);
  });

  /** New accounts, so that no test is slowed down by what another used up of a quota; the last one's token is asked for. */
  async function settle(accounts: number): Promise<void> {
    world = await bench.world({ accounts });
    ({ account, id: connectionId } = nth(world.connections, accounts - 1));
    bench.google.state.requests.clear();
  }

  afterAll(() => bench?.stop());

  const tokenCalls = (): LoggedRequest[] => bench.google.state.requests.list({ endpoint: 'token', account });
  const ask = (at: Service): Promise<Answer> => bench.availability(world, undefined, at);
  /** `count` requests at once, every other one at the other process. */
  const flood = (count: number): Promise<Answer[]> =>
    Promise.all(Array.from({ length: count }, (_, n) => ask(n % 2 === 0 ? bench.service : other)));

  /** The token is over for the service and for Google, so that only a fresh one can be used. */
  async function expire(): Promise<void> {
    await bench.expire(connectionId);
    await control(bench.google, 'POST', '/sandbox/tokens/expire', { account });
  }

  it('F61: two hundred requests refresh it once, all succeed with it, and nobody else waits', async () => {
    await settle(1);
    await expire();
    bench.fault({ endpoint: 'token.refresh', account, effect: { kind: 'latency', ms: 4000 } });
    const { token_version: version } = await bench.connection(connectionId);
    const answers = flood(200);
    await until(() => tokenCalls().length === 1);
    const unrelated = await Promise.all(
      [bench.service, other].flatMap((service) => [
        service.call('GET', '/api/health/ready', { key: null }),
        service.call('GET', '/api/connections', { key: stranger.key }),
      ]),
    );
    // Who waits for the token keeps no pooled connection, or these would have waited for one in vain.
    expect(unrelated.map(({ status }) => status)).toEqual([200, 200, 200, 200]);

    for (const answer of await answers) expect(answer).toMatchObject(HEALTHY);
    expect(tokenCalls().map(({ status }) => status)).toEqual([200]);
    expect(await bench.connection(connectionId)).toMatchObject({ token_version: version + 1 });
    const reads = bench.google.state.requests.list({ endpoint: 'freeBusy', account });
    expect(new Set(reads.map(({ status }) => status))).toEqual(new Set([200]));
  });

  it('F61: two hundred requests that cannot have it ask three times, and then both wait', async () => {
    await expire();
    bench.fault({ endpoint: 'token.refresh', account, effect: 'unavailable503' });
    for (const answer of await flood(200)) expect(answer).toMatchObject(PARTIAL);
    const asked = tokenCalls().length;
    expect(asked).toBeLessThanOrEqual(3);
    const row = await bench.connection(connectionId);
    expect(row).toMatchObject({ auth_status: 'active', refresh_failures: 1 });
    expect(row.paused_seconds).toBeGreaterThan(15);
    for (const answer of await flood(6)) expect(answer).toMatchObject(PARTIAL);
    expect(tokenCalls()).toHaveLength(asked);

    bench.google.state.faults.clear();
    await bench.endPause(connectionId);
    for (const answer of await flood(6)) expect(answer).toMatchObject(HEALTHY);
    expect(tokenCalls()).toHaveLength(asked + 1);
  });

  it('F08: a token that still works serves both processes while its refresh fails', async () => {
    await bench.expire(connectionId, 240);
    bench.fault({ endpoint: 'token.refresh', account, effect: 'internal_failure500' });
    for (let round = 0; round < 3; round += 1)
      for (const answer of await flood(20)) expect(answer).toMatchObject(HEALTHY);
    await until(async () => (await bench.connection(connectionId)).refresh_failures > 0);
    for (const answer of await flood(10)) expect(answer).toMatchObject(HEALTHY);
    expect(tokenCalls().length).toBeLessThanOrEqual(3);
    expect(await bench.connection(connectionId)).toMatchObject({
      auth_status: 'active',
      refresh_failures: 1,
    });
  });

  it('F10: what one process was told to wait, the other waits as well', async () => {
    await expire();
    bench.fault({
      endpoint: 'token.refresh',
      account,
      effect: { kind: 'preset', name: 'token_throttled429', retry_after: 600 },
    });
    expect(await ask(bench.service)).toMatchObject(PARTIAL);
    expect((await bench.connection(connectionId)).paused_seconds).toBeGreaterThan(580);
    for (const answer of await flood(6)) expect(answer).toMatchObject(PARTIAL);
    expect(await ask(other)).toMatchObject(PARTIAL);
    expect(tokenCalls()).toHaveLength(1);
    expect(await bench.connection(connectionId)).toMatchObject({ auth_status: 'active' });
  });

  it('F04: a refusal of a token that a new consent has replaced meanwhile stops nothing', async () => {
    await expire();
    bench.fault({ endpoint: 'token.refresh', account, times: 1, effect: { kind: 'latency', ms: 2000 } });
    bench.fault({ endpoint: 'token.refresh', account, times: 1, effect: 'invalid_grant' });
    const answer = ask(bench.service);
    await until(() => tokenCalls().length === 1);
    const flow = new ConsentFlow(bench, world.key, other);
    expect(await flow.visit(await flow.consent({}, { account }))).toMatchObject({ status: 200 });
    expect(tokenCalls().filter(({ status }) => status === 400)).toEqual([]);
    expect(await answer).toMatchObject(HEALTHY);
    expect(bench.calls('token.refresh', account)).toBe(1);
    expect(await bench.connection(connectionId)).toMatchObject({ auth_status: 'active', last_error: null });
    await until(() => bench.log('token.superseded', connectionId).length === 1);
  });

  describe('with a provider that rotates refresh tokens', () => {
    const rotate = (on: boolean): Promise<unknown> =>
      control(bench.google, 'POST', '/sandbox/settings', { rotate_refresh_tokens: on });
    beforeAll(() => rotate(true));
    afterAll(() => rotate(false));

    it('F13: ten refreshes by turns each send the newest refresh token', async () => {
      const before = await bench.connection(connectionId);
      const seen = new Set([before.refresh_token]);
      for (let round = 1; round <= 10; round += 1) {
        await expire();
        expect(await ask(round % 2 === 0 ? other : bench.service)).toMatchObject(HEALTHY);
        const row = await bench.connection(connectionId);
        expect(row).toMatchObject({ auth_status: 'active', token_version: before.token_version + round });
        seen.add(row.refresh_token);
      }
      expect(seen.size).toBe(11);
      // Each rotation ends the token before it, so a refresh with any but the newest would be refused.
      expect(tokenCalls().map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    });

    it('F04: a refusal of a token that the other process has used up meanwhile stops nothing', async () => {
      await expire();
      bench.fault({ endpoint: 'token.refresh', account, times: 1, effect: { kind: 'latency', ms: 2000 } });
      const answer = ask(bench.service);
      await until(() => tokenCalls().length === 1);
      await bench.lapse(connectionId);
      expect(await ask(other)).toMatchObject(HEALTHY);
      expect(await answer).toMatchObject(HEALTHY);
      expect(tokenCalls().map(({ status }) => status)).toEqual([400, 200]);
      expect(await bench.connection(connectionId)).toMatchObject({ auth_status: 'active', last_error: null });
    });

    it('F04: a refusal that a late leader gets while the next one is at it stops nothing', async () => {
      await expire();
      bench.fault({ endpoint: 'token.refresh', account, times: 1, effect: { kind: 'latency', ms: 1500 } });
      // The second call takes effect at once, and its answer comes in pieces, after the first one's refusal.
      const pieces = { kind: 'drip', ms: 800, bytes: 400 } as const;
      bench.fault({ endpoint: 'token.refresh', account, skip: 1, times: 1, effect: pieces });
      const answer = ask(bench.service);
      await until(() => tokenCalls().length === 1);
      await bench.lapse(connectionId);
      const answers = [answer, ask(other)];
      await until(() => tokenCalls().length === 2);
      expect(tokenCalls().map(({ status }) => status)).toEqual([null, 200]);
      for (const seen of await Promise.all(answers))
        expect(seen.body.calendar_health.token_issues).toEqual([]);
      expect(tokenCalls().map(({ status }) => status)).toEqual([400, 200]);
      expect(await bench.connection(connectionId)).toMatchObject({ auth_status: 'active', last_error: null });
      expect(await ask(bench.service)).toMatchObject(HEALTHY);
    });
  });
});
