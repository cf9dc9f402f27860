import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { FaultSpec } from '../../src/sandbox/faults/fault.js';
import type { LoggedRequest } from '../../src/sandbox/request-log.js';
import { ConsentFlow } from '../support/consent-flow.js';
import { FaultBench, nth, until } from '../support/fault-bench.js';
import type { Answer, Service } from '../support/service.js';
import { connectAccount, control, type World } from '../support/world.js';

const HEALTHY = { status: 200, body: { calendar_health: { status: 'healthy' } } };
const ACTIVE = { auth_status: 'active', last_error: null };
/** Google gives new tokens, and the answer never arrives. */
const ANSWER_LOST: FaultSpec['effect'] = { kind: 'accept_then' };
const NEVER_ANSWERED: FaultSpec['effect'] = { kind: 'hang' };

/** Processes that die while they refresh a token. Numbers are those of the fault matrix. */
describe('a process that dies in a refresh', () => {
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

  const ask = (at = bench.service): Promise<Answer> => bench.availability(world, undefined, at);
  const tokenCalls = (): LoggedRequest[] => bench.google.state.requests.list({ endpoint: 'token', account });
  const settings = (body: object): Promise<unknown> =>
    control(bench.google, 'POST', '/sandbox/settings', body);

  /** The token is over for the service and for Google, so that only a fresh one can be used. */
  async function expire(): Promise<void> {
    await bench.expire(connectionId);
    await control(bench.google, 'POST', '/sandbox/tokens/expire', { account });
  }

  /** A process refreshes the token, and is killed as soon as it got as far as `reached`. */
  async function killLeader(fault: FaultSpec, reached: () => boolean | Promise<boolean>): Promise<void> {
    const leader = await bench.another();
    await expire();
    bench.fault({ account, times: 1, ...fault });
    const outcome = ask(leader).then(
      () => 'answered',
      () => 'lost',
    );
    await until(reached);
    await leader.kill();
    bench.google.state.faults.clear();
    expect(await outcome).toBe('lost');
  }

  /** How long the dead leader's lease still holds, by the clock of the database. */
  async function leaseSeconds(): Promise<number | null> {
    const { rows } = await bench.db.query<{ seconds: number | null }>(
      `SELECT extract(epoch FROM refresh_lease_until - now())::float8 AS seconds FROM connections WHERE id = $1`,
      [connectionId],
    );
    return nth(rows, 0).seconds;
  }

  /** The lease that the dead leader left behind ends within 15 s; that time is over now. */
  async function outliveLease(): Promise<void> {
    const seconds = await leaseSeconds();
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(15);
    await bench.lapse(connectionId);
  }

  const refreshesAndWorks = async (): Promise<void> => {
    await expire();
    expect(await ask()).toMatchObject(HEALTHY);
  };

  it.each([
    ['before Google took the call', NEVER_ANSWERED, false],
    ['after Google answered, before the write', ANSWER_LOST, true],
  ] as const)('F55: killed %s: the next request refreshes', async (_moment, effect, taken) => {
    const { token_version: version } = await bench.connection(connectionId);
    await killLeader({ endpoint: 'token.refresh', effect }, () => nthCallIs(0, taken));
    await outliveLease();
    expect(await ask()).toMatchObject(HEALTHY);
    expect(tokenCalls().map(({ status }) => status)).toEqual([null, 200]);
    expect(await bench.connection(connectionId)).toMatchObject({ ...ACTIVE, token_version: version + 1 });
    expect(await bench.notifications(connectionId)).toBe(0);
    await refreshesAndWorks();
  });

  /** The call has arrived and, when `taken`, taken effect. */
  const nthCallIs = (index: number, taken: boolean): boolean => tokenCalls()[index]?.committed === taken;

  it('F55: killed right after the write: the next request uses what was written', async () => {
    const { token_version: version } = await bench.connection(connectionId);
    const isWritten = async (): Promise<boolean> =>
      (await bench.connection(connectionId)).token_version > version;
    await killLeader({ endpoint: 'freeBusy', effect: NEVER_ANSWERED }, isWritten);
    expect(await leaseSeconds()).toBeNull();
    expect(await ask()).toMatchObject(HEALTHY);
    expect(tokenCalls()).toHaveLength(1);
    expect(await bench.connection(connectionId)).toMatchObject({ ...ACTIVE, token_version: version + 1 });
    await refreshesAndWorks();
  });

  describe('when refresh tokens rotate and may be used again for a while', () => {
    beforeEach(() => settings({ rotate_refresh_tokens: true, rotation_grace_seconds: 60 }));
    afterEach(() => settings({ rotate_refresh_tokens: false, rotation_grace_seconds: 0 }));

    it('F55: an answer that died with its process is made up for, and the newest token stays', async () => {
      await killLeader({ endpoint: 'token.refresh', effect: ANSWER_LOST }, () => nthCallIs(0, true));
      await outliveLease();
      expect(await ask()).toMatchObject(HEALTHY);
      expect(await bench.connection(connectionId)).toMatchObject(ACTIVE);
      endGracePeriods();
      await refreshesAndWorks();
      expect(tokenCalls().map(({ status }) => status)).toEqual([null, 200, 200]);
    });

    it('F55: a leader that comes back late changes nothing, and uses the newer token', async () => {
      const { token_version: version } = await bench.connection(connectionId);
      const late = await bench.another();
      await expire();
      bench.fault({ endpoint: 'token.refresh', account, times: 1, effect: { kind: 'latency', ms: 500 } });
      const answer = ask(late);
      await until(() => tokenCalls().length === 1);
      try {
        // It is stopped with Google's answer in its socket, which it will read when it goes on.
        late.process.kill('SIGSTOP');
        await until(() => nthCallIs(0, true));
        await outliveLease();
        expect(await ask()).toMatchObject(HEALTHY);
      } finally {
        late.process.kill('SIGCONT');
      }
      const stored = await bench.connection(connectionId);
      expect(stored).toMatchObject({ ...ACTIVE, token_version: version + 1 });
      expect(await answer).toMatchObject(HEALTHY);
      const { access_token, refresh_token, token_version } = stored;
      expect(await bench.connection(connectionId)).toMatchObject({
        ...ACTIVE,
        access_token,
        refresh_token,
        token_version,
      });
      expect(tokenCalls().map(({ status }) => status)).toEqual([200, 200]);
      endGracePeriods();
      await refreshesAndWorks();
    });

    it('a sweep of thirty accounts that is killed half-way loses none of them', async () => {
      const { id: workspaceId, api_key: key } = (
        await bench.service.call('POST', '/api/admin/workspaces', { body: { name: 'Thirty' } })
      ).body;
      await connectThirty(key);
      const sweep = (at: Service): Promise<Answer> =>
        at.call('POST', '/api/admin/calendar-health/refresh-tokens', {
          body: { workspace_id: workspaceId, force: true },
        });
      const leader = await bench.another();
      bench.google.state.requests.clear();
      bench.fault({ endpoint: 'token.refresh', effect: { kind: 'latency', ms: 200 } });
      const outcome = sweep(leader).catch(() => 'lost');
      const refreshes = (): LoggedRequest[] =>
        bench.google.state.requests.list({ endpoint: 'token.refresh' });
      await until(() => refreshes().filter(({ committed }) => committed).length >= 12);
      await leader.kill();
      expect(await outcome).toBe('lost');
      expect(refreshes().length).toBeLessThan(30);

      const theirs = `connections WHERE workspace_id = $1 AND`;
      expect(await bench.count(`${theirs} token_version > 1`, [workspaceId])).toBeGreaterThan(0);
      expect(await bench.count(`${theirs} refresh_lease_until > now()`, [workspaceId])).toBeGreaterThan(0);
      const { rows } = await bench.db.query<{ id: string }>(
        `SELECT id FROM connections WHERE workspace_id = $1`,
        [workspaceId],
      );
      for (const { id } of rows) await bench.lapse(id);
      bench.google.state.faults.clear();
      expect((await sweep(bench.service)).body).toEqual({
        checked: 30,
        refreshed: 30,
        needs_reauth: 0,
        failed: 0,
      });
      expect(
        await bench.count(`${theirs} auth_status = 'active' AND last_error IS NULL`, [workspaceId]),
      ).toBe(30);
      endGracePeriods();
      expect((await sweep(bench.service)).body).toMatchObject({ refreshed: 30 });
      const checked = await bench.service.call('POST', '/api/admin/calendar-health/check', {
        body: { workspace_id: workspaceId },
      });
      expect(checked.body).toMatchObject({
        status: 'healthy',
        totals: { calendars: 30, healthy_calendars: 30 },
      });
    });
  });

  it('when a used refresh token is dead at once, says so after such a death, and a consent mends it', async () => {
    await settings({ rotate_refresh_tokens: true });
    try {
      await killLeader({ endpoint: 'token.refresh', effect: ANSWER_LOST }, () => nthCallIs(0, true));
      await outliveLease();
      expect(await ask()).toMatchObject({
        status: 200,
        body: { calendar_health: { status: 'partial', token_issues: [account] } },
      });
      expect(await bench.connection(connectionId)).toMatchObject({
        auth_status: 'needs_reauth',
        last_error: { code: 'invalid_grant', actor: 'user' },
      });
      expect(await bench.notifications(connectionId)).toBe(1);
      const flow = new ConsentFlow(bench, world.key);
      expect(await flow.visit(await flow.consent({}, { account }))).toMatchObject({ status: 200 });
      expect(await bench.connection(connectionId)).toMatchObject(ACTIVE);
      expect(await ask()).toMatchObject(HEALTHY);
      await refreshesAndWorks();
    } finally {
      await settings({ rotate_refresh_tokens: false });
    }
  });

  /** From now on only the newest refresh token of each account works. */
  function endGracePeriods(): void {
    const { tokens } = bench.google.state;
    for (const { token, expiresAt } of tokens.refreshTokens.values())
      if (expiresAt !== null) tokens.endRefreshToken(token);
  }

  async function connectThirty(key: string): Promise<void> {
    for (let batch = 0; batch < 3; batch += 1)
      await Promise.all(
        Array.from({ length: 10 }, (_, n) => {
          const email = `thirty${batch * 10 + n}@example.com`;
          return connectAccount(bench.service, bench.google, key, {
            email,
            calendars: [{ id: email, name: `Calendar ${n}` }],
          });
        }),
      );
  }
});
