import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateCalendars1760000002000 implements MigrationInterface {
  readonly name = 'CreateCalendars1760000002000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE calendars (
        id uuid CONSTRAINT pk_calendars PRIMARY KEY,
        workspace_id uuid NOT NULL CONSTRAINT fk_calendars_workspace REFERENCES workspaces ON DELETE CASCADE,
        connection_id uuid NOT NULL CONSTRAINT fk_calendars_connection REFERENCES connections ON DELETE CASCADE,
        external_id text NOT NULL,
        name text NOT NULL,
        timezone text NOT NULL,
        access_role text NOT NULL,
        is_primary boolean NOT NULL DEFAULT false,
        active boolean NOT NULL DEFAULT true,
        health_status text NOT NULL DEFAULT 'unknown'
          CONSTRAINT ck_calendars_health_status CHECK (health_status IN ('healthy', 'unhealthy', 'unknown')),
        health_category text,
        health_message text,
        health_checked_at timestamptz(3),
        unhealthy_since timestamptz(3),
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT uq_calendars_external UNIQUE (connection_id, external_id)
      );
      CREATE INDEX ix_calendars_workspace ON calendars (workspace_id, created_at, id);
      CREATE TABLE busy_days (
        calendar_id uuid NOT NULL CONSTRAINT fk_busy_days_calendar REFERENCES calendars ON DELETE CASCADE,
        day integer NOT NULL,
        busy bigint array NOT NULL,
        read_at timestamptz(3) NOT NULL,
        CONSTRAINT pk_busy_days PRIMARY KEY (calendar_id, day)
      );
      COMMENT ON TABLE busy_days IS 'What the last successful read of a calendar said of one UTC day.';
      COMMENT ON COLUMN busy_days.day IS 'Days since 1970-01-01, UTC.';
      COMMENT ON COLUMN busy_days.busy IS 'Start and end of each busy period in turn, epoch milliseconds.';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE busy_days;
      DROP TABLE calendars;
    `);
  }
}
