import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import type { ClaimTerms, DayLimit } from '../../src/booking/bookable.js';
import { eventIdOf, type Booking, type NewBooking } from '../../src/booking/booking.js';
import type { Hold, NewHold } from '../../src/booking/hold.js';
import { BookingEntity } from '../../src/booking/persistence/booking.entity.js';
import { HoldEntity } from '../../src/booking/persistence/hold.entity.js';
import { PostgresBookings } from '../../src/booking/persistence/postgres-bookings.js';
import { PostgresHolds } from '../../src/booking/persistence/postgres-holds.js';
import { databaseOptions } from '../../src/data-source.js';
import type { Config } from '../../src/shared/config.js';
import { RandomIds } from '../../src/shared/ids.js';
import type { Interval } from '../../src/shared/time.js';
import { aNewBooking } from '../support/a-booking.js';
import { aFailure } from '../support/a-failure.js';
import { createTestDatabase, readServerLog, type TestDatabase } from '../support/database.js';

const MINUTE = 60_000;
const TEN = Date.UTC(2027, 2, 10, 10);
const ids = new RandomIds();

let database: TestDatabase;
let source: DataSource;
let bookings: PostgresBookings;
let holds: PostgresHolds;
let statements: string[] = [];
let home: { workspaceId: string; calendarId: string; configurationId: string };

beforeAll(async () => {
  database = await createTestDatabase();
  source = new DataSource({
    type: 'postgres',
    url: database.url,
    // All of them: their foreign keys point at the tables of other modules.
    entities: databaseOptions(database.url).entities ?? [],
    poolSize: 30,
    logging: true,
    logger: {
      logQuery: (query) => void statements.push(query),
      logQueryError: () => undefined,
      logQuerySlow: () => undefined,
      logSchemaBuild: () => undefined,
      logMigration: () => undefined,
      log: () => undefined,
    },
  });
  await source.initialize();
  const config = { bookingDeadlineMs: 12_000 } as Config;
  bookings = new PostgresBookings(source.getRepository(BookingEntity), ids, config);
  holds = new PostgresHolds(source.getRepository(HoldEntity));
});

afterAll(async () => {
  await source.destroy();
  await database.drop();
});

beforeEach(async () => {
  home = { workspaceId: ids.next(), calendarId: ids.next(), configurationId: ids.next() };
  const connectionId = ids.next();
  const { workspaceId, calendarId, configurationId } = home;
  await source.query(`INSERT INTO workspaces (id, name, timezone) VALUES ($1, 'W', 'UTC')`, [workspaceId]);
  await source.query(
    `INSERT INTO connections (id, workspace_id, provider, account_email, auth_status)
     VALUES ($1, $2, 'google', 'ada@example.com', 'active')`,
    [connectionId, workspaceId],
  );
  await source.query(
    `INSERT INTO calendars (id, workspace_id, connection_id, external_id, name, timezone, access_role)
     VALUES ($1, $2, $3, 'ada@example.com', 'Ada', 'UTC', 'owner')`,
    [calendarId, workspaceId, connectionId],
  );
  await source.query(
    `INSERT INTO configurations (id, workspace_id, name, calendar_id, timezone, duration_minutes,
       prep_time_minutes, buffer_after_minutes, days_buffer, min_notice_minutes, max_days_ahead, from_minute,
       to_minute, workdays, date_overrides, meeting_type, create_meet_link, on_unverified, last_known_max_age_minutes)
     VALUES ($1, $2, 'Consultation', $3, 'UTC', 30, 0, 0, 0, 0, 60, 540, 1020, '{monday}', '[]', 'online', false,
       'flag', 1440)`,
    [configurationId, workspaceId, calendarId],
  );
  statements = [];
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

/** One more calendar of the same account. */
const anotherCalendar = async (): Promise<string> => {
  const id = ids.next();
  await source.query(
    `INSERT INTO calendars (id, workspace_id, connection_id, external_id, name, timezone, access_role)
     SELECT $2::uuid, workspace_id, connection_id, $2::uuid::text, 'Other', 'UTC', 'owner' FROM calendars WHERE id = $1`,
    [home.calendarId, id],
  );
  return id;
};

const claimed = async (at: Interval, holdId: string | null = null): Promise<Booking> => {
  const booking = await bookings.claim(wish(at), terms(at), holdId);
  if (typeof booking === 'string') throw new Error(booking);
  return booking;
};

const confirmed = async (at: Interval): Promise<Booking> => {
  const booking = await bookings.confirm(await claimed(at), null);
  if (booking === null) throw new Error('not confirmed');
  return booking;
};

const newHold = (at: Interval): NewHold => ({ id: ids.next(), ...home, ...at, timezone: 'UTC' });

const held = async (hold: NewHold, of: ClaimTerms = terms(hold)): Promise<Hold> => {
  const made = await holds.claim(hold, of, 300);
  if (typeof made === 'string') throw new Error(made);
  return made;
};

const expire = async (holdId: string): Promise<void> => {
  await source.query(`UPDATE slot_claims SET hold_expires_at = now() - interval '1 s' WHERE hold_id = $1`, [
    holdId,
  ]);
  await source.query(`UPDATE holds SET expires_at = now() - interval '1 s' WHERE id = $1`, [holdId]);
};

const claims = async (): Promise<{ owner: string; from: number; to: number }[]> =>
  source.query(
    `SELECT coalesce(booking_id, hold_id) AS owner,
       (extract(epoch FROM lower(during)) - $2)::int / 60 AS from, (extract(epoch FROM upper(during)) - $2)::int / 60 AS to
     FROM slot_claims WHERE calendar_id = $1 ORDER BY lower(during), owner`,
    [home.calendarId, TEN / 1000],
  );

describe('a claim', () => {
  it('gives back what was wished for, as a pending booking', async () => {
    const booking = wish(time(0, 30), { description: 'First visit', meetingLink: 'https://meet.example/x' });
    const made = await bookings.claim(booking, terms(time(-10, 45)), null);
    expect(made).toMatchObject({ ...booking, status: 'pending', movedFrom: null, failure: null });
    expect(await claims()).toEqual([{ owner: booking.id, from: -10, to: 45 }]);
  });

  it('is refused where any of its time is given away, and touching times are not', async () => {
    await claimed(time(0, 30));
    expect(await bookings.claim(wish(time(29, 59)), terms(time(29, 59)), null)).toBe('taken');
    expect(await bookings.claim(wish(time(30, 60)), terms(time(30, 60)), null)).toMatchObject({
      status: 'pending',
    });
    expect(
      await source.query(`SELECT id FROM bookings WHERE calendar_id = $1`, [home.calendarId]),
    ).toHaveLength(2);
  });

  it('has one winner among many, for the slot and for those that overlap it', async () => {
    for (let slot = 0; slot < 20; slot += 1) {
      const start = slot * 60;
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, n) => {
          const at = time(start + (n % 3) * 10, start + 30 + (n % 3) * 10);
          return bookings.claim(wish(at), terms(at), null);
        }),
      );
      expect(outcomes.filter((outcome) => outcome !== 'taken')).toHaveLength(1);
    }
  });

  it('takes one statement, whatever has to be looked at', async () => {
    const at = time(0, 30);
    const watchedCalendarIds = [await anotherCalendar()];
    const dayLimit = { ...time(-600, 840), places: 3 };
    statements = [];
    const made = await bookings.claim(wish(at), terms(at, { watchedCalendarIds, dayLimit }), null);
    expect(statements).toHaveLength(1);
    expect(made).toEqual(await bookings.find((made as Booking).id, 'all'));
  });
});

describe('a booking that is claimed again under its id', () => {
  it('is still being made by another run of its request, whatever became of it', async () => {
    const booking = await claimed(time(0, 30));
    const again = (at: Interval): Promise<unknown> =>
      bookings.claim(wish(at, { id: booking.id }), terms(at), null);
    for (const at of [time(0, 30), time(60, 90)])
      await expect(again(at)).rejects.toMatchObject({ code: 'idempotency_in_progress' });
    expect(await claims()).toEqual([{ owner: booking.id, from: 0, to: 30 }]);
    await bookings.fail(booking, aFailure());
    await expect(again(time(0, 30))).rejects.toMatchObject({ code: 'idempotency_in_progress' });
    expect(await claims()).toEqual([]);
  });
});

describe('the limit of a day', () => {
  const limit = (places: number, day = time(-600, 840)): { dayLimit: DayLimit } => ({
    dayLimit: { ...day, places },
  });

  it('lets exactly as many in as it says, however many ask at once', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, n) => {
        const at = time(n * 30, n * 30 + 30);
        return bookings.claim(wish(at), terms(at, limit(3)), null);
      }),
    );
    expect(outcomes.filter((outcome) => typeof outcome !== 'string')).toHaveLength(3);
    expect(outcomes.filter((outcome) => outcome === 'day_full')).toHaveLength(17);
    expect(await claims()).toHaveLength(3);
  });

  it('counts holds that run, and gives the holder its place', async () => {
    const hold = newHold(time(0, 30));
    expect(await holds.claim(hold, terms(time(0, 30), limit(1)), 300)).toMatchObject({ id: hold.id });
    const at = time(60, 90);
    expect(await bookings.claim(wish(at), terms(at, limit(1)), null)).toBe('day_full');
    expect(await holds.claim(newHold(at), terms(at, limit(1)), 300)).toBe('day_full');
    expect(await bookings.claim(wish(time(0, 30)), terms(time(0, 30), limit(1)), hold.id)).toMatchObject({
      status: 'pending',
    });
  });

  it('does not count a hold that ran out', async () => {
    const hold = newHold(time(0, 30));
    await holds.claim(hold, terms(time(0, 30), limit(1)), 300);
    await expire(hold.id);
    const at = time(60, 90);
    expect(await bookings.claim(wish(at), terms(at, limit(1)), null)).toMatchObject({ status: 'pending' });
  });

  it('keeps the place of a booking that moves away until it has moved', async () => {
    const booking = await confirmed(time(0, 30));
    const [at, tomorrow] = [time(60, 90), time(1500, 1530)];
    const moving = await bookings.startMoving(booking, tomorrow, terms(tomorrow));
    expect(await bookings.claim(wish(at), terms(at, limit(1)), null)).toBe('day_full');
    await bookings.confirm(moving as Booking, null);
    expect(await bookings.claim(wish(at), terms(at, limit(1)), null)).toMatchObject({ status: 'pending' });
  });

  it('counts neither what ended nor the booking that is to move', async () => {
    const first = await confirmed(time(0, 30));
    const at = time(60, 90);
    expect(await bookings.claim(wish(at), terms(at, limit(1)), null)).toBe('day_full');
    expect(await bookings.startMoving(first, at, terms(at, limit(1)))).toMatchObject({ status: 'pending' });
    await bookings.startCancelling(first.id, null);
    await bookings.finishCancelling(first.id);
    expect(await bookings.claim(wish(at), terms(at, limit(1)), null)).toMatchObject({ status: 'pending' });
  });
});

describe('a claim that watches other calendars', () => {
  it('is refused where somebody else has their time, as a booking or a hold that runs', async () => {
    const other = await anotherCalendar();
    const watching = (at: Interval): ClaimTerms => terms(at, { watchedCalendarIds: [other] });
    const elsewhere = { ...newHold(time(0, 30)), calendarId: other };
    await held(elsewhere);
    expect(await bookings.claim(wish(time(15, 45)), watching(time(15, 45)), null)).toBe('taken');
    expect(await holds.claim(newHold(time(15, 45)), watching(time(15, 45)), 300)).toBe('taken');
    expect(await bookings.claim(wish(time(30, 60)), watching(time(30, 60)), null)).toMatchObject({
      status: 'pending',
    });
    await expire(elsewhere.id);
    expect(await bookings.claim(wish(time(0, 30)), watching(time(0, 30)), null)).toMatchObject({
      status: 'pending',
    });
  });

  it('does not stand in its own way: a move, and a hold that is spent', async () => {
    const at = time(0, 30);
    const watching = terms(time(15, 45), { watchedCalendarIds: [home.calendarId] });
    const booking = await confirmed(at);
    expect(await bookings.startMoving(booking, time(15, 45), watching)).toMatchObject({ status: 'pending' });
    const hold = newHold(time(60, 90));
    await held(hold);
    const spending = terms(time(60, 90), { watchedCalendarIds: [home.calendarId] });
    expect(await bookings.claim(wish(time(60, 90)), spending, hold.id)).toMatchObject({ status: 'pending' });
  });

  it('crosswise with others of its kind: one of them wins', async () => {
    const other = await anotherCalendar();
    for (let round = 0; round < 20; round += 1) {
      const at = time(round * 60, round * 60 + 30);
      const outcomes = await Promise.all(
        Array.from({ length: 6 }, (_, n) => {
          const [mine, theirs] = n % 2 === 0 ? [home.calendarId, other] : [other, home.calendarId];
          const claim = terms(at, { watchedCalendarIds: [theirs] });
          return n % 3 === 0
            ? holds.claim({ ...newHold(at), calendarId: mine }, claim, 300)
            : bookings.claim(wish(at, { calendarId: mine }), claim, null);
        }),
      );
      expect(outcomes.filter((outcome) => outcome !== 'taken')).toHaveLength(1);
    }
    expect(await readServerLog()).not.toMatch(/deadlock detected/);
  });
});

describe('a hold', () => {
  it('keeps its time from others until it ends', async () => {
    const hold = newHold(time(0, 30));
    const made = await held(hold, terms(time(-10, 40)));
    expect(made).toMatchObject(hold);
    expect(made.expiresAt).toBeGreaterThan(Date.now() + 290_000);
    expect(made.expiresAt).toBeLessThan(Date.now() + 310_000);
    expect(await holds.find(hold.id, 'all')).toEqual(made);
    expect(await bookings.claim(wish(time(35, 60)), terms(time(35, 60)), null)).toBe('taken');
    expect(await holds.claim(newHold(time(0, 30)), terms(time(0, 30)), 300)).toBe('taken');
  });

  it('that ran out is removed by the very statement that claims its time', async () => {
    const hold = newHold(time(0, 30));
    await holds.claim(hold, terms(time(0, 30)), 300);
    await expire(hold.id);
    statements = [];
    const booking = await claimed(time(15, 45));
    expect(statements).toHaveLength(1);
    expect(await claims()).toEqual([{ owner: booking.id, from: 15, to: 45 }]);
    expect(await holds.find(hold.id, 'all')).toMatchObject({ id: hold.id });
  });

  it('that ran out can be held by another, too', async () => {
    const [first, second] = [newHold(time(0, 30)), newHold(time(0, 30))];
    await holds.claim(first, terms(time(0, 30)), 300);
    await expire(first.id);
    expect(await holds.claim(second, terms(time(0, 30)), 300)).toMatchObject({ id: second.id });
    expect(await claims()).toEqual([{ owner: second.id, from: 0, to: 30 }]);
  });

  it('that ran out has one heir, however many overlapping claims want its time at once', async () => {
    for (let round = 0; round < 25; round += 1) {
      const base = round * 120;
      const expired = [newHold(time(base, base + 30)), newHold(time(base + 30, base + 60))];
      for (const hold of expired) {
        await holds.claim(hold, terms(hold), 300);
        await expire(hold.id);
      }
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, (_, n) => {
          const at = time(base + 5 + n, base + 50 + n);
          return n % 2 === 0
            ? bookings.claim(wish(at), terms(at), null)
            : holds.claim(newHold(at), terms(at), 300);
        }),
      );
      expect(outcomes.filter((outcome) => outcome !== 'taken')).toHaveLength(1);
    }
    expect(await readServerLog()).not.toMatch(/deadlock detected/);
  });

  it('is spent by the booking that it was made for', async () => {
    const hold = newHold(time(0, 60));
    await holds.claim(hold, terms(time(-10, 70)), 300);
    const booking = await claimed(time(15, 45), hold.id);
    expect(await claims()).toEqual([{ owner: booking.id, from: 15, to: 45 }]);
    expect(await holds.find(hold.id, 'all')).toBeNull();
  });

  it('is spent once, however many bookings try at once', async () => {
    const hold = newHold(time(0, 30));
    await holds.claim(hold, terms(time(0, 30)), 300);
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, () => bookings.claim(wish(time(0, 30)), terms(time(0, 30)), hold.id)),
    );
    expect(outcomes.filter((outcome) => typeof outcome !== 'string')).toHaveLength(1);
  });

  it('that ran out and was taken by another is no help any more', async () => {
    const hold = newHold(time(0, 30));
    await holds.claim(hold, terms(time(0, 30)), 300);
    await expire(hold.id);
    await claimed(time(15, 45));
    expect(await bookings.claim(wish(time(0, 30)), terms(time(0, 30)), hold.id)).toBe('taken');
  });

  it('is kept when the day turns out to be full', async () => {
    const hold = newHold(time(0, 30));
    await holds.claim(hold, terms(time(0, 30)), 300);
    await confirmed(time(60, 90));
    const dayLimit = { ...time(-600, 840), places: 1 };
    expect(await bookings.claim(wish(time(0, 30)), terms(time(0, 30), { dayLimit }), hold.id)).toBe(
      'day_full',
    );
    expect(await claims()).toHaveLength(2);
  });

  it('is released by its workspace only', async () => {
    const hold = newHold(time(0, 30));
    await holds.claim(hold, terms(time(0, 30)), 300);
    expect(await holds.release(hold.id, { workspaceId: ids.next() })).toBe(false);
    expect(await holds.find(hold.id, { workspaceId: ids.next() })).toBeNull();
    expect(await claims()).toHaveLength(1);
    expect(await holds.release(hold.id, { workspaceId: home.workspaceId })).toBe(true);
    expect(await claims()).toEqual([]);
    expect(await holds.release(hold.id, 'all')).toBe(false);
  });

  it('is forgotten a day after its end', async () => {
    const hold = newHold(time(0, 30));
    await holds.claim(hold, terms(time(0, 30)), 300);
    expect(await holds.forget()).toBe(0);
    await source.query(`UPDATE holds SET expires_at = now() - interval '25 h' WHERE id = $1`, [hold.id]);
    expect(await holds.forget()).toBe(1);
    expect(await claims()).toEqual([]);
  });
});

describe('a move', () => {
  it('has both times until it is done, then the new one', async () => {
    const booking = await confirmed(time(0, 30));
    const moving = await bookings.startMoving(booking, time(60, 90), terms(time(50, 100)));
    expect(moving).toMatchObject({ status: 'pending', ...time(60, 90), movedFrom: time(0, 30) });
    expect(await claims()).toEqual([
      { owner: booking.id, from: 0, to: 30 },
      { owner: booking.id, from: 50, to: 100 },
    ]);
    const done = await bookings.confirm(moving as Booking, null);
    expect(done).toMatchObject({ status: 'confirmed', ...time(60, 90), movedFrom: null });
    expect(await claims()).toEqual([{ owner: booking.id, from: 50, to: 100 }]);
  });

  it('may overlap the present time', async () => {
    const booking = await confirmed(time(0, 30));
    const moving = await bookings.startMoving(booking, time(15, 45), terms(time(15, 45)));
    expect(await bookings.confirm(moving as Booking, null)).toMatchObject(time(15, 45));
    expect(await claims()).toEqual([{ owner: booking.id, from: 15, to: 45 }]);
  });

  it('can be repeated, back and forth', async () => {
    let booking = await confirmed(time(0, 30));
    for (const at of [time(15, 45), time(0, 30), time(60, 90)]) {
      const moving = await bookings.startMoving(booking, at, terms(at));
      booking = (await bookings.confirm(moving as Booking, null)) ?? booking;
      expect(booking).toMatchObject({ ...at, status: 'confirmed' });
    }
    expect(await claims()).toEqual([{ owner: booking.id, from: 60, to: 90 }]);
  });

  it('is refused where the time is given away, and leaves everything as it is', async () => {
    const booking = await confirmed(time(0, 30));
    const other = await confirmed(time(60, 90));
    expect(await bookings.startMoving(booking, time(45, 75), terms(time(45, 75)))).toBe('taken');
    expect(await bookings.find(booking.id, 'all')).toEqual(booking);
    expect(await claims()).toEqual([
      { owner: booking.id, from: 0, to: 30 },
      { owner: other.id, from: 60, to: 90 },
    ]);
  });

  it('is taken back completely', async () => {
    const booking = await confirmed(time(0, 30));
    const moving = await bookings.startMoving(booking, time(15, 45), terms(time(15, 45)));
    expect(await bookings.fail(moving as Booking, aFailure())).toBeNull();
    const back = await bookings.undoMove(moving as Booking, aFailure());
    expect(back).toMatchObject({ status: 'confirmed', ...time(0, 30), movedFrom: null });
    expect(await claims()).toEqual([{ owner: booking.id, from: 0, to: 30 }]);
  });

  it('ends with a cancellation, and no time stays behind', async () => {
    const booking = await confirmed(time(0, 30));
    const moving = await bookings.startMoving(booking, time(60, 90), terms(time(60, 90)));
    await bookings.startCancelling(booking.id, null);
    expect(await bookings.confirm(moving as Booking, null)).toBeNull();
    expect(await bookings.finishCancelling(booking.id)).toMatchObject({ status: 'cancelled' });
    expect(await claims()).toEqual([]);
  });

  it('starts from confirmed only', async () => {
    const pending = await claimed(time(0, 30));
    expect(await bookings.startMoving(pending, time(60, 90), terms(time(60, 90)))).toBe('not_confirmed');
    expect(await claims()).toHaveLength(1);
  });

  it('against a cancellation: whichever comes first, no claim outlives the booking', async () => {
    for (let round = 0; round < 25; round += 1) {
      const booking = await confirmed(time(0, 30));
      await Promise.all([
        bookings.startMoving(booking, time(60, 90), terms(time(60, 90))),
        bookings.startCancelling(booking.id, null).then(() => bookings.finishCancelling(booking.id)),
      ]);
      expect(await bookings.find(booking.id, 'all')).toMatchObject({ status: 'cancelled', movedFrom: null });
      expect(await claims()).toEqual([]);
    }
  });
});

describe('a confirmation', () => {
  it('counts only for the time and the event that were written', async () => {
    const first = await claimed(time(0, 30));
    const booking = (await bookings.confirm(first, null)) ?? first;
    await bookings.startMoving(booking, time(60, 90), terms(time(60, 90)));
    // A slow recovery comes back with the event of the first time.
    expect(await bookings.confirm(first, null)).toBeNull();
    expect(await bookings.find(first.id, 'all')).toMatchObject({ status: 'pending' });
  });

  it('and a failure exclude each other', async () => {
    const booking = await claimed(time(0, 30));
    const outcomes = await Promise.all([
      bookings.confirm(booking, null),
      bookings.fail(booking, aFailure()),
      bookings.startCancelling(booking.id, null),
    ]);
    const { status } = (await bookings.find(booking.id, 'all')) ?? {};
    expect(['confirmed', 'failed', 'cancelling']).toContain(status);
    expect(outcomes.filter((outcome) => outcome?.status === 'failed')).toHaveLength(
      status === 'failed' ? 1 : 0,
    );
    expect(await claims()).toHaveLength(status === 'failed' ? 0 : 1);
  });
});

describe('what is due', () => {
  const makeDue = async (id: string): Promise<void> => {
    await source.query('UPDATE bookings SET next_attempt_at = now() WHERE id = $1', [id]);
  };
  const dueIn = async (id: string): Promise<number | null> => {
    const [row]: { seconds: number | null }[] = await source.query(
      'SELECT round(extract(epoch FROM next_attempt_at - now()))::int AS seconds FROM bookings WHERE id = $1',
      [id],
    );
    return row?.seconds ?? null;
  };

  it('goes to one of several callers', async () => {
    const booking = await claimed(time(0, 30));
    expect(await bookings.takeDue(10, [])).toEqual([]);
    await makeDue(booking.id);
    const taken = await Promise.all([
      bookings.takeDue(10, []),
      bookings.takeDue(10, []),
      bookings.takeDue(10, []),
    ]);
    expect(taken.flat().map(({ id }) => id)).toEqual([booking.id]);
  });

  it('is due again soon when whoever took it died over it', async () => {
    const booking = await claimed(time(0, 30));
    await makeDue(booking.id);
    await bookings.takeDue(10, []);
    expect(await dueIn(booking.id)).toBe(15);
  });

  it('is the late event of a booking that was given up, after 1, 10 and 60 minutes', async () => {
    const booking = await claimed(time(0, 30));
    await bookings.fail(booking, aFailure());
    expect(await dueIn(booking.id)).toBe(60);
    await makeDue(booking.id);
    expect(await bookings.takeDue(10, [])).toMatchObject([{ id: booking.id, status: 'failed' }]);
    await bookings.swept(booking.id);
    expect(await dueIn(booking.id)).toBe(540);
    await bookings.swept(booking.id);
    expect(await dueIn(booking.id)).toBe(3000);
    await bookings.swept(booking.id);
    expect(await dueIn(booking.id)).toBeNull();
  });

  it('is the same look again when the calendar could not be asked, until a day after the appointment', async () => {
    const booking = await claimed(time(0, 30));
    await bookings.fail(booking, aFailure());
    await bookings.postponeSweep(booking.id);
    expect(await dueIn(booking.id)).toBe(60);
    await bookings.postponeSweep(booking.id);
    expect(await dueIn(booking.id)).toBe(120);
    await bookings.swept(booking.id);
    expect(await dueIn(booking.id)).toBe(540);
    await source.query(
      `UPDATE bookings SET start_at = now() - interval '26 h', end_at = now() - interval '25 h' WHERE id = $1`,
      [booking.id],
    );
    await bookings.postponeSweep(booking.id);
    expect(await dueIn(booking.id)).toBeNull();
  });

  it('is a cancelled booking only if its event was still being written', async () => {
    const written = await confirmed(time(0, 30));
    await bookings.startCancelling(written.id, null);
    await bookings.finishCancelling(written.id);
    expect(await dueIn(written.id)).toBeNull();

    const open = await claimed(time(0, 30));
    await bookings.startCancelling(open.id, null);
    await bookings.finishCancelling(open.id);
    expect(await dueIn(open.id)).toBe(60);
  });

  it('comes later each time it is postponed', async () => {
    const booking = await claimed(time(0, 30));
    await bookings.postpone(booking.id, aFailure());
    expect(await dueIn(booking.id)).toBe(2);
    await bookings.postpone(booking.id, aFailure());
    expect(await dueIn(booking.id)).toBeGreaterThanOrEqual(3);
    await source.query('UPDATE bookings SET attempts = 50 WHERE id = $1', [booking.id]);
    const { attempts } = (await bookings.postpone(booking.id, aFailure())) ?? {};
    expect(attempts).toBe(51);
    const laterIn = await dueIn(booking.id);
    expect(laterIn).toBeGreaterThanOrEqual(16);
    expect(laterIn).toBeLessThanOrEqual(20);
  });

  it('comes as late as the provider asked for, and each minute while a person has to act', async () => {
    const booking = await claimed(time(0, 30));
    await bookings.postpone(booking.id, aFailure({ retryAfterMs: 90_000 }));
    expect(await dueIn(booking.id)).toBe(90);
    await bookings.postpone(booking.id, aFailure({ retryAfterMs: 86_400_000 }));
    expect(await dueIn(booking.id)).toBe(900);
    await bookings.postpone(booking.id, aFailure({ needsReauth: true }));
    const minute = await dueIn(booking.id);
    expect(minute).toBeGreaterThanOrEqual(48);
    expect(minute).toBeLessThanOrEqual(60);
  });

  it('comes one by one in each calendar, the longest waiting first, and not for those at work', async () => {
    const other = await anotherCalendar();
    const here = [await claimed(time(0, 30)), await claimed(time(30, 60))];
    const there = await bookings.claim(wish(time(0, 30), { calendarId: other }), terms(time(0, 30)), null);
    for (const { id } of [...here, there as Booking]) await makeDue(id);
    const taken = async (busy: string[] = []): Promise<ReadonlySet<string>> =>
      new Set((await bookings.takeDue(10, busy)).map(({ id }) => id));
    expect(await taken([other, home.calendarId])).toEqual(new Set());
    expect(await taken()).toEqual(new Set([here[0]?.id, (there as Booking).id]));
    expect(await taken()).toEqual(new Set([here[1]?.id]));
    expect(await taken()).toEqual(new Set());
  });
});

describe('a twin', () => {
  it('is a live booking of the same person, time and configuration, made in the last ten minutes', async () => {
    const booking = await claimed(time(0, 30));
    const twin = (email: string, at = booking.startAt) => bookings.findTwin(home.configurationId, at, email);
    expect(await twin('PAT@example.com')).toMatchObject({ id: booking.id });
    expect(await twin('kim@example.com')).toBeNull();
    expect(await twin('pat@example.com', booking.startAt + 1)).toBeNull();
    await source.query(`UPDATE bookings SET created_at = now() - interval '11 min' WHERE id = $1`, [
      booking.id,
    ]);
    expect(await twin('pat@example.com')).toBeNull();
  });
});

describe('a new event id', () => {
  it('is given once per generation', async () => {
    const booking = await claimed(time(0, 30));
    const outcomes = await Promise.all([
      bookings.nextGeneration(booking.id, 0),
      bookings.nextGeneration(booking.id, 0),
    ]);
    expect(outcomes.filter((outcome) => outcome !== null)).toMatchObject([
      { eventGeneration: 1, eventId: eventIdOf(booking.id, 1) },
    ]);
  });
});

describe('the table of claims', () => {
  it('refuses overlaps of different owners whoever writes them, and claims of nobody', async () => {
    await claimed(time(0, 30));
    const other = await claimed(time(60, 90));
    const write = (bookingId: string | null): Promise<unknown> =>
      source.query(
        `INSERT INTO slot_claims (id, calendar_id, remote_calendar, booking_id, during)
         SELECT gen_random_uuid(), calendar_id, remote_calendar, $2, during FROM slot_claims
         WHERE calendar_id = $1 ORDER BY lower(during) LIMIT 1`,
        [home.calendarId, bookingId],
      );
    await expect(write(other.id)).rejects.toThrow(/ex_slot_claims_no_overlap/);
    await expect(write(null)).rejects.toThrow(/ck_slot_claims_owner/);
  });
});
