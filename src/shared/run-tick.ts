import { Injectable } from '@nestjs/common';
import { Clock } from './clock.js';
import { AlreadyRunning, JobLock } from './job-lock.js';
import { tellJobFailure, tellJobSkip } from './job-log.js';
import { INSTANCE, JobRuns } from './job-runs.js';
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
        if (!(await this.runs.claim(run))) return tellJobSkip(this.log, job.name);
        await this.runs.finish(run, await this.perform.execute(job), this.clock.now());
      });
    } catch (error) {
      if (error instanceof AlreadyRunning) tellJobSkip(this.log, job.name);
      else tellJobFailure(this.log, job.name, error);
    }
  }
}

/** Apart from the lock of the work itself, which people start as well. */
export function lockOfTicks(job: string): string {
  return `tick:${job}`;
}
