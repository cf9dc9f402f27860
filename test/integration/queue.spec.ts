import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Task } from '../../src/shared/queue.js';
import { allowConnections } from '../support/database.js';
import { until } from '../support/fault-bench.js';
import { QueueBench } from '../support/queue-bench.js';

let bench: QueueBench;

beforeAll(async () => {
  bench = await QueueBench.start();
});
afterEach(() => bench.clear());
afterAll(() => bench?.stop());

/** Runs until it is told to end, or its signal does. */
function longTask() {
  let end: () => void = () => undefined;
  const ending = new Promise<void>((resolve) => (end = resolve));
  const runs: ('running' | 'done' | 'cut off')[] = [];
  const task: Task = async (_, signal) => {
    const index = runs.push('running') - 1;
    await Promise.race([ending, once(signal, 'abort')]);
    runs[index] = signal.aborted ? 'cut off' : 'done';
    signal.throwIfAborted();
  };
  return { task, runs, end };
}

describe('the queue', () => {
  it('does what a statement put there, and only if the statement was committed', async () => {
    const seen: unknown[] = [];
    bench.instance({ greet: async ({ n }) => void seen.push(n) });
    await bench.db.query('BEGIN');
    await bench.add('greet', 2);
    await bench.db.query('ROLLBACK');
    await bench.add('greet', 3);
    await until(() => seen.length === 3);
    expect(new Set(seen)).toEqual(new Set([1, 2, 3]));
    await until(async () => (await bench.waiting()) === 0);
  });

  it('does every job once, however many instances there are', async () => {
    const seen: unknown[] = [];
    const tasks = { count: async ({ n }: Readonly<Record<string, unknown>>) => void seen.push(n) };
    bench.instance(tasks);
    bench.instance(tasks);
    await bench.add('count', 200);
    await until(async () => (await bench.waiting()) === 0);
    expect(seen).toHaveLength(200);
    expect(new Set(seen).size).toBe(200);
  });

  it('keeps a job that failed for later, and says nothing of what the error said', async () => {
    let fails = true;
    let done = 0;
    const { log } = bench.instance({
      send: async () => {
        if (fails) throw new Error('secret-of-the-error');
        done += 1;
      },
    });
    await bench.add('send');
    await until(() => log.lines.some(({ event }) => event === 'queue.job_failed'));
    expect(log.lines.filter(({ level }) => level === 'error')).toMatchObject([
      { event: 'queue.job_failed', fields: { job: 'send', error: 'Error' } },
    ]);
    fails = false;
    await until(async () => {
      await bench.makeDue();
      return done === 1;
    });
    const { rows } = await bench.db.query(`SELECT last_error FROM graphile_worker.jobs`);
    expect(JSON.stringify([log.lines, rows])).not.toContain('secret-of-the-error');
  });

  it('loads and connects nothing more than a listener before there is the first job', async () => {
    bench.instance({ nothing: async () => undefined });
    await until(async () => (await bench.sessions()).length === 1);
    await bench.add('nothing');
    await until(async () => (await bench.waiting()) === 0);
    expect((await bench.sessions()).length).toBeGreaterThan(1);
  });

  it('is worked on again when the database is back, and nothing is lost meanwhile', async () => {
    const seen: unknown[] = [];
    const { log } = bench.instance({ count: async ({ n }) => void seen.push(n) });
    await bench.add('count');
    await until(() => seen.length === 1);
    const { rows } = await bench.db.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await allowConnections(bench.database, false, rows[0]?.pid);
    await bench.add('count', 3);
    await until(() => log.lines.some(({ event }) => event === 'queue.interrupted'));
    await allowConnections(bench.database, true);
    await until(async () => (await bench.waiting()) === 0);
    expect(seen).toHaveLength(4);
    const troubles = log.lines.filter(({ event }) => event === 'queue.interrupted');
    expect(troubles.map(({ level }) => level)).toEqual(['warn']);
    expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('is left to others by an instance whose scheduler is off', async () => {
    let done = 0;
    const tasks = { work: async () => void (done += 1) };
    bench.instance(tasks, {}, false);
    await bench.add('work');
    await until(async () => (await bench.sessions()).length === 0);
    bench.instance(tasks);
    await until(() => done === 1);
  });

  it('has the newest schema of its package: an update of that needs a migration', async () => {
    const { rows } = await bench.db.query('SELECT max(id) AS newest FROM graphile_worker.migrations');
    const main = createRequire(import.meta.url).resolve('graphile-worker');
    const files = readdirSync(join(dirname(main), '../sql')).sort();
    expect(rows).toEqual([{ newest: Number.parseInt(files.at(-1) ?? '', 10) }]);
  });
});

describe('a job', () => {
  it('of a process that is gone is done by another', async () => {
    const { task, runs, end } = longTask();
    await bench.add('work');
    await bench.db.query(
      `UPDATE graphile_worker._private_jobs SET locked_by = 'pool-gone', locked_at = now() - interval '1 minute'`,
    );
    const { log } = bench.instance({ work: task });
    await until(() => runs.length === 1);
    end();
    await until(async () => (await bench.waiting()) === 0);
    expect(log.lines).toContainEqual(
      expect.objectContaining({ event: 'queue.jobs_released', fields: { workers: 1 } }),
    );
  });

  it('of a process that is gone is left alone as long as it could still be running', async () => {
    const { task, runs, end } = longTask();
    await bench.add('work');
    await bench.db.query(
      `UPDATE graphile_worker._private_jobs SET locked_by = 'pool-gone', locked_at = now() - interval '10 seconds'`,
    );
    bench.instance({ work: task }, { graceMs: 20_000 });
    await until(async () => (await bench.sessions()).length > 1);
    await bench.add('other');
    expect(runs).toEqual([]);
    await bench.db.query(
      `UPDATE graphile_worker._private_jobs SET locked_at = now() - interval '21 seconds'`,
    );
    await until(() => runs.length === 1);
    end();
  });

  it('is not taken from a process that lives, however long it takes', async () => {
    const { task, runs, end } = longTask();
    bench.instance({ work: task });
    await bench.add('work');
    await until(() => runs.length === 1);
    await bench.db.query(`UPDATE graphile_worker._private_jobs SET locked_at = now() - interval '1 day'`);
    const { log } = bench.instance({ work: task });
    await until(async () => (await bench.sessions()).length > 5);
    await bench.add('other');
    expect(runs).toEqual(['running']);
    end();
    await until(() => runs[0] === 'done');
    expect(log.lines.filter(({ event }) => event === 'queue.jobs_released')).toEqual([]);
    expect(runs).toEqual(['done']);
  });

  it('is cut off when its process loses the session that protects it, and done again', async () => {
    const { task, runs, end } = longTask();
    const { log } = bench.instance({ work: task });
    await bench.add('work');
    await until(() => runs.length === 1);
    const [session] = await bench.sessions();
    await bench.db.query('SELECT pg_terminate_backend($1)', [session]);
    await until(() => runs[0] === 'cut off');
    end();
    await until(async () => {
      await bench.makeDue();
      return (await bench.waiting()) === 0;
    });
    // The worker that lost its session may take it once more before it ends, and is cut off at once.
    expect(runs.slice(0, -1).every((run) => run === 'cut off')).toBe(true);
    expect(runs.at(-1)).toBe('done');
    expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('that runs may end when its process stops, and none is lost', async () => {
    const { task, runs, end } = longTask();
    const instance = bench.instance({ work: task });
    await bench.add('work');
    await until(() => runs.length === 1);
    const stopped = instance.stop();
    await bench.add('work');
    end();
    await stopped;
    // The second may have been taken in the very moment.
    expect(new Set(runs)).toEqual(new Set(['done']));
    expect(runs.length + (await bench.waiting())).toBe(2);
    await until(async () => (await bench.sessions()).length === 0);
  });

  it('that does not end in time is cut off by the stop, and waits for another process', async () => {
    const { task, runs } = longTask();
    const instance = bench.instance({ work: task }, { drainMs: 100 });
    await bench.add('work');
    await until(() => runs.length === 1);
    await instance.stop();
    expect(runs).toEqual(['cut off']);
    const { rows } = await bench.db.query('SELECT locked_by FROM graphile_worker.jobs');
    expect(rows).toEqual([{ locked_by: null }]);
  });
});
