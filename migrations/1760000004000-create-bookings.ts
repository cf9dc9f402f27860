import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateBookings1760000004000 implements MigrationInterface {
  readonly name = 'CreateBookings1760000004000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(BOOKINGS);
    await runner.query(HOLDS);
    await runner.query(SLOT_CLAIMS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE slot_claims;
      DROP TABLE holds;
      DROP TABLE bookings;
    `);
  }
}

const BOOKINGS = `
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
    moved_from_start_at timestamptz(3),
    moved_from_end_at timestamptz(3),
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
    sweeps_left integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz(3),
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    CONSTRAINT ck_bookings_status CHECK (status IN ('pending', 'confirmed', 'cancelling', 'cancelled', 'failed')),
    CONSTRAINT ck_bookings_times CHECK (start_at < end_at),
    CONSTRAINT ck_bookings_moved_from CHECK ((moved_from_start_at IS NULL) = (moved_from_end_at IS NULL))
  );
  CREATE INDEX ix_bookings_workspace ON bookings (workspace_id, created_at, id);
  CREATE INDEX ix_bookings_configuration ON bookings (configuration_id, start_at);
  CREATE INDEX ix_bookings_due ON bookings (next_attempt_at) WHERE next_attempt_at IS NOT NULL;`;

const HOLDS = `
  CREATE TABLE holds (
    id uuid CONSTRAINT pk_holds PRIMARY KEY,
    workspace_id uuid NOT NULL CONSTRAINT fk_holds_workspace REFERENCES workspaces ON DELETE CASCADE,
    configuration_id uuid NOT NULL CONSTRAINT fk_holds_configuration REFERENCES configurations ON DELETE CASCADE,
    calendar_id uuid NOT NULL CONSTRAINT fk_holds_calendar REFERENCES calendars ON DELETE CASCADE,
    start_at timestamptz(3) NOT NULL,
    end_at timestamptz(3) NOT NULL,
    timezone text NOT NULL,
    expires_at timestamptz(3) NOT NULL,
    CONSTRAINT ck_holds_times CHECK (start_at < end_at)
  );
  CREATE INDEX ix_holds_expires ON holds (expires_at);`;

/**
 * Time of one owner never conflicts with itself: a booking may move to a time that overlaps its present one.
 * `remote_calendar` is the provider's calendar, however many accounts of the workspace list it.
 */
const SLOT_CLAIMS = `
  CREATE TABLE slot_claims (
    id uuid CONSTRAINT pk_slot_claims PRIMARY KEY,
    calendar_id uuid NOT NULL CONSTRAINT fk_slot_claims_calendar REFERENCES calendars ON DELETE CASCADE,
    remote_calendar text NOT NULL,
    booking_id uuid CONSTRAINT fk_slot_claims_booking REFERENCES bookings ON DELETE CASCADE,
    hold_id uuid CONSTRAINT fk_slot_claims_hold REFERENCES holds ON DELETE CASCADE,
    during tstzrange NOT NULL,
    incoming boolean NOT NULL DEFAULT false,
    hold_expires_at timestamptz(3),
    CONSTRAINT uq_slot_claims_hold UNIQUE (hold_id),
    CONSTRAINT ck_slot_claims_owner CHECK (
      num_nonnulls(booking_id, hold_id) = 1 AND (hold_id IS NULL) = (hold_expires_at IS NULL)),
    CONSTRAINT ex_slot_claims_no_overlap
      EXCLUDE USING gist (remote_calendar WITH =, during WITH &&, (coalesce(booking_id, hold_id)) WITH <>)
  );
  CREATE INDEX ix_slot_claims_booking ON slot_claims (booking_id);
  COMMENT ON TABLE slot_claims IS
    'Time given away, buffers included. The exclusion constraint is what makes double bookings impossible.';`;
