import { Injectable } from '@nestjs/common';
import { Clock } from './clock.js';
import { AlreadyRunning, JobLock } from './job-lock.js';
import { tellJobFailure, tellJobSkip } from './job-log.js';
import { INSTANCE, JobRuns, RECORD_EVERY_MS, SOON_MS, type BegunRun } from './job-runs.js';
import { Log } from './log.js';
import { PerformJob, type ScheduledJob } from './perform-job.js';
import type { Instant } from './time.js';

/**
 * Runs one tick of a job, here or on another instance: whoever gets the lock claims the tick, and it is claimed once.
 * A failure is logged and ends with the tick; the next one comes as planned.
 */
@Injectable()
export class RunTick {
  constructor(
    private readonly lock: JobLock,
    private readonly runs: JobRuns,
    private readonly perform: PerformJob,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  async execute(job: ScheduledJob, tick: Instant): Promise<void> {
    try {
      await this.lock.exclusively(lockOfTicks(job.name), async (session) => {
        const run = { job: job.name, tick, startedAt: this.clock.now(), instance: INSTANCE, session };
        await (job.isFrequent ? this.#unobtrusively(job, run) : this.#recorded(job, run));
      });
    } catch (error) {
      if (error instanceof AlreadyRunning) tellJobSkip(this.log, job.name);
      else tellJobFailure(this.log, job.name, error);
    }
  }

  async #recorded(job: ScheduledJob, run: BegunRun): Promise<void> {
    if (!(await this.runs.claim(run))) return tellJobSkip(this.log, job.name);
    await this.runs.finish(run, await this.perform.execute(job), this.clock.now());
  }

  async #unobtrusively(job: ScheduledJob, run: BegunRun): Promise<void> {
    const latest = await this.runs.latest(job.name);
    if (latest?.result !== 'ok' || run.startedAt - latest.startedAt >= RECORD_EVERY_MS)
      return this.#recorded(job, run);
    if (latest.tick >= run.tick) return tellJobSkip(this.log, job.name);
    const working = this.perform.execute(job);
    const soon = await Promise.race([working, this.clock.pause(SOON_MS)]);
    if (soon?.result === 'ok') return;
    await this.runs.claim(run);
    await this.runs.finish(run, await working, this.clock.now());
  }
}

/** Apart from the lock of the work itself, which people start as well. */
export function lockOfTicks(job: string): string {
  return `tick:${job}`;
}
