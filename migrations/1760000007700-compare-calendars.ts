import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CompareCalendars1760000007700 implements MigrationInterface {
  readonly name = 'CompareCalendars1760000007700';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE bookings ADD COLUMN settled_at timestamptz(3), ADD COLUMN external_conflict_since timestamptz(3);
      UPDATE bookings SET settled_at = created_at WHERE status = 'confirmed';
      CREATE INDEX ix_bookings_upcoming ON bookings (calendar_id, end_at) WHERE status = 'confirmed';
      CREATE TABLE calendar_comparisons (
        calendar_id uuid CONSTRAINT pk_calendar_comparisons PRIMARY KEY
          CONSTRAINT fk_calendar_comparisons_calendar REFERENCES calendars ON DELETE CASCADE,
        due_at timestamptz(3) NOT NULL,
        compared_at timestamptz(3),
        failures integer NOT NULL DEFAULT 0
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE calendar_comparisons;
      DROP INDEX ix_bookings_upcoming;
      ALTER TABLE bookings DROP COLUMN external_conflict_since, DROP COLUMN settled_at;
    `);
  }
}
