import { enqueued } from '../../shared/queue-statements.js';
import { TEST_EVENT } from '../delivery.js';

const at = (parameter: string): string => `now() + ${parameter}::float8 * interval '1 millisecond'`;

/** One key for all attempts after the first, so that the next one can be found. */
const KEY = `'webhook-delivery/' || d.id`;

/** SQL of the job for the attempt that follows on those of the row `d`. */
const nextAttempt = (runAt: string): string =>
  enqueued({
    task: `'deliver-webhook'`,
    payload: `json_build_object('event_id', d.event_id, 'listener_id', d.webhook_id, 'attempt', d.attempts + 1)`,
    runAt,
    key: KEY,
    priority: `(SELECT least(failures, 100) FROM webhooks WHERE id = d.webhook_id)`,
  });

/** Nothing to do for a webhook or an event that is gone by now. */
export const OPEN = `
  INSERT INTO webhook_deliveries (id, webhook_id, event_id, event_type)
  SELECT $1::uuid, w.id, e.id, e.type FROM webhooks w, outbox_events e WHERE w.id = $2 AND e.id = $3
  ON CONFLICT ON CONSTRAINT uq_webhook_deliveries_event DO NOTHING`;

const REASON = `
  CASE WHEN $8 THEN 'gone' WHEN f.given_up AND f.failing_since < ${at('-$9')} THEN 'failing' END`;

/**
 * The webhook is locked first, as whoever removes it does, and judged as it is then: of attempts that end together, one
 * switches it off. The next attempt goes into the queue last, for the row that was changed.
 */
export const RECORD = `
  WITH w AS MATERIALIZED (
    SELECT id, active, failures, failing_since FROM webhooks WHERE id = $3 FOR NO KEY UPDATE
  ), d AS (
    UPDATE webhook_deliveries SET attempts = attempts + 1, failure = $4, response_status = $5, duration_ms = $6,
      attempted_at = now(), next_attempt_at = ${at('$7')},
      status = CASE WHEN $4::text IS NULL THEN 'delivered' WHEN $7::float8 IS NULL THEN 'failed' ELSE 'pending' END
    FROM w WHERE webhook_deliveries.id = $1 AND webhook_id = w.id AND attempts = $2 AND status = 'pending'
    RETURNING webhook_deliveries.id, webhook_id, event_id, event_type, attempts, status, next_attempt_at
  ), judged AS (
    UPDATE webhooks SET failures = CASE WHEN f.failed THEN f.failures + 1 ELSE 0 END,
      failing_since = CASE WHEN f.failed THEN coalesce(f.failing_since, now()) END,
      active = f.active AND ${REASON} IS NULL,
      disabled_at = CASE WHEN f.active AND ${REASON} IS NOT NULL THEN now() ELSE disabled_at END,
      disabled_reason = CASE WHEN f.active THEN ${REASON} ELSE disabled_reason END
    FROM (SELECT w.*, d.status <> 'delivered' AS failed, d.status = 'failed' AS given_up
      FROM w JOIN d ON d.webhook_id = w.id WHERE d.status = 'delivered' OR d.event_type <> '${TEST_EVENT}') AS f
    WHERE webhooks.id = f.id AND (f.failed OR f.failures > 0)
    RETURNING CASE WHEN f.active THEN disabled_reason END AS disabled
  )
  SELECT d.id, (SELECT disabled FROM judged) AS disabled,
    CASE d.status WHEN 'pending' THEN ${nextAttempt('d.next_attempt_at')} END AS job
  FROM d`;

export const GIVE_UP = `
  UPDATE webhook_deliveries SET status = 'failed', failure = $2, next_attempt_at = NULL
  WHERE id = $1 AND status = 'pending'`;

/** The queue moves no job that is being done. Only the first attempt has a job that is not found by the key. */
export const HASTEN = `
  WITH moved AS MATERIALIZED (
    SELECT id FROM graphile_worker.reschedule_jobs(
      ARRAY(SELECT id FROM graphile_worker.jobs WHERE key = 'webhook-delivery/' || $1), run_at => now(), attempts => 0)
  ), d AS (
    UPDATE webhook_deliveries SET next_attempt_at = now()
    WHERE id = $1::uuid AND status = 'pending' AND EXISTS (SELECT FROM moved) RETURNING id
  )
  SELECT id FROM d`;

export const REPEAT = `
  WITH d AS (
    UPDATE webhook_deliveries SET status = 'pending', next_attempt_at = now()
    WHERE id = $1 AND attempts = $2 AND status <> 'pending' RETURNING id, webhook_id, event_id, attempts
  )
  SELECT d.id, ${nextAttempt('now()')} AS job FROM d`;
