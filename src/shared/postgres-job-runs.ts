import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { JobOutcome } from './job-outcome.js';
import * as sql from './job-run-statements.js';
import { JobRuns, type BegunRun, type JobRun, type JobTick, type NotedRun } from './job-runs.js';
import type { Instant } from './time.js';

@Injectable()
export class PostgresJobRuns extends JobRuns {
  constructor(private readonly source: DataSource) {
    super();
  }

  async claim({ job, tick, startedAt, instance, session }: BegunRun): Promise<boolean> {
    const values = [job, tick, startedAt, instance, session];
    const [row]: { claimed: number }[] = await this.source.query(sql.CLAIM, values);
    return row?.claimed === 1;
  }

  async finish({ job, tick }: JobTick, { result, detail }: JobOutcome, finishedAt: Instant): Promise<void> {
    await this.source.query(sql.FINISH, [job, tick, result, detail, finishedAt]);
  }

  async note({ job, tick, startedAt, finishedAt, instance, result, detail }: NotedRun): Promise<void> {
    await this.source.query(sql.NOTE, [job, tick, startedAt, finishedAt, instance, result, detail]);
  }

  async all(): Promise<JobRun[]> {
    return this.source.query(sql.RUNS);
  }
}
