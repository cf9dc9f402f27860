import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { databaseOutage } from '../../src/shared/database-errors.js';
import { AlreadyRunning, type JobLock } from '../../src/shared/job-lock.js';
import { GIVE_UP_THE_VANISHED } from '../../src/shared/lock-session.js';
import { PostgresJobLock } from '../../src/shared/postgres-job-lock.js';
import { Secret } from '../../src/shared/secret.js';
import { InMemoryJobLock } from '../fakes/in-memory-job-lock.js';
import { aConfig } from '../support/a-config.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { until } from '../support/fault-bench.js';
import { freePort } from '../support/service.js';
import { wiretap } from '../support/wiretap.js';

let database: TestDatabase;
let db: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  db = new Client({ connectionString: database.url });
  await db.connect();
});

afterAll(async () => {
  await db.end();
  await database.drop();
});

const postgresLock = (url = database.url): JobLock =>
  new PostgresJobLock(aConfig({ databaseUrl: new Secret(url) }));

/** A run of `job` that lasts until it is told to end. */
function running(lock: JobLock, job: string) {
  let end: () => void = () => undefined;
  let run: Promise<string> = Promise.resolve('');
  const begun = new Promise<void>((begin) => {
    run = lock.exclusively(job, async () => {
      begin();
      await new Promise<void>((resolve) => (end = resolve));
      return 'the end';
    });
  });
  return { begun, end: () => end(), ended: () => run };
}

async function advisoryLocks(): Promise<number> {
  const sql = `SELECT count(*)::int AS n FROM pg_locks
    WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
  return (await db.query<{ n: number }>(sql)).rows[0]?.n ?? Number.NaN;
}

describe.each([
  ['in memory', () => new InMemoryJobLock()],
  ['in Postgres', postgresLock],
])('a job lock %s', (_, lockOf: () => JobLock) => {
  it('answers what the work answers', async () => {
    expect(await lockOf().exclusively('token-refresh', async () => 42)).toBe(42);
  });

  it('refuses a second run at once, and says so in the words of the job', async () => {
    const lock = lockOf();
    const first = running(lock, 'token-refresh');
    await first.begun;
    let worked = false;
    const second = lock.exclusively('token-refresh', async () => void (worked = true));
    const refusal: unknown = await second.catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(AlreadyRunning);
    expect(refusal).toMatchObject({
      kind: 'conflict',
      code: 'conflict',
      message: 'Another token refresh is already running; nothing was done.',
      details: { retry_after_seconds: 30 },
    });
    expect(worked).toBe(false);
    first.end();
    expect(await first.ended()).toBe('the end');
  });

  it('lets other jobs run meanwhile', async () => {
    const lock = lockOf();
    const first = running(lock, 'token-refresh');
    await first.begun;
    expect(await lock.exclusively('health-check', async () => 'done')).toBe('done');
    first.end();
    await first.ended();
  });

  it('is free again after the work, also when that failed', async () => {
    const lock = lockOf();
    const bug = new Error('a bug');
    await expect(lock.exclusively('token-refresh', () => Promise.reject(bug))).rejects.toBe(bug);
    expect(await lock.exclusively('token-refresh', async () => 1)).toBe(1);
    expect(await lock.exclusively('token-refresh', async () => 2)).toBe(2);
  });
});

describe('a job lock in Postgres', () => {
  it('F62: one of many instances that start at once gets it', async () => {
    let answered = 0;
    const starts = Array.from({ length: 8 }, () =>
      postgresLock()
        .exclusively('health-check', () => until(() => answered === 7))
        .catch((error: unknown) => {
          answered += 1;
          if (!(error instanceof AlreadyRunning)) throw error;
          return 'already running' as const;
        }),
    );
    const ends = await Promise.all(starts);
    expect(ends.filter((end) => end === 'already running')).toHaveLength(7);
  });

  it('F62: is free when the session of its holder has ended; the holder works on and ends in peace', async () => {
    const first = running(postgresLock(), 'token-refresh');
    await first.begun;
    expect(await advisoryLocks()).toBe(1);
    await db.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = 'slotkeeper job' AND datname = current_database()`);
    await until(async () => (await advisoryLocks()) === 0);
    expect(await postgresLock().exclusively('token-refresh', async () => 'next')).toBe('next');
    first.end();
    expect(await first.ended()).toBe('the end');
  });

  it('F62: the server gives up a holder that vanished within 60 seconds', async () => {
    const session = new Client({ connectionString: database.url });
    await session.connect();
    await session.query(GIVE_UP_THE_VANISHED);
    const show = async (name: string): Promise<number> =>
      Number((await session.query<Record<string, string>>(`SHOW ${name}`)).rows[0]?.[name]);
    const idle = await show('tcp_keepalives_idle');
    const asking = (await show('tcp_keepalives_interval')) * (await show('tcp_keepalives_count'));
    await session.end();
    expect(idle).toBeGreaterThan(0);
    expect(asking).toBeGreaterThan(0);
    expect(idle + asking).toBeLessThanOrEqual(60);
  });

  it('asks that of the very session that holds the lock', async () => {
    const tapped = await wiretap(database.url);
    const url = new URL(database.url);
    url.port = new URL(tapped.url).port;
    await postgresLock(url.href).exclusively('token-refresh', async () => undefined);
    const said = tapped.transcript();
    await tapped.close();
    expect(said.indexOf('pg_try_advisory_lock')).toBeGreaterThan(0);
    expect(said.indexOf(GIVE_UP_THE_VANISHED)).toBeGreaterThan(said.indexOf('pg_try_advisory_lock'));
  });

  it('passes on that the database cannot be reached, without the work', async () => {
    const url = new URL(database.url);
    url.port = String(await freePort());
    let worked = false;
    const run = postgresLock(url.href).exclusively('token-refresh', async () => void (worked = true));
    const error: unknown = await run.catch((reason: unknown) => reason);
    expect(databaseOutage(error)).toBe(true);
    expect(worked).toBe(false);
  });
});
