import type { MigrationInterface, QueryRunner } from 'typeorm';

export class GuardClaims1760000007500 implements MigrationInterface {
  readonly name = 'GuardClaims1760000007500';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX ix_holds_configuration ON holds (configuration_id, start_at);
      CREATE INDEX ix_bookings_moving ON bookings (configuration_id, moved_from_start_at) WHERE moved_from_start_at IS NOT NULL;
    `);
    await runner.query(CLAIM_OBSTACLE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION claim_obstacle');
    await runner.query('DROP INDEX ix_bookings_moving, ix_holds_configuration');
  }
}

/**
 * What the exclusion constraint cannot see: time given away in the calendars that must be free as well, and the places of a
 * day. Claims of one workspace that look at either wait for all its other claims. It is a function because each of its
 * statements sees what was committed while it waited; a statement that called the lock itself would not.
 */
const CLAIM_OBSTACLE = `
  CREATE FUNCTION claim_obstacle(
    workspace uuid, owner uuid, spent_hold uuid, wanted tstzrange, watched text[], configuration uuid, day tstzrange, places integer
  ) RETURNS text LANGUAGE plpgsql AS $function$
  DECLARE
    claims_of_workspace CONSTANT integer := 7227;
  BEGIN
    IF cardinality(watched) = 0 AND places IS NULL THEN
      PERFORM pg_advisory_xact_lock_shared(claims_of_workspace, hashtext(workspace::text));
      RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(claims_of_workspace, hashtext(workspace::text));
    IF EXISTS (
      SELECT FROM unnest(watched) AS calendar (name) JOIN slot_claims c ON c.remote_calendar = calendar.name AND c.during && wanted
      WHERE coalesce(c.booking_id, c.hold_id) NOT IN (owner, coalesce(spent_hold, owner))
        AND (c.hold_expires_at IS NULL OR c.hold_expires_at > now())
    ) THEN RETURN 'taken'; END IF;
    IF places <= (
      SELECT count(*) FROM bookings b
      WHERE b.configuration_id = configuration AND b.id <> owner AND b.status IN ('pending', 'confirmed', 'cancelling')
        AND b.start_at >= lower(day) AND b.start_at < upper(day)
    ) + (
      SELECT count(*) FROM bookings b
      WHERE b.configuration_id = configuration AND b.id <> owner AND b.status = 'pending'
        AND b.moved_from_start_at >= lower(day) AND b.moved_from_start_at < upper(day)
        AND NOT b.start_at <@ day
    ) + (
      SELECT count(*) FROM holds h
      WHERE h.configuration_id = configuration AND h.id <> coalesce(spent_hold, owner) AND h.expires_at > now()
        AND h.start_at >= lower(day) AND h.start_at < upper(day)
    ) THEN RETURN 'day_full'; END IF;
    RETURN NULL;
  END $function$`;
