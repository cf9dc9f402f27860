import type { MigrationInterface, QueryRunner } from 'typeorm';

export class PaceWrites1760000007600 implements MigrationInterface {
  readonly name = 'PaceWrites1760000007600';

  async up(runner: QueryRunner): Promise<void> {
    // Unlogged: what a crash of the server forgets is over by the time that it is back.
    await runner.query(`
      CREATE UNLOGGED TABLE calendar_writes (
        remote_calendar text CONSTRAINT pk_calendar_writes PRIMARY KEY,
        idle_at timestamptz(3) NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE calendar_writes');
  }
}
