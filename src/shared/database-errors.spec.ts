import { describe, expect, it } from '@jest/globals';
import { databaseOutage } from './database-errors.js';

/** As the driver wraps what the server says. */
const refused = (code: string, message: string): Error =>
  Object.assign(new Error(message), { driverError: Object.assign(new Error(message), { code }) });

const missing = (constraint: string): Error =>
  refused('42704', `constraint "${constraint}" for table "slot_claims" does not exist`);

describe('an object that the database does not have', () => {
  it('is an outage when it is the constraint against double bookings (F52)', () => {
    expect(databaseOutage(missing('ex_slot_claims_no_overlap'))).toBe(true);
  });

  it('is a bug when it is anything else', () => {
    expect(databaseOutage(missing('uq_slot_claims_hold'))).toBe(false);
    expect(databaseOutage(refused('42P01', 'relation "slot_claims" does not exist'))).toBe(false);
  });
});
