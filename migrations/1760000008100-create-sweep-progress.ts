import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateSweepProgress1760000008100 implements MigrationInterface {
  readonly name = 'CreateSweepProgress1760000008100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE sweep_progress (
        job text CONSTRAINT pk_sweep_progress PRIMARY KEY,
        after uuid NOT NULL,
        sweep jsonb NOT NULL,
        saved_at timestamptz(3) NOT NULL DEFAULT now()
      );
      COMMENT ON TABLE sweep_progress IS 'How far runs over all accounts have come that are not finished yet.';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE sweep_progress');
  }
}
