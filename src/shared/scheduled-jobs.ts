import { Injectable } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { CronJob } from 'cron';
import { bugFacts } from './bug-facts.js';
import { Config } from './config.js';
import { databaseOutage } from './database-errors.js';
import { AlreadyRunning, JobLock } from './job-lock.js';
import { Log } from './log.js';

interface JobOptions {
  /** What a restart may have mended is not to wait for the next tick. */
  readonly alsoAtStart?: boolean;
}

/** Runs work by the clock. With any number of instances, each tick runs once: the others find the lock taken. */
@Injectable()
export class ScheduledJobs {
  constructor(
    private readonly registry: SchedulerRegistry,
    private readonly lock: JobLock,
    private readonly config: Config,
    private readonly log: Log,
  ) {}

  /** Registers `work` to be done by one instance at a time, under the lock `name`. */
  add(name: string, cron: string, work: () => Promise<void>, options?: JobOptions): void {
    this.addLocking(name, cron, () => this.lock.exclusively(name, work), options);
  }

  /** The same for work that takes its lock itself, because people start it as well. */
  addLocking(name: string, cron: string, work: () => Promise<void>, options: JobOptions = {}): void {
    // Nothing runs when the scheduler is switched off.
    if (!this.config.schedulerEnabled) return;
    const job = CronJob.from({
      cronTime: cron,
      onTick: () => this.run(name, work),
      waitForCompletion: true,
      runOnInit: options.alsoAtStart === true,
    });
    this.registry.addCronJob(name, job);
    job.start();
  }

  /** One tick. A failure is logged and ends with the tick; the next one comes as planned. */
  async run(name: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof AlreadyRunning)
        this.log.debug('job.skipped', 'Another instance runs this job.', { job: name });
      else this.#logFailure(name, error);
    }
  }

  #logFailure(name: string, error: unknown): void {
    // A database that is away ends every job; that it is away is told by the readiness.
    const level = databaseOutage(error) ? 'warn' : 'error';
    const facts = { job: name, ...bugFacts(error) };
    this.log[level]('job.failed', 'A scheduled job failed; it will run again as planned.', facts);
  }
}
