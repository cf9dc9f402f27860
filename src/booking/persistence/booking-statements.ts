/**
 * Claim and booking in one statement, so that there is no moment with one and without the other.
 * ON CONFLICT DO NOTHING settles a race without the error, the lock queue and the deadlocks of a plain
 * INSERT against an exclusion constraint. Claims of holds that ran out are in nobody's way.
 */
export const CLAIM = `
  WITH claim AS (
    INSERT INTO slot_claims (id, calendar_id, booking_id, during)
    VALUES ($1, $4, $1, tstzrange(to_timestamp($20::float8 / 1000), to_timestamp($21::float8 / 1000)))
    ON CONFLICT ON CONSTRAINT ex_slot_claims_no_overlap DO NOTHING
    RETURNING id
  ), booking AS (
    INSERT INTO bookings (id, workspace_id, configuration_id, calendar_id, config_name, status, start_at, end_at,
      timezone, title, description, attendee_email, attendee_name, meeting_type, meeting_link, meeting_address,
      create_meet_link, event_id, event_generation, next_attempt_at)
    SELECT $1, $2, $3, $4, $5, 'pending', to_timestamp($6::float8 / 1000), to_timestamp($7::float8 / 1000),
      $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, now() + $19 * interval '1 millisecond' FROM claim
    RETURNING id
  )
  SELECT id FROM booking`;

const RELEASE = `released AS (DELETE FROM slot_claims WHERE booking_id IN (SELECT id FROM changed) RETURNING id)`;

const changed = (assignments: string, condition: string): string => `
  WITH changed AS (UPDATE bookings SET ${assignments} WHERE id = $1 AND ${condition} RETURNING id)`;

export const CONFIRM = `
  ${changed(`status = 'confirmed', meeting_link = coalesce($2, meeting_link), failure = NULL, next_attempt_at = NULL`, `status = 'pending'`)}
  SELECT id FROM changed`;

export const FAIL = `
  ${changed(`status = 'failed', failure = $2::jsonb, next_attempt_at = NULL`, `status = 'pending'`)}, ${RELEASE}
  SELECT id FROM changed`;

export const NEXT_GENERATION = `
  ${changed(`event_generation = event_generation + 1, event_id = $3`, `status = 'pending' AND event_generation = $2`)}
  SELECT id FROM changed`;

export const START_CANCELLING = `
  ${changed(`status = 'cancelling', cancel_reason = $2, attempts = 0, next_attempt_at = now() + interval '30 seconds'`, `status IN ('pending', 'confirmed')`)}
  SELECT id FROM changed`;

export const FINISH_CANCELLING = `
  ${changed(`status = 'cancelled', failure = NULL, next_attempt_at = NULL`, `status = 'cancelling'`)}, ${RELEASE}
  SELECT id FROM changed`;

/** 5 s, 10 s, 20 s … at most ten minutes. */
export const POSTPONE = `
  ${changed(
    `failure = $2::jsonb, attempts = attempts + 1,
     next_attempt_at = now() + least(600, 5 * 2 ^ least(attempts, 8)) * interval '1 second'`,
    `status IN ('pending', 'cancelling')`,
  )}
  SELECT id FROM changed`;

/** Each due booking goes to one caller; if that one dies, it is due again after a minute. */
export const TAKE_DUE = `
  WITH changed AS (
    UPDATE bookings SET next_attempt_at = now() + interval '1 minute'
    WHERE id IN (
      SELECT id FROM bookings WHERE status IN ('pending', 'cancelling') AND next_attempt_at <= now()
      ORDER BY next_attempt_at LIMIT $1 FOR UPDATE SKIP LOCKED)
    RETURNING id)
  SELECT id FROM changed`;

export const COUNT_UPCOMING = `
  SELECT calendar_id, count(*)::int AS count FROM bookings
  WHERE calendar_id = ANY ($1) AND status IN ('pending', 'confirmed') AND end_at > now() GROUP BY calendar_id`;
