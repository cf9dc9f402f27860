import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateHealthHistory1760000008000 implements MigrationInterface {
  readonly name = 'CreateHealthHistory1760000008000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CHECKS);
    await runner.query(PERIODS);
    await runner.query(SEEN_SO_FAR);
    await runner.query(OF_CALENDARS);
    await runner.query(OF_CONNECTIONS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER tr_connection_events_calendar_health ON connection_events;
      DROP TRIGGER tr_calendars_history ON calendars;
      DROP FUNCTION note_connection_event();
      DROP FUNCTION note_calendar_health();
      DROP FUNCTION observation_lifetime();
      DROP TABLE calendar_observations;
      DROP TABLE calendar_outages;
      DROP TABLE calendar_check_hours;
      DROP TABLE calendar_checks;
    `);
  }
}

const CHECKS = `
  CREATE TABLE calendar_checks (
    calendar_id uuid NOT NULL CONSTRAINT fk_calendar_checks_calendar REFERENCES calendars ON DELETE CASCADE,
    at timestamptz(3) NOT NULL,
    category text,
    duration_ms integer NOT NULL,
    CONSTRAINT pk_calendar_checks PRIMARY KEY (calendar_id, at)
  );
  CREATE INDEX ix_calendar_checks_at ON calendar_checks USING brin (at);
  COMMENT ON TABLE calendar_checks IS 'What each check of a calendar found.';
  COMMENT ON COLUMN calendar_checks.category IS 'Null: the calendar could be read.';
  CREATE TABLE calendar_check_hours (
    calendar_id uuid NOT NULL CONSTRAINT fk_calendar_check_hours_calendar REFERENCES calendars ON DELETE CASCADE,
    hour timestamptz(3) NOT NULL,
    checks integer NOT NULL,
    failed_checks integer NOT NULL,
    duration_ms bigint NOT NULL,
    CONSTRAINT pk_calendar_check_hours PRIMARY KEY (calendar_id, hour)
  );
  CREATE INDEX ix_calendar_check_hours_hour ON calendar_check_hours USING brin (hour);
  COMMENT ON TABLE calendar_check_hours IS 'Checks summed up by hour; an hour without any has no row.';
  COMMENT ON COLUMN calendar_check_hours.hour IS 'Its beginning, UTC.';
  COMMENT ON COLUMN calendar_check_hours.duration_ms IS 'Of all checks together.';`;

const PERIODS = `
  CREATE TABLE calendar_outages (
    calendar_id uuid NOT NULL CONSTRAINT fk_calendar_outages_calendar REFERENCES calendars ON DELETE CASCADE,
    started_at timestamptz(3) NOT NULL,
    ended_at timestamptz(3),
    category text NOT NULL,
    CONSTRAINT pk_calendar_outages PRIMARY KEY (calendar_id, started_at),
    CONSTRAINT ck_calendar_outages_times CHECK (started_at <= ended_at)
  );
  CREATE UNIQUE INDEX uq_calendar_outages_open ON calendar_outages (calendar_id) WHERE ended_at IS NULL;
  COMMENT ON TABLE calendar_outages IS 'From the first failed observation of a calendar to the first good one.';
  COMMENT ON COLUMN calendar_outages.category IS 'Of the latest failure.';
  CREATE TABLE calendar_observations (
    calendar_id uuid NOT NULL CONSTRAINT fk_calendar_observations_calendar REFERENCES calendars ON DELETE CASCADE,
    started_at timestamptz(3) NOT NULL,
    ended_at timestamptz(3),
    CONSTRAINT pk_calendar_observations PRIMARY KEY (calendar_id, started_at),
    CONSTRAINT ck_calendar_observations_times CHECK (started_at <= ended_at)
  );
  CREATE UNIQUE INDEX uq_calendar_observations_open ON calendar_observations (calendar_id) WHERE ended_at IS NULL;
  COMMENT ON TABLE calendar_observations IS 'When it was known whether a calendar works.';`;

const SEEN_SO_FAR = `
  INSERT INTO calendar_observations (calendar_id, started_at)
  SELECT id, coalesce(unhealthy_since, health_checked_at) FROM calendars
  WHERE health_status <> 'unknown' AND health_checked_at IS NOT NULL;
  INSERT INTO calendar_outages (calendar_id, started_at, category)
  SELECT id, unhealthy_since, health_category FROM calendars
  WHERE health_status = 'unhealthy' AND health_category IS NOT NULL AND unhealthy_since IS NOT NULL;`;

/**
 * Outages follow a calendar's health by a trigger, so that no writer of it can forget them: reads of ordinary
 * traffic, checks, a consent. It runs only when the health changes, or was not looked at for long. Its row is locked
 * by whoever changes it, so two never note the same calendar at once.
 */
const OF_CALENDARS = `
  CREATE FUNCTION observation_lifetime() RETURNS interval LANGUAGE sql IMMUTABLE RETURN interval '26 hours';
  COMMENT ON FUNCTION observation_lifetime() IS
    'How long an observation vouches for a calendar: a daily check may be two hours late.';

  CREATE FUNCTION note_calendar_health() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    silent_from timestamptz(3) := OLD.health_checked_at + observation_lifetime();
    seen_at timestamptz(3) := now();
    began_at timestamptz(3);
    met text := coalesce(NEW.health_category, 'connection_error');
  BEGIN
    IF NEW.health_status <> 'unknown' THEN
      seen_at := coalesce(NEW.health_checked_at, now());
    END IF;
    IF NEW.health_status = 'unknown' OR silent_from < seen_at THEN
      UPDATE calendar_observations SET ended_at = greatest(started_at, least(silent_from, seen_at))
      WHERE calendar_id = NEW.id AND ended_at IS NULL;
    END IF;
    IF NEW.health_status <> 'unknown' THEN
      INSERT INTO calendar_observations (calendar_id, started_at)
      SELECT NEW.id, seen_at
      WHERE NOT EXISTS (SELECT FROM calendar_observations WHERE calendar_id = NEW.id AND ended_at IS NULL)
      ON CONFLICT ON CONSTRAINT pk_calendar_observations DO UPDATE SET ended_at = NULL;
    END IF;

    IF NEW.health_status = 'unhealthy' THEN
      UPDATE calendar_outages SET category = met WHERE calendar_id = NEW.id AND ended_at IS NULL;
      IF NOT FOUND THEN
        began_at := CASE OLD.health_status WHEN 'unhealthy' THEN coalesce(NEW.unhealthy_since, seen_at) ELSE seen_at END;
        INSERT INTO calendar_outages (calendar_id, started_at, category)
        VALUES (NEW.id, began_at, met)
        ON CONFLICT ON CONSTRAINT pk_calendar_outages DO UPDATE SET ended_at = NULL, category = excluded.category;
      END IF;
    ELSE
      UPDATE calendar_outages SET ended_at = greatest(started_at, seen_at)
      WHERE calendar_id = NEW.id AND ended_at IS NULL;
    END IF;
    RETURN NULL;
  END $$;

  CREATE TRIGGER tr_calendars_history AFTER UPDATE OF health_status, health_category, health_checked_at ON calendars
  FOR EACH ROW WHEN (
    NEW.health_status IS DISTINCT FROM OLD.health_status
    OR NEW.health_category IS DISTINCT FROM OLD.health_category
    OR NEW.health_checked_at > OLD.health_checked_at + observation_lifetime()
  ) EXECUTE FUNCTION note_calendar_health();`;

/**
 * An account that stops takes its calendars with it at once, and not when somebody next tries to read them; one that
 * works again leaves open what its calendars say now. Rows that others write just now are left to them: what they
 * see next corrects it, and nobody waits for anybody.
 */
const OF_CONNECTIONS = `
  CREATE FUNCTION note_connection_event() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF NEW.kind IN ('needs_reauth', 'disconnected') THEN
      UPDATE calendars SET health_status = 'unhealthy', health_message = NEW.failure->>'message',
        health_category = coalesce(NEW.failure->>'category', 'missing_tokens'),
        health_checked_at = NEW.at, unhealthy_since = NEW.at
      WHERE id IN (
        SELECT id FROM calendars
        WHERE connection_id = NEW.connection_id AND active AND health_status <> 'unhealthy'
        FOR UPDATE SKIP LOCKED
      );
    ELSE
      UPDATE calendars SET health_status = 'unknown', health_category = NULL, health_message = NULL,
        unhealthy_since = NULL
      WHERE id IN (
        SELECT id FROM calendars
        WHERE connection_id = NEW.connection_id AND health_status = 'unhealthy'
          AND health_category IN ('missing_tokens', 'expired_tokens', 'provider_misconfigured')
        FOR UPDATE SKIP LOCKED
      );
    END IF;
    RETURN NULL;
  END $$;

  CREATE TRIGGER tr_connection_events_calendar_health AFTER INSERT ON connection_events
  FOR EACH ROW EXECUTE FUNCTION note_connection_event();`;
