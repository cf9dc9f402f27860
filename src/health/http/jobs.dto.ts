import { ApiProperty } from '../../shared/api-decorators.js';
import type { JobRun, RunResult } from '../../shared/job-runs.js';
import { formatInstant, type Instant } from '../../shared/time.js';
import type { JobHistory } from '../read-jobs.js';

const RESULTS = ['ok', 'partial', 'failed', 'interrupted', 'running'] satisfies RunResult[];

export class JobRunDto {
  @ApiProperty({ format: 'date-time', description: 'When it was due; every tick is run by one instance.' })
  scheduled_at: string;
  @ApiProperty({ format: 'date-time' }) started_at: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) finished_at: string | null;
  @ApiProperty({ type: 'integer', nullable: true }) duration_ms: number | null;
  @ApiProperty({ description: 'Host and process that ran it.', example: 'slots-1:4711' }) instance: string;
  @ApiProperty({
    enum: RESULTS,
    description: 'Partial: it came to its end and met errors. Interrupted: its process ended first.',
  })
  result: RunResult;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Counts, or why it failed.',
    example: '120 checked, 3 refreshed, 0 needs reauth, 0 failed',
  })
  detail: string | null;

  static of({ tick, startedAt, finishedAt, instance, result, detail }: JobRun): JobRunDto {
    return {
      scheduled_at: formatInstant(tick, 'UTC'),
      started_at: formatInstant(startedAt, 'UTC'),
      finished_at: optional(finishedAt),
      duration_ms: finishedAt === null ? null : finishedAt - startedAt,
      instance,
      result,
      detail,
    };
  }
}

export class JobDto {
  @ApiProperty({ example: 'token-refresh' }) name: string;
  @ApiProperty({ description: 'In the time zone of the process.', example: '*/5 * * * *' }) cron: string;
  @ApiProperty({
    type: JobRunDto,
    nullable: true,
    description: 'Of a job that all instances run: the last one worth telling, of one a minute at least.',
  })
  last_run: JobRunDto | null;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Null where the instance that answers runs no jobs.',
  })
  next_run_at: string | null;
  @ApiProperty({ type: [JobRunDto], description: 'The latest first, at most ten.' })
  recent_runs: readonly JobRunDto[];

  static of({ name, cron, nextTickAt, runs }: JobHistory): JobDto {
    const recent = runs.map(JobRunDto.of);
    return {
      name,
      cron,
      last_run: recent[0] ?? null,
      next_run_at: optional(nextTickAt),
      recent_runs: recent,
    };
  }
}

export class JobPage {
  @ApiProperty({ type: [JobDto] }) items: readonly JobDto[];
  @ApiProperty({ type: String, nullable: true, description: 'Always null: all jobs are on one page.' })
  next_cursor: null;
}

function optional(at: Instant | null): string | null {
  return at === null ? null : formatInstant(at, 'UTC');
}
