import { setTimeout as sleep } from 'node:timers/promises';
import type { OnApplicationBootstrap, OnApplicationShutdown, OnModuleDestroy } from '@nestjs/common';
import { bugFacts } from './bug-facts.js';
import type { Config } from './config.js';
import { databaseOutage } from './database-errors.js';
import type { Log } from './log.js';
import { Queue, type JobPayload, type Task } from './queue.js';
import { QueueWorker } from './queue-worker.js';

/**
 * The queue of the database, worked on by every instance whose scheduler is on. A worker lives as long as its session
 * with the database; then comes the next one.
 */
export class GraphileQueue
  extends Queue
  implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown
{
  readonly #tasks = new Map<string, Task>();
  readonly #stopping = new AbortController();
  #ended: Promise<void> = Promise.resolve();

  constructor(
    private readonly config: Pick<Config, 'databaseUrl' | 'schedulerEnabled'>,
    private readonly log: Log,
    private readonly workers = new QueueWorker(config, log),
  ) {
    super();
  }

  register(name: string, task: Task): void {
    this.#tasks.set(name, (payload, signal) => this.#logged(name, task, payload, signal));
  }

  /** Does not wait: the service is ready without the queue. */
  onApplicationBootstrap(): void {
    if (this.config.schedulerEnabled && this.#tasks.size > 0) this.#ended = this.#work();
  }

  /** Takes no more jobs; what runs may end while the last requests are answered. */
  onModuleDestroy(): void {
    this.#stopping.abort();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#ended;
  }

  async #work(): Promise<void> {
    const { signal } = this.#stopping;
    let isKnown = false;
    while (!signal.aborted) {
      try {
        await this.workers.live(this.#tasks, signal);
        isKnown = false;
      } catch (error) {
        if (!isKnown) this.#tell(error);
        isKnown = true;
      }
      const { pauseMs } = this.workers.limits;
      await sleep(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  /** Once for each outage: the worker asks for the database again and again. */
  #tell(error: unknown): void {
    const level = databaseOutage(error) ? 'warn' : 'error';
    this.log[level]('queue.interrupted', 'The queue is not worked on; it is tried again.', bugFacts(error));
  }

  async #logged(job: string, task: Task, payload: JobPayload, signal: AbortSignal): Promise<void> {
    try {
      await task(payload, signal);
    } catch (error) {
      const level = signal.aborted || databaseOutage(error) ? 'warn' : 'error';
      this.log[level]('queue.job_failed', 'A job failed; it will run again.', { job, ...bugFacts(error) });
      // The queue stores what a job throws: an error of the driver could repeat what was sent to it.
      throw new Error('The job failed; the log tells why.', { cause: error });
    }
  }
}
