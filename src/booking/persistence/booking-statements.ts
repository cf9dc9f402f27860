import { bookingNews, telling } from '../../outbox/outbox.module.js';
import { at, remote } from './claim-statements.js';

const changed = (assignments: string, condition: string): string => `
  WITH changed AS (UPDATE bookings SET ${assignments} WHERE id = $1 AND ${condition} RETURNING *)`;

const tell = (type: string): string => telling(bookingNews(type, 'changed'));

/** A claim on the time to move to tells a move from a first confirmation: the statement sees it as it was before. */
const MOVED_OR_CONFIRMED = `
  CASE WHEN EXISTS (SELECT FROM slot_claims n WHERE n.booking_id = changed.id AND n.incoming)
       THEN 'booking.rescheduled' ELSE 'booking.confirmed' END`;

const RELEASE = `released AS (DELETE FROM slot_claims WHERE booking_id IN (SELECT id FROM changed) RETURNING id)`;

/** Still the time and the event that the caller knows: it may have moved on meanwhile. */
const asSeen = (status: 'pending' | 'confirmed'): string =>
  `status = '${status}' AND start_at = ${at(2)} AND end_at = ${at(3)} AND event_id = $4`;

/** F40: looked for a minute after the end, then after ten and sixty. */
const SWEEP_SOON = `CASE WHEN sweeps_left > 0 THEN now() + interval '1 minute' END`;

export const CONFIRM = `
  ${changed(
    `status = 'confirmed', meeting_link = coalesce($5, meeting_link), failure = NULL, attempts = 0,
     next_attempt_at = NULL, moved_from_start_at = NULL, moved_from_end_at = NULL, settled_at = now()`,
    asSeen('pending'),
  )}, given_back AS (
    DELETE FROM slot_claims c USING changed
    WHERE c.booking_id = changed.id AND NOT c.incoming
      AND EXISTS (SELECT FROM slot_claims n WHERE n.booking_id = changed.id AND n.incoming)
    RETURNING c.id
  ), settled AS (
    UPDATE slot_claims c SET incoming = false FROM changed WHERE c.booking_id = changed.id AND c.incoming
    RETURNING c.id
  ), ${tell(MOVED_OR_CONFIRMED)}
  SELECT * FROM changed`;

export const FAIL = `
  ${changed(
    `status = 'failed', failure = $5::jsonb, attempts = 0, sweeps_left = 3,
     next_attempt_at = now() + interval '1 minute'`,
    `${asSeen('pending')} AND moved_from_start_at IS NULL`,
  )}, ${RELEASE}, ${tell(`'booking.failed'`)}
  SELECT * FROM changed`;

export const UNDO_MOVE = `
  ${changed(
    `status = 'confirmed', start_at = moved_from_start_at, end_at = moved_from_end_at, failure = $5::jsonb,
     attempts = 0, next_attempt_at = NULL, moved_from_start_at = NULL, moved_from_end_at = NULL, settled_at = now()`,
    `${asSeen('pending')} AND moved_from_start_at IS NOT NULL`,
  )}, given_back AS (
    DELETE FROM slot_claims WHERE booking_id IN (SELECT id FROM changed) AND incoming RETURNING id
  )
  SELECT * FROM changed`;

export const NEXT_GENERATION = `
  ${changed(`event_generation = event_generation + 1, event_id = $3`, `status = 'pending' AND event_generation = $2`)}
  SELECT * FROM changed`;

/** Only a pending booking can have a write under way that comes through after the event was removed. */
export const START_CANCELLING = `
  ${changed(
    `status = 'cancelling', cancel_reason = $2, attempts = 0, next_attempt_at = now() + $3 * interval '1 millisecond',
     sweeps_left = CASE WHEN status = 'pending' THEN 3 ELSE 0 END,
     moved_from_start_at = NULL, moved_from_end_at = NULL`,
    `status IN ('pending', 'confirmed')`,
  )}
  SELECT * FROM changed`;

export const FINISH_CANCELLING = `
  ${changed(`status = 'cancelled', failure = NULL, attempts = 0, next_attempt_at = ${SWEEP_SOON}`, `status = 'cancelling'`)}, ${RELEASE}, ${tell(`'booking.cancelled'`)}
  SELECT * FROM changed`;

/**
 * 2 s, 4 s, 8 s … at most 20, so that what Google's return allows is done soon; a minute when a person has to act
 * first. Longer when Google asked for it. With jitter, since many may have failed at once.
 */
export const POSTPONE = `
  ${changed(
    `failure = $2::jsonb, attempts = attempts + 1, next_attempt_at = now() + interval '1 millisecond' * greatest(
       least(coalesce(($2::jsonb->>'retryAfterMs')::float8, 0), 900000),
       (0.8 + 0.2 * random()) * CASE WHEN ($2::jsonb->>'needsReauth')::boolean THEN 60000
                                     ELSE least(20000, 2000 * 2 ^ least(attempts, 8)) END)`,
    `status IN ('pending', 'cancelling')`,
  )}
  SELECT * FROM changed`;

export const SWEPT = `
  ${changed(
    `sweeps_left = sweeps_left - 1, attempts = 0,
     next_attempt_at = CASE sweeps_left WHEN 3 THEN now() + interval '9 minutes'
                                        WHEN 2 THEN now() + interval '50 minutes' END`,
    `status IN ('cancelled', 'failed') AND sweeps_left > 0`,
  )}
  SELECT * FROM changed`;

/** A sweep that did not get through is repeated until it does, or nobody cares for the appointment any more. */
export const POSTPONE_SWEEP = `
  ${changed(
    `attempts = attempts + 1, next_attempt_at = CASE WHEN end_at > now() - interval '1 day'
       THEN now() + interval '1 minute' * least(60, 2 ^ least(attempts, 8)) END`,
    `status IN ('cancelled', 'failed') AND sweeps_left > 0`,
  )}
  SELECT * FROM changed`;

/**
 * Each due booking goes to one caller, for $3 ms; if that one dies, it is due again then. Of each calendar comes the one
 * that waits longest, and none of those in $2. MATERIALIZED, because under some plans a subquery that locks would run
 * once per row, and take more than its limit.
 */
export const TAKE_DUE = `
  WITH first AS MATERIALIZED (
    SELECT DISTINCT ON (calendar_id) id, next_attempt_at FROM bookings
    WHERE next_attempt_at <= now() AND calendar_id <> ALL ($2::uuid[]) ORDER BY calendar_id, next_attempt_at
  ), due AS MATERIALIZED (
    SELECT id FROM bookings WHERE id IN (SELECT id FROM first ORDER BY next_attempt_at LIMIT $1) AND next_attempt_at <= now()
    FOR UPDATE SKIP LOCKED
  ), changed AS (
    UPDATE bookings SET next_attempt_at = now() + $3 * interval '1 millisecond' WHERE id IN (SELECT id FROM due) RETURNING *)
  SELECT * FROM changed`;

export const STANDING = `
  SELECT * FROM bookings
  WHERE calendar_id = $1 AND status = 'confirmed' AND end_at > now() AND settled_at < now() - interval '2 minutes'
  ORDER BY start_at LIMIT $2`;

/**
 * The buffers move with the appointment. The calendar is right, also where another claim is in the way; a hold that ran out
 * is not. One that lost its claim that way takes time again, with the configuration's buffers.
 */
export const FOLLOW_MOVE = `
  ${changed(`start_at = ${at(5)}, end_at = ${at(6)}, settled_at = now()`, asSeen('confirmed'))}, given_back AS (
    DELETE FROM slot_claims c USING changed WHERE c.booking_id = changed.id RETURNING c.booking_id, c.during
  ), wanted AS (
    SELECT changed.id, changed.calendar_id, ${remote('changed.calendar_id')} AS remote_calendar, tstzrange(
      ${at(5)} + coalesce(lower(g.during) - ${at(2)}, -make_interval(mins => n.prep_time_minutes), '0'),
      ${at(6)} + coalesce(upper(g.during) - ${at(3)}, make_interval(mins => n.buffer_after_minutes), '0')) AS during
    FROM changed LEFT JOIN given_back g ON g.booking_id = changed.id
      LEFT JOIN configurations n ON n.id = changed.configuration_id
  ), cleared AS (
    DELETE FROM slot_claims WHERE id IN (
      SELECT c.id FROM slot_claims c JOIN wanted w ON w.remote_calendar = c.remote_calendar
      WHERE c.during && w.during AND c.hold_expires_at <= now() ORDER BY c.id FOR UPDATE OF c)
    RETURNING id
  ), claim AS (
    INSERT INTO slot_claims (id, calendar_id, remote_calendar, booking_id, during)
    SELECT $7, calendar_id, remote_calendar, id, during FROM wanted WHERE (SELECT count(*) FROM cleared) >= 0
    ON CONFLICT ON CONSTRAINT ex_slot_claims_no_overlap DO NOTHING RETURNING id
  ), ${tell(`'booking.rescheduled'`)}
  SELECT * FROM changed`;

export const FOLLOW_DELETION = `
  ${changed(`status = 'cancelled', cancel_reason = $5, next_attempt_at = NULL`, asSeen('confirmed'))}, ${RELEASE}, ${tell(`'booking.cancelled'`)}
  SELECT * FROM changed`;

export const NOTE_CONFLICT = `
  ${changed(
    `external_conflict_since = CASE WHEN $5 THEN now() END`,
    `${asSeen('confirmed')} AND (external_conflict_since IS NULL) = $5::boolean`,
  )}
  SELECT * FROM changed`;

export const NOTE_MEET_LINK = `
  ${changed(`meeting_link = $5`, `${asSeen('confirmed')} AND meeting_link IS NULL`)}
  SELECT * FROM changed`;

export const TWIN = `
  SELECT * FROM bookings
  WHERE configuration_id = $1 AND start_at = ${at(2)} AND lower(attendee_email) = lower($3)
    AND status IN ('pending', 'confirmed') AND created_at > now() - interval '10 minutes'
  ORDER BY created_at LIMIT 1`;

export const COUNT_UPCOMING = `
  SELECT calendar_id, count(*)::int AS count, max(start_at) AS last_at FROM bookings
  WHERE calendar_id = ANY ($1) AND status IN ('pending', 'confirmed') AND end_at > now() GROUP BY calendar_id`;

export const CONFLICTS = `
  SELECT b.workspace_id AS "workspaceId", c.id AS "connectionId", c.account_email AS "accountEmail",
    k.id AS "calendarId", k.name AS "calendarName", count(*)::int AS count,
    (extract(epoch FROM min(b.external_conflict_since)) * 1000)::float8 AS since
  FROM bookings b JOIN calendars k ON k.id = b.calendar_id JOIN connections c ON c.id = k.connection_id
  WHERE b.external_conflict_since IS NOT NULL AND b.status = 'confirmed' AND b.end_at > now()
    AND ($1::uuid IS NULL OR b.workspace_id = $1)
  GROUP BY b.workspace_id, c.id, k.id ORDER BY since, k.id`;
