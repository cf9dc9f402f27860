import { telling } from '../../outbox/outbox.module.js';

/**
 * Another reason for the same outage is no news; neither is that a calendar works which was not known to fail. One that
 * stopped with its account is unknown since the account works again, and its outage ends when it is read.
 */
const NEWS = `
  SELECT gen_random_uuid(), workspace_id,
    CASE health_status WHEN 'unhealthy' THEN 'calendar.failing' ELSE 'calendar.recovered' END, id,
    jsonb_build_object('calendar_id', id, 'connection_id', connection_id, 'name', name)
      || CASE health_status WHEN 'unhealthy'
         THEN jsonb_build_object('category', health_category, 'message', health_message) ELSE '{}' END
  FROM changed WHERE (health_status = 'unhealthy') <> (was = 'unhealthy')
    OR (health_status = 'healthy' AND was = 'unknown' AND was_of_connection)`;

/** Writes what changed, and at most once a minute what did not: every availability request reports health. */
export const RECORD_HEALTH = `
  WITH changed AS (
    UPDATE calendars AS c SET health_status = t.status, health_category = t.category, health_message = t.message,
      health_of_connection = t.of_connection, health_checked_at = now(),
      unhealthy_since = CASE t.status WHEN 'unhealthy' THEN coalesce(c.unhealthy_since, now()) END
    FROM (SELECT id, status, category, message, of_connection, health_status AS was,
        health_of_connection AS was_of_connection FROM calendars
      JOIN unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::boolean[])
        AS u (id, status, category, message, of_connection) USING (id)
      WHERE health_status IS DISTINCT FROM status OR health_category IS DISTINCT FROM category
        OR health_of_connection IS DISTINCT FROM of_connection
        OR health_checked_at IS NULL OR health_checked_at < now() - interval '1 minute'
      ORDER BY id FOR UPDATE OF calendars SKIP LOCKED) AS t
    WHERE c.id = t.id
    RETURNING c.id, c.workspace_id, c.connection_id, c.name, c.health_status, c.health_category, c.health_message, t.was,
      t.was_of_connection
  ), ${telling(NEWS)}
  SELECT count(*) FROM changed`;
