import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { KEPT_RUNS, type BegunRun, type JobRun, type JobRuns } from '../../src/shared/job-runs.js';
import type { JobLock } from '../../src/shared/job-lock.js';
import { PostgresJobLock } from '../../src/shared/postgres-job-lock.js';
import { PostgresJobRuns } from '../../src/shared/postgres-job-runs.js';
import { lockOfTicks } from '../../src/shared/run-tick.js';
import { Secret } from '../../src/shared/secret.js';
import { InMemoryJobLock } from '../fakes/in-memory-job-lock.js';
import { InMemoryJobRuns } from '../fakes/in-memory-job-runs.js';
import { aConfig } from '../support/a-config.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const NOON = Date.UTC(2027, 2, 10, 12);
const MINUTE_MS = 60_000;
const DONE = { result: 'ok', detail: '3 checked' } as const;

let database: TestDatabase;
let source: DataSource;

beforeAll(async () => {
  database = await createTestDatabase();
  source = await new DataSource({ type: 'postgres', url: database.url }).initialize();
});

afterAll(async () => {
  await source.destroy();
  await database.drop();
});

interface Bench {
  readonly lock: JobLock;
  readonly runs: JobRuns;
}

const inMemory = (): Bench => {
  const lock = new InMemoryJobLock();
  return { lock, runs: new InMemoryJobRuns(lock) };
};

const inPostgres = async (): Promise<Bench> => {
  await source.query('DELETE FROM job_runs');
  const config = aConfig({ databaseUrl: new Secret(database.url) });
  return { lock: new PostgresJobLock(config), runs: new PostgresJobRuns(source) };
};

const aRun = (tick: number, session = 0, job = 'sweep'): BegunRun => ({
  job,
  tick,
  startedAt: tick + 40,
  instance: 'one:1',
  session,
});

describe.each<[string, () => Bench | Promise<Bench>]>([
  ['in memory', inMemory],
  ['in Postgres', inPostgres],
])('runs of jobs %s', (_, benchOf) => {
  let lock: JobLock;
  let runs: JobRuns;

  beforeEach(async () => {
    ({ lock, runs } = await benchOf());
  });

  /** Claims a tick under its lock, and looks at the runs while that is held. */
  const claimed = <T>(tick: number, look: () => Promise<T>): Promise<T> =>
    lock.exclusively(lockOfTicks('sweep'), async (session) => {
      await runs.claim(aRun(tick, session));
      return look();
    });

  const latest = async (name: string): Promise<JobRun | undefined> =>
    (await runs.all()).find(({ job }) => job === name);

  it('are claimed once per tick', async () => {
    expect([await runs.claim(aRun(NOON)), await runs.claim(aRun(NOON))]).toEqual([true, false]);
    expect(await runs.claim(aRun(NOON + MINUTE_MS))).toBe(true);
  });

  it('are not claimed any more when a later tick was: who lags would repeat what others did', async () => {
    await runs.claim(aRun(NOON));
    expect(await runs.claim(aRun(NOON - MINUTE_MS))).toBe(false);
    expect(await runs.claim(aRun(NOON, 0, 'another job'))).toBe(true);
  });

  it('are running while the session that claimed them has the lock, then interrupted', async () => {
    const expected = { job: 'sweep', tick: NOON, startedAt: NOON + 40, finishedAt: null, detail: null };
    expect(await claimed(NOON, () => latest('sweep'))).toMatchObject({ ...expected, result: 'running' });
    expect(await latest('sweep')).toMatchObject({ ...expected, result: 'interrupted' });
  });

  it('are interrupted also when another session has the lock now', async () => {
    await claimed(NOON, async () => undefined);
    const seen = await lock.exclusively(lockOfTicks('sweep'), () => latest('sweep'));
    expect(seen?.result).toBe('interrupted');
  });

  it('stay interrupted when the next tick was claimed', async () => {
    await claimed(NOON, async () => undefined);
    const seen = await claimed(NOON + MINUTE_MS, () => runs.all());
    expect(seen.map(({ tick, result }) => [tick, result])).toEqual([
      [NOON + MINUTE_MS, 'running'],
      [NOON, 'interrupted'],
    ]);
  });

  it('tell how they ended', async () => {
    await runs.claim(aRun(NOON));
    await runs.finish(aRun(NOON), DONE, NOON + 90);
    expect(await latest('sweep')).toEqual({
      job: 'sweep',
      tick: NOON,
      startedAt: NOON + 40,
      finishedAt: NOON + 90,
      instance: 'one:1',
      ...DONE,
    });
    expect(await latest('another job')).toBeUndefined();
  });

  it('are noted once per tick, as the first that did not go well', async () => {
    const run = { ...aRun(NOON), finishedAt: NOON + 50, ...DONE };
    await runs.note(run);
    await runs.note({ ...run, instance: 'two:2', result: 'partial', detail: '1 failed' });
    await runs.note({ ...run, instance: 'three:3', result: 'failed', detail: null });
    await runs.note({ ...run, instance: 'four:4' });
    expect(await runs.all()).toEqual([
      expect.objectContaining({ tick: NOON, instance: 'two:2', result: 'partial', detail: '1 failed' }),
    ]);
    for (let n = 1; n <= KEPT_RUNS + 5; n += 1) await runs.note({ ...run, tick: NOON + n * MINUTE_MS });
    expect((await runs.all()).length).toBeLessThanOrEqual(KEPT_RUNS + 1);
  });

  it('are forgotten when there are many, but for the last that came to its end', async () => {
    await runs.claim(aRun(NOON));
    await runs.finish(aRun(NOON), DONE, NOON + 90);
    await runs.claim(aRun(NOON, 0, 'another job'));
    for (let n = 1; n <= KEPT_RUNS + 5; n += 1) await runs.claim(aRun(NOON + n * MINUTE_MS));
    const kept = async (): Promise<number[]> =>
      (await runs.all()).filter(({ job }) => job === 'sweep').map(({ tick }) => (tick - NOON) / MINUTE_MS);
    expect(await kept()).toEqual([...Array(KEPT_RUNS + 5).keys()].map((n) => KEPT_RUNS + 5 - n).concat(0));
    await runs.finish(aRun(NOON + 34 * MINUTE_MS), DONE, NOON);
    for (let n = 36; n <= 37; n += 1) await runs.claim(aRun(NOON + n * MINUTE_MS));
    expect((await kept()).length).toBeLessThanOrEqual(KEPT_RUNS + 1);
    expect(await kept()).toContain(34);
    expect(await latest('another job')).toBeDefined();
  });
});
