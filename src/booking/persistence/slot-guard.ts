/** As `pg_get_constraintdef` has it: one of the same name that says something else lets double bookings through. */
const DEFINITION =
  'EXCLUDE USING gist (remote_calendar WITH =, during WITH &&, COALESCE(booking_id, hold_id) WITH <>)';

/**
 * SQL: whether the constraint that makes double bookings impossible is there, as the migrations have it, and enforced. It
 * lives in its index: an index that is not valid enforces nothing.
 */
export const SLOTS_ARE_GUARDED = `EXISTS (
  SELECT FROM pg_constraint c JOIN pg_index i ON i.indexrelid = c.conindid
  WHERE c.conname = 'ex_slot_claims_no_overlap' AND c.conrelid = to_regclass('slot_claims')
    AND pg_get_constraintdef(c.oid) = '${DEFINITION}' AND i.indisvalid AND i.indisready)`;
