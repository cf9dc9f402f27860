import { Client } from 'pg';
import { GraphileQueue } from '../../src/shared/graphile-queue.js';
import { RecordingLog } from '../../src/shared/log.js';
import type { Task } from '../../src/shared/queue.js';
import { enqueued } from '../../src/shared/queue-statements.js';
import { QueueWorker, type QueueLimits } from '../../src/shared/queue-worker.js';
import { Secret } from '../../src/shared/secret.js';
import { createTestDatabase, type TestDatabase } from './database.js';

const QUICK: QueueLimits = { sweepMs: 50, graceMs: 100, pollMs: 50, drainMs: 3000, pauseMs: 50 };

/** One instance's part in the queue. */
export interface QueueInstance {
  readonly log: RecordingLog;
  stop(): Promise<void>;
}

/** A database with the queue in it, and instances that work on it in this process. */
export class QueueBench {
  static async start(): Promise<QueueBench> {
    const database = await createTestDatabase();
    const db = new Client({ connectionString: database.url });
    await db.connect();
    return new QueueBench(database, db);
  }

  readonly #instances: QueueInstance[] = [];

  private constructor(
    readonly database: TestDatabase,
    readonly db: Client,
  ) {}

  instance(
    tasks: Readonly<Record<string, Task>>,
    limits: Partial<QueueLimits> = {},
    schedulerEnabled = true,
  ): QueueInstance {
    const log = new RecordingLog();
    const config = { databaseUrl: new Secret(this.database.url), schedulerEnabled };
    const queue = new GraphileQueue(config, log, new QueueWorker(config, log, { ...QUICK, ...limits }));
    for (const [name, task] of Object.entries(tasks)) queue.register(name, task);
    queue.onApplicationBootstrap();
    let stopped: Promise<void> | undefined;
    const stop = (): Promise<void> => {
      queue.onModuleDestroy();
      return (stopped ??= queue.onApplicationShutdown());
    };
    const instance = { log, stop };
    this.#instances.push(instance);
    return instance;
  }

  /** Puts a job there for each of the numbers from 1 to `count`. */
  async add(task: string, count = 1): Promise<void> {
    const job = enqueued({ task: '$1::text', payload: `json_build_object('n', n)` });
    await this.db.query(`SELECT ${job} FROM generate_series(1, $2::int) AS n`, [task, count]);
  }

  async waiting(): Promise<number> {
    const { rows } = await this.db.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM graphile_worker.jobs',
    );
    return rows[0]?.n ?? Number.NaN;
  }

  /** Whatever has to wait for its time is due now. */
  async makeDue(): Promise<void> {
    await this.db.query(`UPDATE graphile_worker._private_jobs SET run_at = now() WHERE locked_at IS NULL`);
  }

  /** Connections of the instances to the queue. */
  async sessions(): Promise<number[]> {
    const { rows } = await this.db.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'slotkeeper queue' ORDER BY backend_start`,
    );
    return rows.map(({ pid }) => pid);
  }

  /** Ends the instances, and clears what they left. */
  async clear(): Promise<void> {
    await Promise.all(this.#instances.splice(0).map((instance) => instance.stop()));
    await this.db.query('DELETE FROM graphile_worker._private_jobs');
  }

  async stop(): Promise<void> {
    await this.clear();
    await this.db.end();
    await this.database.drop();
  }
}
