/**
 * Writes what changed, and at most once a minute what did not: every availability request reports health. History and
 * news follow by triggers on the rows, whoever changes them.
 */
export const RECORD_HEALTH = `
  UPDATE calendars AS c SET health_status = t.status, health_category = t.category, health_message = t.message,
    health_of_connection = t.of_connection, health_checked_at = now(),
    unhealthy_since = CASE t.status WHEN 'unhealthy' THEN coalesce(c.unhealthy_since, now()) END
  FROM (SELECT id, status, category, message, of_connection FROM calendars
    JOIN unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::boolean[])
      AS u (id, status, category, message, of_connection) USING (id)
    WHERE health_status IS DISTINCT FROM status OR health_category IS DISTINCT FROM category
      OR health_of_connection IS DISTINCT FROM of_connection
      OR health_checked_at IS NULL OR health_checked_at < now() - interval '1 minute'
    ORDER BY id FOR UPDATE OF calendars SKIP LOCKED) AS t
  WHERE c.id = t.id`;
