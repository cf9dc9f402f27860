/**
 * Rows are locked in the order of their ids, so that none is deleted under its check. Whoever changes a calendar's
 * health just now has seen it later than the check did.
 */
export const RECORD_CHECKS = `
  WITH checked AS MATERIALIZED (
    SELECT c.id, to_timestamp(u.at / 1000)::timestamptz(3) AS at, u.category, u.message, u.of_connection, u.duration_ms
    FROM unnest($1::uuid[], $2::float8[], $3::text[], $4::text[], $5::boolean[], $6::int[])
      AS u (id, at, category, message, of_connection, duration_ms)
    JOIN calendars c USING (id)
    ORDER BY c.id FOR KEY SHARE OF c
  ), health AS (
    UPDATE calendars AS c SET health_category = t.category, health_message = t.message, health_checked_at = t.at,
      health_of_connection = t.of_connection,
      health_status = CASE WHEN t.category IS NULL THEN 'healthy' ELSE 'unhealthy' END,
      unhealthy_since = CASE WHEN t.category IS NOT NULL THEN coalesce(c.unhealthy_since, t.at) END
    FROM (SELECT checked.* FROM checked JOIN calendars k USING (id)
      WHERE k.health_checked_at IS NULL OR k.health_checked_at <= checked.at
      ORDER BY id FOR UPDATE OF k SKIP LOCKED) AS t
    WHERE c.id = t.id
  ), kept AS (
    INSERT INTO calendar_checks (calendar_id, at, category, duration_ms)
    SELECT id, at, category, duration_ms FROM checked
    ON CONFLICT ON CONSTRAINT pk_calendar_checks DO NOTHING
    RETURNING calendar_id, at, category, duration_ms
  )
  INSERT INTO calendar_check_hours AS h (calendar_id, hour, checks, failed_checks, duration_ms)
  SELECT calendar_id, date_trunc('hour', at, 'UTC'), count(*), count(category), sum(duration_ms) FROM kept
  GROUP BY 1, 2 ORDER BY 1, 2
  ON CONFLICT ON CONSTRAINT pk_calendar_check_hours DO UPDATE SET checks = h.checks + excluded.checks,
    failed_checks = h.failed_checks + excluded.failed_checks, duration_ms = h.duration_ms + excluded.duration_ms`;
