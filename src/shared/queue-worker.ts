import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Task as GraphileTask, WorkerPool } from 'graphile-worker';
import { Pool, type Client } from 'pg';
import type { Config } from './config.js';
import { graphileOptions } from './graphile-options.js';
import { GIVE_UP_THE_VANISHED, lockSession } from './lock-session.js';
import type { Log } from './log.js';
import { JOB_LIMIT_MS, type Task } from './queue.js';
import { HAS_JOBS, HEAR_OF_JOBS, HOLD_WORKER, RELEASE_JOBS_OF_THE_GONE } from './queue-statements.js';
import { record } from './record.js';

export interface QueueLimits {
  /** How often jobs of workers that are gone are looked for. */
  readonly sweepMs: number;
  /** A job that was taken so long ago is not running any more when its worker is gone. */
  readonly graceMs: number;
  /** How often due jobs are looked for that nobody told of: those that had to wait for their time. */
  readonly pollMs: number;
  /** How long a stop waits for jobs that are running. */
  readonly drainMs: number;
  /** Until the next worker tries it, once a session is lost. */
  readonly pauseMs: number;
}

const LIMITS: QueueLimits = {
  sweepMs: 10_000,
  graceMs: JOB_LIMIT_MS + 5000,
  pollMs: 2000,
  drainMs: 8000,
  pauseMs: 2000,
};
/** One connection hears of new jobs, the others take and finish them; the jobs themselves use the service's pool. */
const POOL_SIZE = 4;
const CONNECT_MS = 5000;
const GOODBYE_MS = 1000;

/**
 * Works on the queue under a session of its own. The session holds a lock in the worker's name: while it lasts, nobody
 * takes the worker's jobs away, and once it is gone, whoever looks next does. So the jobs of a killed process come
 * back by themselves, and no job is taken from a process that is alive.
 */
export class QueueWorker {
  constructor(
    private readonly config: Pick<Config, 'databaseUrl'>,
    private readonly log: Log,
    readonly limits: QueueLimits = LIMITS,
  ) {}

  /** Until `stop`, or until the session breaks. @throws what the database says when there is no session to be had */
  async live(tasks: ReadonlyMap<string, Task>, stop: AbortSignal): Promise<void> {
    const lost = new AbortController();
    const session = await lockSession(this.config, 'slotkeeper queue', () => lost.abort());
    const over = AbortSignal.any([stop, lost.signal]);
    try {
      await session.query(GIVE_UP_THE_VANISHED);
      if (await hearsOfJobs(session, over)) await this.#work(session, tasks, { over, lost });
    } finally {
      await Promise.race([session.end(), sleep(GOODBYE_MS, undefined, { ref: false })]);
    }
  }

  async #work(
    session: Client,
    tasks: ReadonlyMap<string, Task>,
    { over, lost }: { over: AbortSignal; lost: AbortController },
  ): Promise<void> {
    // Loaded for the first job only: it is a tenth of the memory of a service that sends nothing.
    const { runTaskList, Logger } = await import('graphile-worker');
    const pool = this.#pool();
    const holding = new Map<string, Promise<unknown>>();
    const hold = (worker: string): Promise<unknown> => {
      const held = holding.get(worker) ?? session.query(HOLD_WORKER, [worker]);
      holding.set(worker, held);
      return held;
    };
    const limited = [...tasks].map(([name, task]) => [name, limitedTask(task, lost.signal)] as const);
    const options = graphileOptions(Logger, {
      log: this.log,
      pollMs: this.limits.pollMs,
      beforeFirstJob: hold,
    });
    const workers = runTaskList(options, Object.fromEntries(limited), pool);
    // One after the other: the session is asked one thing at a time.
    const sweeping = hold(workers.id).then(() => this.#sweep(session, workers.id, over), none);
    await Promise.race([ended(over), workers.promise.catch(() => undefined)]);
    await this.#end(workers, pool, lost);
    await sweeping;
  }

  /** Lets jobs end that are running. After a while, or at once when the session is lost, they are told to. */
  async #end(workers: WorkerPool, pool: Pool, lost: AbortController): Promise<void> {
    const finished = Promise.resolve(workers.gracefulShutdown())
      .catch(() => undefined)
      // What could not be written down yet is tried for a while longer, when the database is away.
      .finally(() => void pool.end().catch(() => undefined));
    const patience = AbortSignal.any([lost.signal, AbortSignal.timeout(this.limits.drainMs)]);
    await Promise.race([finished, ended(patience)]);
    lost.abort();
    await Promise.race([finished, sleep(GOODBYE_MS, undefined, { ref: false })]);
  }

  async #sweep(session: Client, self: string, over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      const values = [self, this.limits.graceMs];
      const { rows } = await session.query<{ workers: number }>(RELEASE_JOBS_OF_THE_GONE, values).catch(none);
      if (rows[0] !== undefined)
        this.log.info('queue.jobs_released', 'Jobs of workers that are gone have been put back.', {
          workers: rows[0].workers,
        });
      await sleep(this.limits.sweepMs, undefined, { signal: over, ref: false }).catch(() => undefined);
    }
  }

  #pool(): Pool {
    const pool = new Pool({
      connectionString: this.config.databaseUrl.reveal(),
      application_name: 'slotkeeper queue',
      connectionTimeoutMillis: CONNECT_MS,
      max: POOL_SIZE,
    });
    // Whoever uses a broken connection next is told.
    pool.on('error', () => undefined);
    pool.on('connect', (client) => client.on('error', () => undefined));
    return pool;
  }
}

/** Waits until there is a job. False when it is over before. */
async function hearsOfJobs(session: Client, over: AbortSignal): Promise<boolean> {
  const told = once(session, 'notification', { signal: over }).then(
    () => true,
    () => false,
  );
  await session.query(HEAR_OF_JOBS);
  const { rows } = await session.query<{ waiting: boolean }>(HAS_JOBS);
  return rows[0]?.waiting === true ? !over.aborted : told;
}

/** By hand: `AbortSignal.any` with a signal as old as the process keeps a little of every job. */
function limitedTask(task: Task, lost: AbortSignal): GraphileTask {
  return async (payload) => {
    const over = new AbortController();
    const end = (): void => over.abort();
    const timer = setTimeout(end, JOB_LIMIT_MS);
    lost.addEventListener('abort', end);
    if (lost.aborted) end();
    try {
      await task(record(payload), over.signal);
    } finally {
      clearTimeout(timer);
      lost.removeEventListener('abort', end);
    }
  };
}

async function ended(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

function none(): { rows: never[] } {
  return { rows: [] };
}
