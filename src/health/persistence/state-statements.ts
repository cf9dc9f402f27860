const CALENDARS = `
  SELECT 'calendars' AS gauge, ARRAY[
    CASE WHEN c.auth_status = 'needs_reauth' THEN 'unhealthy' ELSE k.health_status END,
    CASE WHEN c.auth_status = 'needs_reauth' THEN coalesce(c.last_error->>'category', 'missing_tokens')
         WHEN k.health_status = 'unhealthy' THEN coalesce(k.health_category, 'none') ELSE 'none' END] AS labels,
    count(*)::float8 AS value
  FROM calendars k JOIN connections c ON c.id = k.connection_id
  WHERE k.active AND c.auth_status <> 'disconnected' GROUP BY labels`;

const CONNECTIONS = `
  SELECT 'connections', ARRAY[auth_status, coalesce(last_error->>'category', 'none')], count(*)::float8
  FROM connections GROUP BY 2`;

const WAITING = `
  SELECT 'reauthorization_oldest_seconds', '{}',
    coalesce(extract(epoch FROM now()) - min((last_error->>'at')::float8) / 1000, 0)::float8
  FROM connections WHERE auth_status = 'needs_reauth' AND last_error->>'actor' IN ('user', 'admin')`;

const BOOKINGS = `
  SELECT 'bookings', ARRAY[status], count(*)::float8 FROM bookings WHERE end_at > now() GROUP BY status`;

const CONFLICTS = `
  SELECT 'booking_conflicts', '{}', count(*)::float8 FROM bookings
  WHERE external_conflict_since IS NOT NULL AND status = 'confirmed' AND end_at > now()`;

const DUE = `
  SELECT 'bookings_due', '{}', count(*)::float8 FROM bookings WHERE next_attempt_at <= now()
  UNION ALL
  SELECT 'bookings_due_oldest_seconds', '{}', coalesce(extract(epoch FROM now() - min(next_attempt_at)), 0)::float8
  FROM bookings WHERE next_attempt_at <= now()`;

const QUEUE = `
  SELECT 'queue_jobs', ARRAY[task_identifier,
    CASE WHEN last_error IS NOT NULL THEN 'failing' WHEN run_at <= now() THEN 'due' ELSE 'waiting' END], count(*)::float8
  FROM graphile_worker.jobs GROUP BY 2
  UNION ALL
  SELECT 'queue_due_oldest_seconds', '{}', coalesce(extract(epoch FROM now() - min(run_at)), 0)::float8
  FROM graphile_worker.jobs WHERE run_at <= now()`;

const WEBHOOKS = `
  SELECT 'webhooks', ARRAY[CASE WHEN disabled_at IS NOT NULL THEN 'disabled' WHEN NOT active THEN 'inactive'
    WHEN failing_since IS NOT NULL THEN 'failing' ELSE 'working' END], count(*)::float8
  FROM webhooks GROUP BY 2`;

const JOBS = `
  SELECT 'job_last_run_timestamp_seconds', ARRAY[job, result], extract(epoch FROM max(started_at))::float8
  FROM job_runs WHERE result IS NOT NULL GROUP BY job, result
  UNION ALL
  SELECT 'job_last_tick_timestamp_seconds', ARRAY[job], extract(epoch FROM max(tick))::float8
  FROM job_runs GROUP BY job`;

export const STATE = [CALENDARS, CONNECTIONS, WAITING, BOOKINGS, CONFLICTS, DUE, QUEUE, WEBHOOKS, JOBS].join(
  '\nUNION ALL',
);
