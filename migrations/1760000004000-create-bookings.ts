import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateBookings1760000004000 implements MigrationInterface {
  readonly name = 'CreateBookings1760000004000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE EXTENSION IF NOT EXISTS btree_gist;
      CREATE TABLE bookings (
        id uuid CONSTRAINT pk_bookings PRIMARY KEY,
        workspace_id uuid NOT NULL CONSTRAINT fk_bookings_workspace REFERENCES workspaces ON DELETE CASCADE,
        configuration_id uuid CONSTRAINT fk_bookings_configuration REFERENCES configurations ON DELETE SET NULL,
        calendar_id uuid NOT NULL CONSTRAINT fk_bookings_calendar REFERENCES calendars ON DELETE CASCADE,
        config_name text NOT NULL,
        status text NOT NULL,
        start_at timestamptz(3) NOT NULL,
        end_at timestamptz(3) NOT NULL,
        timezone text NOT NULL,
        title text NOT NULL,
        description text,
        attendee_email text NOT NULL,
        attendee_name text,
        meeting_type text NOT NULL,
        meeting_link text,
        meeting_address text,
        create_meet_link boolean NOT NULL,
        event_id text NOT NULL,
        event_generation integer NOT NULL DEFAULT 0,
        cancel_reason text,
        failure jsonb,
        attempts integer NOT NULL DEFAULT 0,
        next_attempt_at timestamptz(3),
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT ck_bookings_status CHECK (status IN ('pending', 'confirmed', 'cancelling', 'cancelled', 'failed')),
        CONSTRAINT ck_bookings_times CHECK (start_at < end_at)
      );
      CREATE INDEX ix_bookings_workspace ON bookings (workspace_id, created_at, id);
      CREATE INDEX ix_bookings_configuration ON bookings (configuration_id, start_at);
      CREATE INDEX ix_bookings_due ON bookings (next_attempt_at) WHERE status IN ('pending', 'cancelling');
      CREATE TABLE slot_claims (
        id uuid CONSTRAINT pk_slot_claims PRIMARY KEY,
        calendar_id uuid NOT NULL CONSTRAINT fk_slot_claims_calendar REFERENCES calendars ON DELETE CASCADE,
        booking_id uuid CONSTRAINT fk_slot_claims_booking REFERENCES bookings ON DELETE CASCADE,
        during tstzrange NOT NULL,
        hold_expires_at timestamptz(3),
        CONSTRAINT uq_slot_claims_booking UNIQUE (booking_id),
        CONSTRAINT ex_slot_claims_no_overlap EXCLUDE USING gist (calendar_id WITH =, during WITH &&)
      );
      COMMENT ON TABLE slot_claims IS
        'Time given away, buffers included. The exclusion constraint is what makes double bookings impossible.';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE slot_claims;
      DROP TABLE bookings;
    `);
  }
}
