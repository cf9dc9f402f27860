import { remoteCalendar } from '../../calendars/calendars.module.js';
import { ServiceUnavailable } from '../../shared/app-error.js';
import { prepared } from '../../shared/prepared-statements.js';
import type { Instant } from '../../shared/time.js';
import type { Refused } from '../bookings.js';
import { SLOTS_ARE_GUARDED } from './slot-guard.js';

/** What the three claiming statements answer. */
export interface ClaimRow {
  /** When it was claimed, or until when; null when it was not. */
  readonly claimedAt: Instant | null;
  /** Null also when somebody else has the time in the booking calendar. */
  readonly obstacle: Refused | null;
  /** Of a booking that is to move: it is confirmed. */
  readonly movable?: boolean;
}

const UNGUARDED = 'unguarded';

/**
 * The answer of a claiming statement.
 *
 * @throws ServiceUnavailable nothing is given away while the database would let double bookings through (F52)
 */
export function claimOf([row]: readonly (Omit<ClaimRow, 'obstacle'> & {
  readonly obstacle: ClaimRow['obstacle'] | typeof UNGUARDED;
})[]): ClaimRow {
  const { obstacle = null, claimedAt = null, ...others } = row ?? {};
  if (obstacle === UNGUARDED)
    throw new ServiceUnavailable('The database lacks its guard against double bookings.', {
      error_category: 'system_error',
    });
  return { ...others, claimedAt, obstacle };
}

/** An instant that was sent as milliseconds since the epoch, at the precision of the columns. */
export const at = (parameter: number): string => `to_timestamp($${parameter}::float8 / 1000)::timestamptz(3)`;

const between = (from: number, to: number): string => `tstzrange(${at(from)}, ${at(to)})`;

/** What a calendar is called in the claims. */
export const remote = (calendar: string): string => `(
  SELECT ${remoteCalendar('c', 'n')} FROM calendars c JOIN connections n ON n.id = c.connection_id
  WHERE c.id = ${calendar})`;

interface ClaimParts {
  readonly workspace: string;
  readonly owner: string;
  readonly spentHold: string;
  readonly calendar: string;
  readonly configuration: string;
  readonly range: string;
  /** First of the four parameters that {@link termValues} fills: other calendars, then the day and its places. */
  readonly terms: number;
}

/**
 * What stands against the claim; waits for its turn among the claims of the workspace. Then what is in nobody's way
 * any more is removed: holds that ran out, and the one that is being spent, unless somebody else stands in the way of the
 * claim. They are locked in one order, so that racers cannot wait for each other in a circle.
 */
const clearedWay = ({
  workspace,
  owner,
  spentHold,
  calendar,
  configuration,
  range,
  terms,
}: ClaimParts): string => `
  turn AS MATERIALIZED (
    SELECT CASE WHEN NOT ${SLOTS_ARE_GUARDED} THEN '${UNGUARDED}' ELSE
      claim_obstacle(${workspace}, ${owner}, ${spentHold}, ${range}, ARRAY(
        SELECT ${remoteCalendar('c', 'n')} FROM calendars c JOIN connections n ON n.id = c.connection_id
        WHERE c.id = ANY ($${terms}::uuid[])
      ), ${configuration}, ${between(terms + 1, terms + 2)}, $${terms + 3}::int) END AS obstacle
  ), cleared AS (
    DELETE FROM slot_claims WHERE id IN (
      SELECT id FROM slot_claims, turn
      WHERE remote_calendar = ${remote(calendar)} AND during && ${range} AND turn.obstacle IS NULL
        AND (hold_expires_at <= now() OR (hold_id = ${spentHold} AND NOT EXISTS (
          SELECT FROM slot_claims other
          WHERE other.remote_calendar = slot_claims.remote_calendar AND other.during && ${range} AND other.id <> slot_claims.id
            AND (other.hold_expires_at IS NULL OR other.hold_expires_at > now()))))
      ORDER BY id FOR UPDATE OF slot_claims)
    RETURNING id
  ), way AS (SELECT obstacle, (SELECT count(*) FROM cleared) AS cleared FROM turn)`;

/**
 * ON CONFLICT DO NOTHING settles a race without the error, the lock queue and the deadlocks of a plain
 * INSERT against an exclusion constraint. The constraint looks at what is there now, not at the statement's
 * snapshot; reading `cleared` makes the insert wait until the way is clear.
 */
const IS_CLEAR = `way.obstacle IS NULL AND way.cleared >= 0
    ON CONFLICT ON CONSTRAINT ex_slot_claims_no_overlap DO NOTHING`;

const milliseconds = (column: string): string => `floor(extract(epoch FROM ${column}) * 1000)::float8`;

/** Claim and booking in one statement, so that there is no moment with one and without the other. */
export const CLAIM = prepared(
  'claim',
  `
  WITH ${clearedWay({
    workspace: '$2',
    owner: '$1',
    spentHold: '$22::uuid',
    calendar: '$4',
    configuration: '$3',
    range: between(20, 21),
    terms: 23,
  })}, claim AS (
    INSERT INTO slot_claims (id, calendar_id, remote_calendar, booking_id, during)
    SELECT $1, $4, ${remote('$4')}, $1, ${between(20, 21)} FROM way WHERE ${IS_CLEAR} RETURNING id
  ), booking AS (
    INSERT INTO bookings (id, workspace_id, configuration_id, calendar_id, config_name, status, start_at, end_at,
      timezone, title, description, attendee_email, attendee_name, meeting_type, meeting_link, meeting_address,
      create_meet_link, event_id, event_generation, next_attempt_at)
    SELECT $1, $2, $3, $4, $5, 'pending', ${at(6)}, ${at(7)},
      $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, now() + $19 * interval '1 millisecond' FROM claim
    RETURNING created_at
  ), spent AS (DELETE FROM holds WHERE id = $22 AND EXISTS (SELECT FROM booking) RETURNING id)
  SELECT (SELECT ${milliseconds('created_at')} FROM booking) AS "claimedAt", obstacle FROM turn`,
);

/** The booking is locked first: what is claimed for it cannot be left behind by a cancellation. */
export const START_MOVING = prepared(
  'start_moving',
  `
  WITH target AS (
    SELECT id, workspace_id, calendar_id, configuration_id FROM bookings WHERE id = $1 AND status = 'confirmed' FOR UPDATE
  ), ${clearedWay({
    workspace: '(SELECT workspace_id FROM target)',
    owner: '$1',
    spentHold: 'NULL',
    calendar: '(SELECT calendar_id FROM target)',
    configuration: '(SELECT configuration_id FROM target)',
    range: between(5, 6),
    terms: 8,
  })}, claim AS (
    INSERT INTO slot_claims (id, calendar_id, remote_calendar, booking_id, during, incoming)
    SELECT $2, target.calendar_id, ${remote('target.calendar_id')}, target.id, ${between(5, 6)}, true FROM target, way
    WHERE ${IS_CLEAR} RETURNING booking_id
  ), changed AS (
    UPDATE bookings SET status = 'pending', moved_from_start_at = start_at, moved_from_end_at = end_at,
      start_at = ${at(3)}, end_at = ${at(4)}, failure = NULL, attempts = 0, external_conflict_since = NULL,
      next_attempt_at = now() + $7 * interval '1 millisecond'
    FROM claim WHERE bookings.id = claim.booking_id RETURNING bookings.id
  )
  SELECT (SELECT ${milliseconds('now()')} FROM changed) AS "claimedAt", obstacle,
    EXISTS (SELECT FROM target) AS movable
  FROM turn`,
);

export const HOLD = prepared(
  'hold',
  `
  WITH ${clearedWay({
    workspace: '$2',
    owner: '$1',
    spentHold: 'NULL',
    calendar: '$4',
    configuration: '$3',
    range: between(9, 10),
    terms: 11,
  })}, claim AS (
    INSERT INTO slot_claims (id, calendar_id, remote_calendar, hold_id, during, hold_expires_at)
    SELECT $1, $4, ${remote('$4')}, $1, ${between(9, 10)}, now() + $8 * interval '1 second' FROM way WHERE ${IS_CLEAR}
    RETURNING hold_expires_at
  ), hold AS (
    INSERT INTO holds (id, workspace_id, configuration_id, calendar_id, start_at, end_at, timezone, expires_at)
    SELECT $1, $2, $3, $4, ${at(5)}, ${at(6)}, $7, hold_expires_at FROM claim
    RETURNING expires_at
  )
  SELECT (SELECT ${milliseconds('expires_at')} FROM hold) AS "claimedAt", obstacle FROM turn`,
);
