import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The trigger that stops calendars with their account does what every other change of their state does: it tells of it. */
export class TellOfStoppedCalendars1760000012200 implements MigrationInterface {
  readonly name = 'TellOfStoppedCalendars1760000012200';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(noteConnectionEvent(TELLING));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(noteConnectionEvent(SILENT));
  }
}

const STOPPED = `
  UPDATE calendars SET health_status = 'unhealthy', health_message = NEW.failure->>'message',
    health_category = coalesce(NEW.failure->>'category', 'missing_tokens'), health_of_connection = true,
    health_checked_at = NEW.at, unhealthy_since = NEW.at
  WHERE id IN (
    SELECT id FROM calendars
    WHERE connection_id = NEW.connection_id AND active AND health_status <> 'unhealthy'
    FOR UPDATE SKIP LOCKED
  )`;

const SILENT = `${STOPPED};`;

/** An event and a job for each of its listeners, as the statements that record the health of calendars make them. */
const TELLING = `
  WITH changed AS (${STOPPED} RETURNING *)
  INSERT INTO outbox_events (id, workspace_id, type, object_id, data, jobs)
  SELECT n.id, n.workspace_id, n.type, n.object_id, n.data,
    ARRAY(SELECT (graphile_worker.add_job(l.task, json_build_object('event_id', n.id, 'listener_id', l.listener_id),
        run_at => now(), priority => l.priority, max_attempts => 32767)).id
      FROM outbox_listeners l WHERE l.workspace_id = n.workspace_id AND n.type = ANY (l.types))
  FROM (
    SELECT gen_random_uuid() AS id, workspace_id, 'calendar.failing' AS type, id AS object_id,
      jsonb_build_object('calendar_id', id, 'connection_id', connection_id, 'name', name,
        'category', health_category, 'message', health_message) AS data
    FROM changed) AS n
  WHERE NEW.kind = 'needs_reauth' AND EXISTS (
    SELECT FROM outbox_listeners l WHERE l.workspace_id = n.workspace_id AND n.type = ANY (l.types));`;

const noteConnectionEvent = (stop: string): string => `
  CREATE OR REPLACE FUNCTION note_connection_event() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF NEW.kind IN ('needs_reauth', 'disconnected') THEN ${stop}
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
