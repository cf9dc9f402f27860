import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ClaimTerms } from '../../src/booking/bookable.js';
import type { Booking, NewBooking } from '../../src/booking/booking.js';
import type { Hold, NewHold } from '../../src/booking/hold.js';
import { RandomIds } from '../../src/shared/ids.js';
import type { Interval } from '../../src/shared/time.js';
import { aNewBooking } from '../support/a-booking.js';
import { BookingTables, type Home } from '../support/booking-tables.js';
import { readServerLog } from '../support/database.js';

const MINUTE = 60_000;
const TEN = Date.UTC(2037, 2, 10, 10);
const ids = new RandomIds();

let tables: BookingTables;
let home: Home;

beforeAll(async () => {
  tables = await BookingTables.open();
});

afterAll(() => tables?.close());

beforeEach(async () => {
  home = await tables.home();
});

/** Minutes after ten o'clock. */
const time = (from: number, to: number): Interval => ({
  startAt: TEN + from * MINUTE,
  endAt: TEN + to * MINUTE,
});

const wish = (at: Interval, differences: Partial<NewBooking> = {}): NewBooking =>
  aNewBooking({ ...home, id: ids.next(), ...at, ...differences });

const terms = (needed: Interval, others: Partial<ClaimTerms> = {}): ClaimTerms => ({
  needed,
  watchedCalendarIds: [],
  dayLimit: null,
  ...others,
});

const claimed = async (at: Interval): Promise<Booking> => {
  const booking = await tables.bookings.claim(wish(at), terms(at), null);
  if (typeof booking === 'string') throw new Error(booking);
  return booking;
};

const newHold = (at: Interval): NewHold => ({ id: ids.next(), ...home, ...at, timezone: 'UTC' });

/** What every implementation promises is in test/contract/bookings.contract.ts. */
describe('claims in Postgres', () => {
  it('take one statement, whatever has to be looked at', async () => {
    const at = time(0, 30);
    const watchedCalendarIds = [await tables.anotherCalendar(home)];
    const dayLimit = { ...time(-600, 840), places: 3 };
    const all = terms(at, { watchedCalendarIds, dayLimit });
    tables.takeStatements();
    const made = await tables.bookings.claim(wish(at), all, null);
    expect(tables.takeStatements()).toHaveLength(1);
    expect(made).toEqual(await tables.bookings.find((made as Booking).id, 'all'));
  });

  it('remove a hold that ran out in the very statement that claims its time', async () => {
    await tables.holds.claim(newHold(time(0, 30)), terms(time(0, 30)), 300);
    await tables.pass(home, 301_000);
    tables.takeStatements();
    await claimed(time(15, 45));
    expect(tables.takeStatements()).toHaveLength(1);
  });

  it('have one heir of a hold that ran out, however many overlapping ones want its time at once', async () => {
    for (let round = 0; round < 25; round += 1) {
      const base = round * 120;
      for (const at of [time(base, base + 30), time(base + 30, base + 60)])
        await tables.holds.claim(newHold(at), terms(at), 30);
      await tables.pass(home, 31_000);
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, (_, n) => {
          const at = time(base + 5 + n, base + 50 + n);
          return n % 2 === 0
            ? tables.bookings.claim(wish(at), terms(at), null)
            : tables.holds.claim(newHold(at), terms(at), 300);
        }),
      );
      expect(outcomes.filter((outcome) => outcome !== 'taken')).toHaveLength(1);
    }
    expect(await readServerLog()).not.toMatch(/deadlock detected/);
  });

  it('that watch each other’s calendar, crosswise and at once, never wait in a circle', async () => {
    const other = await tables.anotherCalendar(home);
    for (let round = 0; round < 20; round += 1) {
      const at = time(round * 60, round * 60 + 30);
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, (_, n) => {
          const [mine, theirs] = n % 2 === 0 ? [home.calendarId, other] : [other, home.calendarId];
          const watching = terms(at, { watchedCalendarIds: [theirs] });
          return tables.bookings.claim(wish(at, { calendarId: mine }), watching, null);
        }),
      );
      expect(outcomes.filter((outcome) => outcome !== 'taken')).toHaveLength(1);
    }
    expect(await readServerLog()).not.toMatch(/deadlock detected/);
  });

  /** The claim stands still where it has the claim of its hold and not yet the hold, until `work` waits for it. */
  const whileClaiming = async (
    wanted: Interval,
    holdId: string,
    work: () => Promise<unknown>,
  ): Promise<unknown[]> => {
    const stop = tables.source.createQueryRunner();
    await stop.query(`
      CREATE OR REPLACE FUNCTION stand_still() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN PERFORM pg_advisory_xact_lock(1, 1); RETURN NEW; END $$;
      CREATE OR REPLACE TRIGGER stand_still BEFORE INSERT ON bookings FOR EACH ROW EXECUTE FUNCTION stand_still()`);
    const waiting = async (waiters: number): Promise<void> => {
      const sql = `SELECT count(*)::int AS n FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      while ((await stop.query(sql))[0].n < waiters) await new Promise(setImmediate);
    };
    try {
      await stop.query('SELECT pg_advisory_lock(1, 1)');
      const claiming = tables.bookings.claim(wish(wanted), terms(wanted), holdId);
      await waiting(1);
      const working = work();
      await waiting(2);
      await stop.query('SELECT pg_advisory_unlock(1, 1)');
      return await Promise.all([claiming, working]);
    } finally {
      await stop.query('DROP TRIGGER stand_still ON bookings');
      await stop.release();
    }
  };

  it('that spend a hold never wait in a circle with its release', async () => {
    const at = time(0, 30);
    const { id } = (await tables.holds.claim(newHold(at), terms(at), 300)) as Hold;
    const [booking, released] = await whileClaiming(at, id, () => tables.holds.release(id, 'all'));
    expect([booking, released]).toEqual([expect.objectContaining({ status: 'pending' }), false]);
  });

  it('that spend a hold never wait in a circle with the clean-up of old ones', async () => {
    const at = time(0, 30);
    const { id } = (await tables.holds.claim(newHold(at), terms(at), 300)) as Hold;
    await tables.pass(home, 2 * 86_400_000);
    const [booking, forgotten] = await whileClaiming(at, id, () => tables.holds.forget());
    expect([booking, forgotten]).toEqual([expect.objectContaining({ status: 'pending' }), 0]);
  });

  it('and releases of the same hold at once, in any order, leave one booking', async () => {
    for (let round = 0; round < 50; round += 1) {
      const at = time(round * 60, round * 60 + 30);
      const { id } = (await tables.holds.claim(newHold(at), terms(at), 300)) as Hold;
      const release = (): Promise<boolean> => tables.holds.release(id, 'all');
      const claim = (): Promise<unknown> => tables.bookings.claim(wish(at), terms(at), id);
      const works = round % 2 === 0 ? [release, claim, release] : [claim, release, release];
      const outcomes = await Promise.all(works.map((work) => work()));
      expect(outcomes).toContainEqual(expect.objectContaining({ status: 'pending' }));
      expect(await tables.holds.find(id, 'all')).toBeNull();
    }
    expect(await readServerLog()).not.toMatch(/deadlock detected/);
  });

  it('of different owners cannot overlap whoever writes them, and none is nobody’s', async () => {
    await claimed(time(0, 30));
    const other = await claimed(time(60, 90));
    const write = (bookingId: string | null): Promise<unknown> =>
      tables.source.query(
        `INSERT INTO slot_claims (id, calendar_id, remote_calendar, booking_id, during)
         SELECT gen_random_uuid(), calendar_id, remote_calendar, $2, during FROM slot_claims
         WHERE calendar_id = $1 ORDER BY lower(during) LIMIT 1`,
        [home.calendarId, bookingId],
      );
    await expect(write(other.id)).rejects.toThrow(/ex_slot_claims_no_overlap/);
    await expect(write(null)).rejects.toThrow(/ck_slot_claims_owner/);
  });
});
