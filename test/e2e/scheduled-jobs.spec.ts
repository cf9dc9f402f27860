import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FaultBench, until } from '../support/fault-bench.js';
import type { Answer, LogLine, Service } from '../support/service.js';
import { control, type World } from '../support/world.js';
import { WrongClock } from '../support/wrong-clock.js';

const NEVER = '0 0 29 2 *';
const DAY_MS = 86_400_000;
const PATIENCE_MS = 30_000;
const LIMIT_MS = 180_000;

type Env = Readonly<Record<string, string>>;

let bench: FaultBench;
let world: World;
let folder: string;
const instances: Service[] = [];
/** A day behind, and ten minutes ahead. */
const clocks = [new WrongClock(-DAY_MS), new WrongClock(10 * 60_000)];

beforeAll(async () => {
  bench = await FaultBench.start();
  world = await bench.world({ accounts: 3 });
  folder = await mkdtemp(join(tmpdir(), 'slotkeeper-exports-'));
});

beforeEach(async () => {
  await bench.heal();
  await bench.db.query('DELETE FROM job_runs');
});

const stopAll = (): Promise<unknown> => Promise.all(instances.splice(0).map((instance) => instance.stop()));

afterEach(stopAll);

afterAll(async () => {
  await bench?.stop();
  for (const clock of clocks) clock.remove();
  await rm(folder, { recursive: true });
});

const ALL_NEVER: Env = Object.fromEntries(
  ['HEALTH_CHECK', 'TOKEN_REFRESH', 'PREVENTIVE_REFRESH', 'TOKEN_CLEANUP', 'CLEANUP', 'RECONCILE'].map(
    (job) => [`${job}_CRON`, NEVER],
  ),
);

async function ticking(env: Env): Promise<Service> {
  const instance = await bench.another({ ...ALL_NEVER, TZ: 'UTC', SCHEDULER_ENABLED: 'true', ...env });
  instances.push(instance);
  return instance;
}

/** One instance per environment, all there before the tick, which comes once a day: however long they take to start. */
async function allBefore(cron: string, envs: readonly Env[]): Promise<string> {
  for (let leftMs = 4000; ; leftMs *= 2) {
    const at = new Date(Date.now() + leftMs);
    at.setMilliseconds(0);
    const once = `${at.getUTCSeconds()} ${at.getUTCMinutes()} ${at.getUTCHours()} * * *`;
    await Promise.all(envs.map((env) => ticking({ ...env, [cron]: once })));
    if (Date.now() < at.getTime()) return once;
    await stopAll();
    await bench.heal();
    await bench.db.query('DELETE FROM job_runs');
  }
}

const logged = (event: string, job?: string): LogLine[] =>
  instances.flatMap((at) =>
    at.log().filter((line) => line.event === event && (job ?? line['job']) === line['job']),
  );

const jobs = (at: Service = bench.service): Promise<Answer> => at.call('GET', '/api/admin/jobs');

async function shown(name: string, at?: Service) {
  const { body } = await jobs(at);
  return body.items.find((job: { name: string }) => job.name === name);
}

const has = (name: string, result: string) => async (): Promise<boolean> =>
  (await shown(name)).last_run?.result === result;

describe('scheduled jobs', () => {
  it(
    'F62: run one tick once, on instances whose clocks are wrong, and leave the issues in a folder',
    async () => {
      await control(bench.google, 'DELETE', `/sandbox/calendars/${world.calendars[2]?.externalId}`);
      const envs = clocks.map(({ env }) => ({ ...env, EXPORT_DIR: folder }));
      const cron = await allBefore('HEALTH_CHECK_CRON', envs);
      await until(() => logged('health.checked').length > 0, PATIENCE_MS);
      await until(() => logged('job.skipped', 'health-check').length > 0, PATIENCE_MS);
      await until(has('health-check', 'partial'), PATIENCE_MS);
      expect(logged('health.checked')).toHaveLength(1);
      expect(bench.calls('freeBusy')).toBe(3);
      const { last_run, recent_runs, ...job } = await shown('health-check', instances[0]);
      expect(job).toMatchObject({ cron, next_run_at: expect.any(String) });
      expect(Date.parse(job.next_run_at) - Date.parse(last_run.scheduled_at)).toBe(DAY_MS);
      expect(recent_runs).toEqual([last_run]);
      expect(last_run).toMatchObject({
        detail: '3 calendars, 1 unhealthy, 0 critical issues, 0 unjudged accounts',
        instance: expect.stringMatching(/:\d+$/),
        duration_ms: expect.any(Number),
      });
      const [name = '', ...others] = await readdir(folder);
      expect(others).toEqual([]);
      expect(JSON.parse(await readFile(join(folder, name), 'utf8'))).toMatchObject({
        version: 1,
        issues: [{ calendar_id: world.calendars[2]?.id, category: 'calendar_not_found' }],
      });
    },
    LIMIT_MS,
  );

  it(
    'F62: show a run whose process was killed as interrupted, and run the next tick, also of what is not due',
    async () => {
      bench.fault({ endpoint: 'token', effect: { kind: 'latency', ms: 30_000 } });
      await allBefore('PREVENTIVE_REFRESH_CRON', [{}]);
      await until(() => bench.calls('token') > 0, PATIENCE_MS);
      const { last_run: running } = await shown('preventive-refresh');
      expect(running).toMatchObject({ result: 'running', finished_at: null, duration_ms: null });
      await Promise.all(instances.map((instance) => instance.kill()));
      await until(has('preventive-refresh', 'interrupted'), PATIENCE_MS);
      bench.google.state.faults.clear();
      await bench.db.query(`UPDATE connections SET refresh_lease_until = now() - interval '1 second'`);
      await ticking({ PREVENTIVE_REFRESH_CRON: '* * * * * *' });
      await until(has('preventive-refresh', 'ok'), PATIENCE_MS);
      expect((await shown('preventive-refresh')).recent_runs).toMatchObject([
        { result: 'ok', detail: '3 checked, 3 refreshed, 0 needs reauth, 0 failed' },
        { ...running, result: 'interrupted' },
      ]);
    },
    LIMIT_MS,
  );

  it('are told to the admin only, with their next time where they run', async () => {
    const { status, body } = await jobs();
    expect(status).toBe(200);
    expect(body.next_cursor).toBeNull();
    expect(body.items.map(({ name }: { name: string }) => name)).toEqual([
      'cleanup',
      'compare-calendars',
      'forget-audit-log',
      'forget-events',
      'forget-expired',
      'forget-mails',
      'health-check',
      'history-cleanup',
      'mail-audiences',
      'preventive-refresh',
      'reconcile-bookings',
      'recover-oauth-client',
      'token-cleanup',
      'token-refresh',
    ]);
    expect(new Set(body.items.map((job: { next_run_at: null }) => job.next_run_at))).toEqual(new Set([null]));
    const here = await shown('cleanup', await ticking({ CLEANUP_CRON: '* * * * *' }));
    expect(Date.parse(here.next_run_at) - Date.now()).toBeLessThanOrEqual(60_000);
    const refused = await bench.service.call('GET', '/api/admin/jobs', { key: world.key });
    expect(refused).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });
});
