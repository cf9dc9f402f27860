import { Injectable } from '@nestjs/common';
import { AppError } from './app-error.js';
import { Clock } from './clock.js';
import { databaseOutage } from './database-errors.js';
import { tellJobFailure, tellJobSkip } from './job-log.js';
import { AlreadyRunning } from './job-lock.js';
import type { JobOutcome } from './job-outcome.js';
import { Log } from './log.js';
import { Metrics } from './metrics.js';

export interface ScheduledJob {
  readonly name: string;
  readonly cron: string;
  /** All instances do it at once, because each piece of the work goes to one of them. */
  readonly isShared: boolean;
  /** Answers nothing when there is nothing to tell but that it went well. */
  readonly work: () => Promise<JobOutcome | void>;
}

/** Does the work of a job, here and now. A failure is logged, and is an outcome as well. */
@Injectable()
export class PerformJob {
  constructor(
    private readonly clock: Clock,
    private readonly metrics: Metrics,
    private readonly log: Log,
  ) {}

  async execute(job: ScheduledJob): Promise<JobOutcome> {
    const startedAt = this.clock.elapsed();
    const outcome = await this.#outcome(job);
    this.metrics.jobRun(job.name, outcome.result, (this.clock.elapsed() - startedAt) / 1000);
    return outcome;
  }

  async #outcome({ name, work }: ScheduledJob): Promise<JobOutcome> {
    try {
      return (await work()) ?? { result: 'ok', detail: null };
    } catch (error) {
      if (error instanceof AlreadyRunning) return this.#didNothing(name, error);
      tellJobFailure(this.log, name, error);
      return { result: 'failed', detail: reasonOf(error) };
    }
  }

  /** Somebody has started the same work: what this tick was to do of its own has not been done. */
  #didNothing(name: string, { message }: AlreadyRunning): JobOutcome {
    tellJobSkip(this.log, name);
    return { result: 'partial', detail: message };
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof AppError) return error.message;
  return databaseOutage(error) ? 'The database could not serve.' : 'For a reason unknown; the log has it.';
}
