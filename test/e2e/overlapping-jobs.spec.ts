import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { LoggedRequest } from '../../src/sandbox/request-log.js';
import { runCommand, type CommandRun } from '../support/command.js';
import { FaultBench, until } from '../support/fault-bench.js';
import type { Answer, Service } from '../support/service.js';
import { aWorld, connectAccount, type World } from '../support/world.js';

const ENCRYPTION_KEYS = `overlap:${Buffer.alloc(32, 6).toString('base64')}`;
const ACCOUNTS = 60;
const LANES = 10;
const EVERY_SECOND = '* * * * * *';
const NEVER = '0 0 29 2 *';
const PATIENCE_MS = 30_000;
const HEALTH = '/api/admin/calendar-health';

/** The same job, started more than once. Numbers are those of the fault matrix. */
describe('jobs that overlap', () => {
  let bench: FaultBench;
  let one: Service;
  let other: Service;
  let aside: World;

  beforeAll(async () => {
    bench = await FaultBench.start({ ENCRYPTION_KEYS });
    [one, other] = [bench.service, await bench.another({ ENCRYPTION_KEYS })];
    aside = await aWorld(one, bench.google, { accounts: 1 });
    await connectAccounts();
  });

  beforeEach(() => bench.heal());
  afterAll(() => bench?.stop());

  async function connectAccounts(): Promise<void> {
    const { api_key: key } = (await one.call('POST', '/api/admin/workspaces', { body: { name: 'Sixty' } }))
      .body;
    for (let n = 0; n < ACCOUNTS; n += LANES)
      await Promise.all(
        Array.from({ length: LANES }, (_, lane) => {
          const email = `account${n + lane}@example.com`;
          return connectAccount(one, bench.google, key, { email, calendars: [{ id: email, name: 'Own' }] });
        }),
      );
  }

  /** All tokens end in a minute, except the one of the workspace aside. */
  async function allExpire(): Promise<void> {
    await bench.db.query(
      `UPDATE connections SET token_expires_at = now() + interval '1 minute',
         last_refreshed_at = now() - interval '59 minutes' WHERE workspace_id <> $1`,
      [aside.workspaceId],
    );
  }

  const slow = (endpoint: 'token' | 'freeBusy', ms: number): void =>
    bench.fault({ endpoint, effect: { kind: 'latency', ms } });
  const refresh = (at: Service, body: object = {}): Promise<Answer> =>
    at.call('POST', `${HEALTH}/refresh-tokens`, { body });
  const check = (at: Service, body: object = {}): Promise<Answer> =>
    at.call('POST', `${HEALTH}/check`, { body });
  const command = (...args: string[]): Promise<CommandRun> =>
    runCommand('cli.js', args, {
      databaseUrl: bench.database.url,
      google: bench.google,
      env: { ENCRYPTION_KEYS },
    });
  const asked = (endpoint: string): LoggedRequest[] => bench.google.state.requests.list({ endpoint });

  /** How many accounts were asked about once, twice and so on. */
  function askedTimes(endpoint: string): Record<number, number> {
    const counts = new Map<string | null, number>();
    for (const { account } of asked(endpoint)) counts.set(account, (counts.get(account) ?? 0) + 1);
    const times: Record<number, number> = {};
    for (const count of counts.values()) times[count] = (times[count] ?? 0) + 1;
    return times;
  }

  const refusedAs = (job: string): object => ({
    status: 409,
    body: {
      code: 'conflict',
      detail: `Another ${job} is already running; nothing was done.`,
      retry_after_seconds: 30,
    },
  });
  const nothingDone = (job: string): CommandRun => ({
    status: 0,
    stdout: '',
    stderr: `Another ${job} is already running; nothing was done.\n`,
  });

  /** Of starts at once, one did the work and the others were refused. */
  function expectOneOf(answers: readonly Answer[], runs: readonly CommandRun[], job: string): void {
    const refused = answers.filter(({ status }) => status !== 200);
    const idle = runs.filter(({ stdout }) => stdout === '');
    expect(refused.length + idle.length).toBe(answers.length + runs.length - 1);
    for (const answer of refused) expect(answer).toMatchObject(refusedAs(job));
    for (const run of idle) expect(run).toEqual(nothingDone(job));
  }

  it('F62: a refresh that is started five times at once is done once, and no token refreshed twice', async () => {
    await allExpire();
    slow('token', 1200);
    const [run, ...answers] = await Promise.all([
      command('--refresh-tokens', '--json'),
      refresh(one),
      refresh(other),
      refresh(one, { force: true }),
      refresh(other),
    ]);
    expectOneOf(answers, [run], 'token refresh');
    expect(Object.keys(askedTimes('token'))).toEqual(['1']);
    expect(asked('token').length).toBeGreaterThanOrEqual(ACCOUNTS);
  });

  it('F62: who comes while a refresh runs is told so; one workspace does not wait for it', async () => {
    await allExpire();
    slow('token', 1200);
    const first = refresh(one);
    await until(() => asked('token').length > 0);
    const [refused, text, json] = await Promise.all([
      refresh(other),
      command('--refresh-tokens', '--force'),
      command('--refresh-tokens', '--json'),
    ]);
    expect(refused).toMatchObject(refusedAs('token refresh'));
    expect(refused.headers.get('retry-after')).toBe('30');
    expect([text, json]).toEqual([nothingDone('token refresh'), nothingDone('token refresh')]);
    const own = { workspace_id: aside.workspaceId, force: true };
    expect(await refresh(other, own)).toMatchObject({ status: 200, body: { checked: 1, refreshed: 1 } });
    expect(await check(other, { workspace_id: aside.workspaceId })).toMatchObject({ status: 200 });
    expect(await first).toMatchObject({ status: 200, body: { refreshed: ACCOUNTS, failed: 0 } });
    expect(askedTimes('token')).toEqual({ 1: ACCOUNTS + 1 });
  });

  it('F62: of instances whose schedules tick together one refreshes, also for who asks meanwhile', async () => {
    const never = { HEALTH_CHECK_CRON: NEVER, CLEANUP_CRON: NEVER, RECONCILE_CRON: NEVER };
    const env = { ENCRYPTION_KEYS, SCHEDULER_ENABLED: 'true', TOKEN_REFRESH_CRON: EVERY_SECOND, ...never };
    const ticking = await Promise.all([bench.another(env), bench.another(env)]);
    const logged = (event: string) =>
      ticking.flatMap((at) => at.log()).filter((line) => line.event === event);
    try {
      slow('token', 500);
      await allExpire();
      await until(() => asked('token').length > 0);
      expect(await refresh(one)).toMatchObject(refusedAs('token refresh'));
      await until(() => logged('tokens.swept').length > 0, PATIENCE_MS);
      await until(() => logged('job.skipped').some(({ job }) => job === 'token-refresh'));
      expect(logged('tokens.swept')).toMatchObject([{ checked: ACCOUNTS, refreshed: ACCOUNTS, failed: 0 }]);
      expect(askedTimes('token')).toEqual({ 1: ACCOUNTS });
    } finally {
      await Promise.all(ticking.map((at) => at.stop()));
    }
  });

  it('F62: a check that is started five times at once is done once', async () => {
    await allExpire();
    slow('freeBusy', 1200);
    const [run, ...answers] = await Promise.all([
      command('--check-all', '--export-issues'),
      check(one),
      check(other),
      check(one),
      check(other),
    ]);
    expectOneOf(answers, [run], 'health check');
    expect(askedTimes('token')).toEqual({ 1: ACCOUNTS });
    expect(askedTimes('freeBusy')).toEqual({ 1: ACCOUNTS + 1 });
    expect(mostInFlight('freeBusy', 1200)).toBeLessThanOrEqual(LANES);
  });

  it('F62: a check of accounts whose tokens have all ended keeps to the pace of a sweep', async () => {
    await allExpire();
    expect(await check(one)).toMatchObject({ status: 200, body: { totals: { unhealthy_calendars: 0 } } });
    expect(askedTimes('token')).toEqual({ 1: ACCOUNTS });
    // 25 a second over all of them; what arrives within a single second depends on this machine as well.
    const times = arrivals('token');
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(((ACCOUNTS - 25) / 25) * 1000);
  });

  it('F62: a killed runner is followed at once, and only what it had not finished is refreshed', async () => {
    await allExpire();
    slow('token', 300);
    const runner = await bench.another({ ENCRYPTION_KEYS });
    const lost = refresh(runner).catch(() => 'lost');
    await until(() => asked('token').filter(({ committed }) => committed).length >= 20);
    expect(await refresh(one)).toMatchObject(refusedAs('token refresh'));
    await runner.kill();
    expect(await lost).toBe('lost');
    const finished = await bench.count(fresh);
    expect(finished).toBeLessThan(ACCOUNTS);
    await bench.db.query(`UPDATE connections SET refresh_lease_until = now() - interval '1 millisecond'`);
    let next: Answer | null = null;
    await until(async () => (next = await refresh(other)).status !== 409);
    expect(next).toMatchObject({ status: 200, body: { refreshed: ACCOUNTS - finished, failed: 0 } });
    expect(await bench.count(`${fresh} AND auth_status = 'active' AND last_error IS NULL`)).toBe(ACCOUNTS);
    const { 1: once = 0, 2: twice = 0, ...more } = askedTimes('token');
    expect({ all: once + twice, more }).toEqual({ all: ACCOUNTS, more: {} });
    // What was under way when the runner died.
    expect(twice).toBeLessThanOrEqual(LANES);
    expect(await refresh(other)).toMatchObject({ status: 200, body: { refreshed: 0 } });
  });

  const fresh = `connections WHERE account_email LIKE 'account%' AND token_expires_at > now() + interval '30 minutes'`;

  const arrivals = (endpoint: string): number[] => asked(endpoint).map(({ at }) => Date.parse(at));

  /** Calls that overlapped, when each took `ms`; a tenth of a second of it is left to the timers. */
  function mostInFlight(endpoint: string, ms: number): number {
    const times = arrivals(endpoint);
    return Math.max(...times.map((at) => times.filter((t) => t > at - ms + 100 && t <= at).length));
  }
});
