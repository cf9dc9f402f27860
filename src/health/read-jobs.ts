import { Injectable } from '@nestjs/common';
import { grouped } from '../shared/grouped.js';
import { JobRuns, type JobRun } from '../shared/job-runs.js';
import { ScheduledJobs, type PlannedJob } from '../shared/scheduled-jobs.js';

const SHOWN_RUNS = 10;

export interface JobHistory extends PlannedJob {
  /** The latest first. */
  readonly runs: readonly JobRun[];
}

/** What the scheduled jobs did lately, on whichever instance, and when they come next on this one. */
@Injectable()
export class ReadJobs {
  constructor(
    private readonly jobs: ScheduledJobs,
    private readonly runs: JobRuns,
  ) {}

  async execute(): Promise<JobHistory[]> {
    const runsOf = grouped(await this.runs.all(), ({ job }) => job);
    const planned = this.jobs.planned().toSorted((a, b) => a.name.localeCompare(b.name));
    return planned.map((job) => ({ ...job, runs: (runsOf.get(job.name) ?? []).slice(0, SHOWN_RUNS) }));
  }
}
