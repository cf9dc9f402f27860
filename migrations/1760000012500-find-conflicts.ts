import type { MigrationInterface, QueryRunner } from 'typeorm';

export class FindConflicts1760000012500 implements MigrationInterface {
  readonly name = 'FindConflicts1760000012500';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE INDEX ix_bookings_conflict ON bookings (workspace_id) WHERE external_conflict_since IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX ix_bookings_conflict');
  }
}
