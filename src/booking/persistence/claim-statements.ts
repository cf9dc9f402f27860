import { remoteCalendar } from '../../calendars/calendars.module.js';

/** An instant that was sent as milliseconds since the epoch, at the precision of the columns. */
export const at = (parameter: number): string => `to_timestamp($${parameter}::float8 / 1000)::timestamptz(3)`;

const between = (from: number, to: number): string => `tstzrange(${at(from)}, ${at(to)})`;

const remote = (calendar: string): string => `(
  SELECT ${remoteCalendar('c', 'n')} FROM calendars c JOIN connections n ON n.id = c.connection_id
  WHERE c.id = ${calendar})`;

/**
 * Claims that are in nobody's way any more: holds that ran out, and the one that is being spent. They are
 * locked in one order, so that racers cannot wait for each other in a circle.
 */
const cleared = (calendar: string, range: string, spentHold: string): string => `
  cleared AS (
    DELETE FROM slot_claims WHERE id IN (
      SELECT id FROM slot_claims, day
      WHERE remote_calendar = ${remote(calendar)} AND during && ${range} AND day.has_room
        AND (hold_expires_at <= now() OR hold_id = ${spentHold})
      ORDER BY id FOR UPDATE OF slot_claims)
    RETURNING id
  ), way AS (SELECT count(*) AS cleared FROM cleared)`;

/** Whether the configuration takes one more booking on the day; true without a limit. */
const day = (booking: string, configuration: string, [from, to, max]: [number, number, number]): string => `
  day AS MATERIALIZED (
    SELECT $${max}::int IS NULL OR $${max}::int > (
      SELECT count(*) FROM bookings
      WHERE configuration_id = ${configuration} AND id <> ${booking} AND status IN ('pending', 'confirmed', 'cancelling')
        AND start_at >= ${at(from)} AND start_at < ${at(to)}) AS has_room)`;

/**
 * ON CONFLICT DO NOTHING settles a race without the error, the lock queue and the deadlocks of a plain
 * INSERT against an exclusion constraint. The constraint looks at what is there now, not at the statement's
 * snapshot; reading `way` makes the insert wait until the way is clear.
 */
const FREE = `ON CONFLICT ON CONSTRAINT ex_slot_claims_no_overlap DO NOTHING`;

/** Claim and booking in one statement, so that there is no moment with one and without the other. */
export const CLAIM = `
  WITH ${day('$1', '$3', [23, 24, 25])}, ${cleared('$4', between(20, 21), '$22')}, claim AS (
    INSERT INTO slot_claims (id, calendar_id, remote_calendar, booking_id, during)
    SELECT $1, $4, ${remote('$4')}, $1, ${between(20, 21)} FROM day, way WHERE day.has_room AND way.cleared >= 0
    ${FREE} RETURNING id
  ), booking AS (
    INSERT INTO bookings (id, workspace_id, configuration_id, calendar_id, config_name, status, start_at, end_at,
      timezone, title, description, attendee_email, attendee_name, meeting_type, meeting_link, meeting_address,
      create_meet_link, event_id, event_generation, next_attempt_at)
    SELECT $1, $2, $3, $4, $5, 'pending', ${at(6)}, ${at(7)},
      $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, now() + $19 * interval '1 millisecond' FROM claim
    RETURNING id
  ), spent AS (DELETE FROM holds WHERE id = $22 AND EXISTS (SELECT FROM booking) RETURNING id)
  SELECT (SELECT id FROM booking) AS id, has_room FROM day`;

/** The booking is locked first: what is claimed for it cannot be left behind by a cancellation. */
export const START_MOVING = `
  WITH target AS (
    SELECT id, calendar_id, configuration_id FROM bookings WHERE id = $1 AND status = 'confirmed' FOR UPDATE
  ), ${day('$1', '(SELECT configuration_id FROM target)', [7, 8, 9])},
  ${cleared('(SELECT calendar_id FROM target)', between(5, 6), 'NULL')}, claim AS (
    INSERT INTO slot_claims (id, calendar_id, remote_calendar, booking_id, during, incoming)
    SELECT $2, target.calendar_id, ${remote('target.calendar_id')}, target.id, ${between(5, 6)}, true FROM target, day, way
    WHERE day.has_room AND way.cleared >= 0
    ${FREE} RETURNING booking_id
  ), changed AS (
    UPDATE bookings SET status = 'pending', moved_from_start_at = start_at, moved_from_end_at = end_at,
      start_at = ${at(3)}, end_at = ${at(4)}, failure = NULL, attempts = 0,
      next_attempt_at = now() + $10 * interval '1 millisecond'
    FROM claim WHERE bookings.id = claim.booking_id RETURNING bookings.id
  )
  SELECT (SELECT id FROM changed) AS id, has_room, EXISTS (SELECT FROM target) AS movable FROM day`;

export const HOLD = `
  WITH day AS (SELECT true AS has_room), ${cleared('$4', between(9, 10), 'NULL')}, hold AS (
    INSERT INTO slot_claims (id, calendar_id, remote_calendar, hold_id, during, hold_expires_at)
    SELECT $1, $4, ${remote('$4')}, $1, ${between(9, 10)}, now() + $8 * interval '1 second' FROM way WHERE way.cleared >= 0
    ${FREE} RETURNING hold_expires_at
  )
  INSERT INTO holds (id, workspace_id, configuration_id, calendar_id, start_at, end_at, timezone, expires_at)
  SELECT $1, $2, $3, $4, ${at(5)}, ${at(6)}, $7, hold_expires_at FROM hold`;
