import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * News of calendars, as their history, follow from the row that changes and not from who changes it: requests, checks,
 * and the trigger that stops calendars with their account.
 */
export class TellOfStoppedCalendars1760000012200 implements MigrationInterface {
  readonly name = 'TellOfStoppedCalendars1760000012200';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TELL);
    await runner.query(noteConnectionEvent('health_of_connection = true,'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(noteConnectionEvent(''));
    await runner.query('DROP TRIGGER tr_calendars_news ON calendars; DROP FUNCTION tell_calendar_health();');
  }
}

/**
 * Another reason for the same outage is no news; neither is that a calendar works which was not known to fail. One that
 * stopped with its account is unknown once the account works again: its outage ends when it is read.
 */
const TELL = `
  CREATE FUNCTION tell_calendar_health() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO outbox_events (id, workspace_id, type, object_id, data, jobs)
    SELECT n.id, NEW.workspace_id, n.type, NEW.id,
      jsonb_build_object('calendar_id', NEW.id, 'connection_id', NEW.connection_id, 'name', NEW.name)
        || CASE NEW.health_status WHEN 'unhealthy'
           THEN jsonb_build_object('category', NEW.health_category, 'message', NEW.health_message) ELSE '{}' END,
      ARRAY(SELECT (graphile_worker.add_job(l.task, json_build_object('event_id', n.id, 'listener_id', l.listener_id),
          run_at => now(), priority => l.priority, max_attempts => 32767)).id
        FROM outbox_listeners l WHERE l.workspace_id = NEW.workspace_id AND n.type = ANY (l.types))
    FROM (SELECT gen_random_uuid() AS id, CASE NEW.health_status
      WHEN 'unhealthy' THEN 'calendar.failing' ELSE 'calendar.recovered' END AS type) AS n
    WHERE EXISTS (
      SELECT FROM outbox_listeners l WHERE l.workspace_id = NEW.workspace_id AND n.type = ANY (l.types));
    RETURN NULL;
  END $$;

  CREATE TRIGGER tr_calendars_news AFTER UPDATE OF health_status ON calendars
  FOR EACH ROW WHEN (
    NEW.health_status <> 'unknown' AND (NEW.health_status = 'unhealthy') <>
      (OLD.health_status = 'unhealthy' OR (OLD.health_status = 'unknown' AND OLD.health_of_connection))
  ) EXECUTE FUNCTION tell_calendar_health();`;

const noteConnectionEvent = (mark: string): string => `
  CREATE OR REPLACE FUNCTION note_connection_event() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF NEW.kind IN ('needs_reauth', 'disconnected') THEN
      UPDATE calendars SET health_status = 'unhealthy', health_message = NEW.failure->>'message', ${mark}
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
  END $$;`;
