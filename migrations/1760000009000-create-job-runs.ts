import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateJobRuns1760000009000 implements MigrationInterface {
  readonly name = 'CreateJobRuns1760000009000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE job_runs (
        job text NOT NULL,
        tick timestamptz(3) NOT NULL,
        instance text NOT NULL,
        session integer NOT NULL,
        started_at timestamptz(3) NOT NULL,
        finished_at timestamptz(3),
        result text CONSTRAINT ck_job_runs_result CHECK (result IN ('ok', 'partial', 'failed', 'interrupted')),
        detail text,
        CONSTRAINT pk_job_runs PRIMARY KEY (job, tick)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE job_runs');
  }
}
