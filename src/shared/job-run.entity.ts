import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import { InstantColumn } from './columns.js';
import type { RunResult } from './job-runs.js';
import type { Instant } from './time.js';

@Entity('job_runs')
@Check('ck_job_runs_result', `result IN ('ok', 'partial', 'failed', 'interrupted')`)
export class JobRunEntity {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'pk_job_runs' }) job: string;
  @InstantColumn('tick', { primary: true, primaryKeyConstraintName: 'pk_job_runs' }) tick: Instant;
  @Column('text') instance: string;
  /** Process of the server that serves the session which holds the lock of the run. */
  @Column('integer') session: number;
  @InstantColumn('started_at') startedAt: Instant;
  @InstantColumn('finished_at', { nullable: true }) finishedAt: Instant | null;
  @Column('text', { nullable: true }) result: Exclude<RunResult, 'running'> | null;
  @Column('text', { nullable: true }) detail: string | null;
}
