import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateConfigurations1760000003000 implements MigrationInterface {
  readonly name = 'CreateConfigurations1760000003000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE configurations (
        id uuid CONSTRAINT pk_configurations PRIMARY KEY,
        workspace_id uuid NOT NULL CONSTRAINT fk_configurations_workspace REFERENCES workspaces ON DELETE CASCADE,
        name text NOT NULL,
        calendar_id uuid NOT NULL CONSTRAINT fk_configurations_calendar REFERENCES calendars ON DELETE CASCADE,
        timezone text NOT NULL,
        duration_minutes integer NOT NULL,
        slot_interval_minutes integer,
        prep_time_minutes integer NOT NULL,
        buffer_after_minutes integer NOT NULL,
        days_buffer integer NOT NULL,
        min_notice_minutes integer NOT NULL,
        max_days_ahead integer NOT NULL,
        from_minute integer NOT NULL,
        to_minute integer NOT NULL,
        workdays text array NOT NULL,
        date_overrides jsonb NOT NULL DEFAULT '[]',
        max_bookings_per_day integer,
        meeting_type text NOT NULL,
        meeting_link text,
        meeting_address text,
        create_meet_link boolean NOT NULL DEFAULT false,
        on_unverified text NOT NULL,
        last_known_max_age_minutes integer NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT ck_configurations_hours CHECK (0 <= from_minute AND from_minute < to_minute AND to_minute <= 1440),
        CONSTRAINT ck_configurations_meeting_type CHECK (meeting_type IN ('online', 'in_person', 'phone')),
        CONSTRAINT ck_configurations_on_unverified CHECK (on_unverified IN ('last_known', 'flag', 'block'))
      );
      CREATE INDEX ix_configurations_workspace ON configurations (workspace_id, created_at, id);
      CREATE INDEX ix_configurations_calendar ON configurations (calendar_id);
      CREATE TABLE conflict_calendars (
        configuration_id uuid NOT NULL
          CONSTRAINT fk_conflict_calendars_configuration REFERENCES configurations ON DELETE CASCADE,
        calendar_id uuid NOT NULL CONSTRAINT fk_conflict_calendars_calendar REFERENCES calendars ON DELETE CASCADE,
        position integer NOT NULL,
        CONSTRAINT pk_conflict_calendars PRIMARY KEY (configuration_id, calendar_id)
      );
      CREATE INDEX ix_conflict_calendars_calendar ON conflict_calendars (calendar_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE conflict_calendars;
      DROP TABLE configurations;
    `);
  }
}
