import { Injectable } from '@nestjs/common';
import { Clock } from './clock.js';
import { tellJobFailure } from './job-log.js';
import type { JobOutcome } from './job-outcome.js';
import { INSTANCE, JobRuns, RECORD_EVERY_MS, SOON_MS, type NotedRun } from './job-runs.js';
import { Log } from './log.js';
import { PerformJob, type ScheduledJob } from './perform-job.js';
import type { Instant } from './time.js';

/**
 * Runs one tick of a job that every instance runs. There is no lock and no claim, so that whoever waits for a slow
 * calendar holds up nobody; it is written down when it is over, and of idle ticks one a minute.
 */
@Injectable()
export class RunSharedTick {
  readonly #notedUntil = new Map<string, Instant>();

  constructor(
    private readonly runs: JobRuns,
    private readonly perform: PerformJob,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  async execute(job: ScheduledJob, tick: Instant): Promise<void> {
    const startedAt = this.clock.now();
    const outcome = await this.perform.execute(job);
    const run = {
      job: job.name,
      tick,
      startedAt,
      finishedAt: this.clock.now(),
      instance: INSTANCE,
      ...outcome,
    };
    if (this.#isTelling(run)) await this.#note(run, outcome);
  }

  #isTelling({ job, result, startedAt, finishedAt }: NotedRun): boolean {
    const isDue = startedAt >= (this.#notedUntil.get(job) ?? startedAt);
    return isDue || result !== 'ok' || finishedAt - startedAt >= SOON_MS;
  }

  async #note(run: NotedRun, { result }: JobOutcome): Promise<void> {
    try {
      await this.runs.note(run);
      // What did not go well is soon followed by word of the next one, which may.
      this.#notedUntil.set(run.job, run.startedAt + (result === 'ok' ? RECORD_EVERY_MS : 0));
    } catch (error) {
      tellJobFailure(this.log, run.job, error);
    }
  }
}
