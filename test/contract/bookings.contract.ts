import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ClaimedTimes } from '../../src/availability/claimed-times.js';
import type { ClaimTerms, DayLimit } from '../../src/booking/bookable.js';
import { eventIdOf, type Booking, type BookingStatus, type NewBooking } from '../../src/booking/booking.js';
import type { Bookings } from '../../src/booking/bookings.js';
import type { Hold, NewHold } from '../../src/booking/hold.js';
import type { Holds } from '../../src/booking/holds.js';
import type { Failure } from '../../src/shared/failure.js';
import { RandomIds } from '../../src/shared/ids.js';
import type { Instant, Interval } from '../../src/shared/time.js';
import { aNewBooking } from '../support/a-booking.js';
import { aFailure } from '../support/a-failure.js';

/** A workspace with a configuration and its calendar, and what only the world around it can do. */
export interface BookingsWorld {
  readonly bookings: Bookings;
  readonly holds: Holds;
  readonly times: ClaimedTimes;
  readonly home: {
    readonly workspaceId: string;
    readonly calendarId: string;
    readonly configurationId: string;
  };
  /** One more calendar of the same account. */
  anotherCalendar(): Promise<string>;
  /** By the clock that decides what is over. */
  now(): Promise<Instant>;
  /** All that was written is so much older; appointments stay when they are. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 1440 * MINUTE;
/** Ten o'clock of a day that is far enough for anything. */
const TEN = Date.UTC(2037, 2, 10, 10);
const ids = new RandomIds();

/** Minutes after ten o'clock. */
const time = (from: number, to: number): Interval => ({
  startAt: TEN + from * MINUTE,
  endAt: TEN + to * MINUTE,
});

const terms = (needed: Interval, others: Partial<ClaimTerms> = {}): ClaimTerms => ({
  needed,
  watchedCalendarIds: [],
  dayLimit: null,
  ...others,
});

const PENDING = { status: 'pending' };

/**
 * What every implementation of {@link Bookings}, {@link Holds} and the {@link ClaimedTimes} over both promises.
 * `makeWorld` makes a new world for each test.
 */
export function bookingsContract(provided: string, makeWorld: () => Promise<BookingsWorld>): void {
  describe(`${provided} as bookings and holds`, () => {
    let world: BookingsWorld;
    let bookings: Bookings;
    let holds: Holds;

    beforeEach(async () => {
      world = await makeWorld();
      ({ bookings, holds } = world);
    });

    afterEach(() => world.close());

    const wish = (at: Interval, differences: Partial<NewBooking> = {}): NewBooking =>
      aNewBooking({ ...world.home, id: ids.next(), ...at, ...differences });

    const claim = (at: Interval, of: Partial<ClaimTerms> = {}, holdId: string | null = null) =>
      bookings.claim(wish(at), terms(at, of), holdId);

    const claimed = async (at: Interval, holdId: string | null = null): Promise<Booking> => {
      const booking = await claim(at, {}, holdId);
      if (typeof booking === 'string') throw new Error(booking);
      return booking;
    };

    const confirmed = async (at: Interval): Promise<Booking> => {
      const booking = await bookings.confirm(await claimed(at), null);
      if (booking === null) throw new Error('not confirmed');
      return booking;
    };

    const moving = async (from: Interval, to: Interval, needed = to): Promise<Booking> => {
      const booking = await bookings.startMoving(await confirmed(from), to, terms(needed));
      if (typeof booking === 'string') throw new Error(booking);
      return booking;
    };

    /** A booking of each status, at one time after the other. */
    const inStatus = async (status: BookingStatus, at: Interval): Promise<Booking> => {
      const booking = await claimed(at);
      if (status === 'confirmed') await bookings.confirm(booking, null);
      if (status === 'failed') await bookings.fail(booking, aFailure());
      if (status === 'cancelling' || status === 'cancelled') await bookings.startCancelling(booking.id, null);
      if (status === 'cancelled') await bookings.finishCancelling(booking.id);
      return booking;
    };

    const newHold = (at: Interval, differences: Partial<NewHold> = {}): NewHold => ({
      id: ids.next(),
      ...world.home,
      ...at,
      timezone: 'UTC',
      ...differences,
    });

    const held = async (at: Interval, of: Partial<ClaimTerms> = {}, ttlSeconds = 300): Promise<Hold> => {
      const hold = await holds.claim(newHold(at), terms(at, of), ttlSeconds);
      if (typeof hold === 'string') throw new Error(hold);
      return hold;
    };

    const expire = (): Promise<void> => world.pass(301 * SECOND);

    /** Owner, from and to in minutes after ten. */
    const claims = async (calendarId = world.home.calendarId): Promise<[string, number, number][]> => {
      const found = await world.times.overlapping([calendarId], time(-100_000, 100_000));
      return found
        .map(({ ownerId, startAt, endAt }): [string, number, number] => [
          ownerId,
          (startAt - TEN) / MINUTE,
          (endAt - TEN) / MINUTE,
        ])
        .toSorted(([, a, aEnd], [, b, bEnd]) => a - b || aEnd - bEnd);
    };

    const stored = (id: string): Promise<Booking | null> => bookings.find(id, 'all');

    describe('a claim', () => {
      it('gives back what was wished for, as a pending booking', async () => {
        const booking = wish(time(0, 30), {
          description: 'First visit',
          meetingLink: 'https://meet.example/x',
        });
        const made = await bookings.claim(booking, terms(time(-10, 45)), null);
        expect(made).toMatchObject({ ...booking, ...PENDING, movedFrom: null, failure: null, attempts: 0 });
        expect(await stored(booking.id)).toEqual(made);
        expect(await claims()).toEqual([[booking.id, -10, 45]]);
      });

      it('is refused where any of its time is given away, and touching times are not', async () => {
        const first = await claimed(time(0, 30));
        expect(await claim(time(29, 59))).toBe('taken');
        expect(await claim(time(30, 60))).toMatchObject(PENDING);
        expect(await claim(time(90, 120), { needed: time(59, 120) })).toBe('taken');
        expect((await claims())[0]).toEqual([first.id, 0, 30]);
        expect(await claims()).toHaveLength(2);
      });

      it('has one winner among many, for the slot and for those that overlap it', async () => {
        for (let slot = 0; slot < 20; slot += 1) {
          const outcomes = await Promise.all(
            Array.from({ length: 20 }, (_, n) =>
              claim(time(slot * 60 + (n % 3) * 10, slot * 60 + 30 + (n % 3) * 10)),
            ),
          );
          expect(outcomes.filter((outcome) => outcome !== 'taken')).toHaveLength(1);
        }
      });

      it('says nothing of other calendars', async () => {
        await claimed(time(0, 30));
        const elsewhere = wish(time(0, 30), { calendarId: await world.anotherCalendar() });
        expect(await bookings.claim(elsewhere, terms(time(0, 30)), null)).toMatchObject(PENDING);
      });

      it('under an id that is used is another run of its request, whatever became of it', async () => {
        const booking = await claimed(time(0, 30));
        const again = (at: Interval): Promise<unknown> =>
          bookings.claim(wish(at, { id: booking.id }), terms(at), null);
        for (const at of [time(0, 30), time(60, 90)])
          await expect(again(at)).rejects.toMatchObject({ code: 'idempotency_in_progress' });
        expect(await claims()).toEqual([[booking.id, 0, 30]]);
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
          Array.from({ length: 20 }, (_, n) => claim(time(n * 30, n * 30 + 30), limit(3))),
        );
        expect(outcomes.filter((outcome) => typeof outcome !== 'string')).toHaveLength(3);
        expect(outcomes.filter((outcome) => outcome === 'day_full')).toHaveLength(17);
        expect(await claims()).toHaveLength(3);
      });

      it('counts holds that run, and gives the holder its place', async () => {
        const hold = await held(time(0, 30), limit(1));
        expect(await claim(time(60, 90), limit(1))).toBe('day_full');
        expect(await holds.claim(newHold(time(60, 90)), terms(time(60, 90), limit(1)), 300)).toBe('day_full');
        expect(await claim(time(0, 30), limit(1), hold.id)).toMatchObject(PENDING);
      });

      it('does not count a hold that ran out', async () => {
        await held(time(0, 30), limit(1));
        await expire();
        expect(await claim(time(60, 90), limit(1))).toMatchObject(PENDING);
      });

      it('counts the day only, and the configuration only', async () => {
        await claimed(time(0, 30));
        expect(await claim(time(60, 90), limit(1, time(30, 840)))).toMatchObject(PENDING);
        const of = wish(time(120, 150), { configurationId: null });
        expect(await bookings.claim(of, terms(time(120, 150), limit(1)), null)).toMatchObject(PENDING);
      });

      it('keeps the place of a booking that moves away until it has moved', async () => {
        const booking = await moving(time(0, 30), time(1500, 1530));
        expect(await claim(time(60, 90), limit(1))).toBe('day_full');
        const places = (await world.times.places(world.home.configurationId, time(-600, 2000))).map(
          ({ startAt }) => (startAt - TEN) / MINUTE,
        );
        expect(places.toSorted((a, b) => a - b)).toEqual([0, 1500]);
        await bookings.confirm(booking, null);
        expect(await claim(time(60, 90), limit(1))).toMatchObject(PENDING);
      });

      it.each<[BookingStatus, boolean]>([
        ['pending', true],
        ['confirmed', true],
        ['cancelling', true],
        ['cancelled', false],
        ['failed', false],
      ])('counts a booking that is %s: %j', async (status, counts) => {
        await inStatus(status, time(0, 30));
        expect(await claim(time(60, 90), limit(1))).toEqual(counts ? 'day_full' : expect.anything());
        const places = await world.times.places(world.home.configurationId, time(-600, 30));
        expect(places).toHaveLength(counts ? 1 : 0);
      });

      it('does not count the booking that is to move', async () => {
        const booking = await confirmed(time(0, 30));
        const at = time(60, 90);
        expect(await bookings.startMoving(booking, at, terms(at, limit(1)))).toMatchObject(PENDING);
      });
    });

    describe('a claim that watches other calendars', () => {
      it('is refused where somebody else has their time, as a booking or a hold that runs', async () => {
        const other = await world.anotherCalendar();
        const watching = { watchedCalendarIds: [other] };
        await holds.claim(newHold(time(0, 30), { calendarId: other }), terms(time(0, 30)), 300);
        expect(await claim(time(15, 45), watching)).toBe('taken');
        expect(await holds.claim(newHold(time(15, 45)), terms(time(15, 45), watching), 300)).toBe('taken');
        expect(await claim(time(30, 60), watching)).toMatchObject(PENDING);
        await expire();
        expect(await claim(time(0, 30), watching)).toMatchObject(PENDING);
      });

      it('does not stand in its own way: a move, and a hold that is spent', async () => {
        const watching = { watchedCalendarIds: [world.home.calendarId] };
        const booking = await confirmed(time(0, 30));
        const at = time(15, 45);
        expect(await bookings.startMoving(booking, at, terms(at, watching))).toMatchObject(PENDING);
        const hold = await held(time(60, 90));
        expect(await claim(time(60, 90), watching, hold.id)).toMatchObject(PENDING);
      });

      it('crosswise with others of its kind: one of them wins', async () => {
        const [home, other] = [world.home.calendarId, await world.anotherCalendar()];
        for (let round = 0; round < 20; round += 1) {
          const at = time(round * 60, round * 60 + 30);
          const outcomes = await Promise.all(
            Array.from({ length: 6 }, (_, n) => {
              const [mine, theirs] = n % 2 === 0 ? [home, other] : [other, home];
              const of = terms(at, { watchedCalendarIds: [theirs] });
              return n % 3 === 0
                ? holds.claim(newHold(at, { calendarId: mine }), of, 300)
                : bookings.claim(wish(at, { calendarId: mine }), of, null);
            }),
          );
          expect(outcomes.filter((outcome) => outcome !== 'taken')).toHaveLength(1);
        }
      });
    });

    describe('a hold', () => {
      it('keeps its time from others until it ends', async () => {
        const now = await world.now();
        const hold = await held(time(0, 30), { needed: time(-10, 40) });
        expect(hold).toMatchObject({ ...world.home, ...time(0, 30) });
        expect(Math.abs(hold.expiresAt - now - 300 * SECOND)).toBeLessThan(10 * SECOND);
        expect(await holds.find(hold.id, 'all')).toEqual(hold);
        expect(await claim(time(35, 60))).toBe('taken');
        expect(await holds.claim(newHold(time(0, 30)), terms(time(0, 30)), 300)).toBe('taken');
        expect(await claims()).toEqual([[hold.id, -10, 40]]);
      });

      it('that ran out is in nobody’s way, and can be looked at for a while', async () => {
        const hold = await held(time(0, 30));
        await expire();
        expect(await claims()).toEqual([]);
        const booking = await claimed(time(15, 45));
        expect(await claims()).toEqual([[booking.id, 15, 45]]);
        expect(await holds.find(hold.id, 'all')).toMatchObject({ id: hold.id });
      });

      it('that ran out can be held by another, too', async () => {
        await held(time(0, 30));
        await expire();
        const second = await held(time(0, 30));
        expect(await claims()).toEqual([[second.id, 0, 30]]);
      });

      it('that ran out is as good as any while nobody else took its time', async () => {
        const [first, second] = [await held(time(0, 30)), await held(time(60, 90))];
        await expire();
        expect(await claim(time(0, 30), {}, first.id)).toMatchObject(PENDING);
        await claimed(time(75, 105));
        expect(await claim(time(60, 90), {}, second.id)).toBe('taken');
      });

      it('is spent by the booking that it was made for', async () => {
        const hold = await held(time(0, 60), { needed: time(-10, 70) });
        const booking = await claimed(time(15, 45), hold.id);
        expect(await claims()).toEqual([[booking.id, 15, 45]]);
        expect(await holds.find(hold.id, 'all')).toBeNull();
      });

      it('is spent once, however many bookings try at once', async () => {
        const hold = await held(time(0, 30));
        const outcomes = await Promise.all(Array.from({ length: 10 }, () => claim(time(0, 30), {}, hold.id)));
        expect(outcomes.filter((outcome) => typeof outcome !== 'string')).toHaveLength(1);
      });

      it('is kept when the booking that would spend it is refused', async () => {
        const hold = await held(time(0, 30));
        await confirmed(time(60, 90));
        const full = { dayLimit: { ...time(-600, 840), places: 1 } };
        expect(await claim(time(0, 30), full, hold.id)).toBe('day_full');
        expect(await claim(time(0, 30), { needed: time(-60, 90) }, hold.id)).toBe('taken');
        expect((await claims())[0]).toEqual([hold.id, 0, 30]);
        expect(await holds.find(hold.id, 'all')).toEqual(hold);
      });

      it('is released by its workspace only, and once', async () => {
        const { id } = await held(time(0, 30));
        expect(await holds.release(id, { workspaceId: ids.next() })).toBe(false);
        expect(await holds.find(id, { workspaceId: ids.next() })).toBeNull();
        expect(await claims()).toHaveLength(1);
        expect(await holds.release(id, { workspaceId: world.home.workspaceId })).toBe(true);
        expect(await claims()).toEqual([]);
        expect(await holds.release(id, 'all')).toBe(false);
      });

      it('is forgotten a day after its end', async () => {
        const hold = await held(time(0, 30));
        await expire();
        expect(await holds.forget()).toBe(0);
        await world.pass(DAY);
        expect(await holds.forget()).toBe(1);
        expect(await holds.find(hold.id, 'all')).toBeNull();
      });
    });

    describe('a confirmation', () => {
      it('keeps the time, and the link that the provider made', async () => {
        const booking = await claimed(time(0, 30));
        const link = 'https://meet.example/new';
        const done = await bookings.confirm(booking, link);
        expect(done).toEqual({ ...booking, status: 'confirmed', meetingLink: link });
        expect(await claims()).toEqual([[booking.id, 0, 30]]);
        expect(await bookings.confirm(booking, link)).toBeNull();
      });

      it('forgets earlier failures', async () => {
        const { id } = await claimed(time(0, 30));
        const tried = await bookings.postpone(id, aFailure());
        expect(tried).toMatchObject({ attempts: 1, failure: aFailure() });
        expect(await bookings.confirm(tried as Booking, null)).toMatchObject({ attempts: 0, failure: null });
      });

      it('counts only for the time and the event that were written', async () => {
        const first = await claimed(time(0, 30));
        const booking = (await bookings.confirm(first, null)) ?? first;
        await bookings.startMoving(booking, time(60, 90), terms(time(60, 90)));
        // A slow recovery comes back with the event of the first time.
        expect(await bookings.confirm(first, null)).toBeNull();
        expect(await stored(first.id)).toMatchObject(PENDING);
        const other = await claimed(time(120, 150));
        await bookings.nextGeneration(other.id, 0);
        expect(await bookings.confirm(other, null)).toBeNull();
      });

      it('and a failure exclude each other', async () => {
        const booking = await claimed(time(0, 30));
        const outcomes = await Promise.all([
          bookings.confirm(booking, null),
          bookings.fail(booking, aFailure()),
          bookings.startCancelling(booking.id, null),
        ]);
        const { status } = (await stored(booking.id)) ?? {};
        expect(['confirmed', 'failed', 'cancelling']).toContain(status);
        const failures = outcomes.filter((outcome) => outcome?.status === 'failed');
        expect(failures).toHaveLength(status === 'failed' ? 1 : 0);
        expect(await claims()).toHaveLength(status === 'failed' ? 0 : 1);
      });
    });

    describe('every transition', () => {
      type Transition = (booking: Booking) => Promise<unknown>;
      const table: [string, BookingStatus[], Transition][] = [
        ['confirm', ['pending'], (booking) => bookings.confirm(booking, null)],
        ['fail', ['pending'], (booking) => bookings.fail(booking, aFailure())],
        ['undo move', [], (booking) => bookings.undoMove(booking, aFailure())],
        ['next generation', ['pending'], ({ id }) => bookings.nextGeneration(id, 0)],
        ['start cancelling', ['pending', 'confirmed'], ({ id }) => bookings.startCancelling(id, null)],
        ['finish cancelling', ['cancelling'], ({ id }) => bookings.finishCancelling(id)],
        ['postpone', ['pending', 'cancelling'], ({ id }) => bookings.postpone(id, aFailure())],
        ['follow a move', ['confirmed'], (booking) => bookings.followMove(booking, time(600, 630))],
        ['follow a deletion', ['confirmed'], (booking) => bookings.followDeletion(booking)],
        ['note a conflict', ['confirmed'], (booking) => bookings.noteConflict(booking, true)],
        ['note a link', ['confirmed'], (booking) => bookings.noteMeetLink(booking, 'https://meet.example/x')],
      ];
      const statuses: BookingStatus[] = ['pending', 'confirmed', 'cancelling', 'cancelled', 'failed'];

      it.each(table)('%s: only from %j, and leaves others as they are', async (_name, from, transition) => {
        for (const [n, status] of statuses.entries()) {
          const booking = await inStatus(status, time(n * 60, n * 60 + 30));
          const before = await stored(booking.id);
          const changed = await transition(booking);
          expect([status, changed !== null]).toEqual([status, from.includes(status)]);
          expect(await stored(booking.id)).toEqual(changed ?? before);
          expect(await transition({ ...booking, id: ids.next() })).toBeNull();
        }
      });
    });

    describe('a move', () => {
      it('has both times until it is done, then the new one', async () => {
        const booking = await moving(time(0, 30), time(60, 90), time(50, 100));
        expect(booking).toMatchObject({ ...PENDING, ...time(60, 90), movedFrom: time(0, 30) });
        expect(await stored(booking.id)).toEqual(booking);
        expect(await claims()).toEqual([
          [booking.id, 0, 30],
          [booking.id, 50, 100],
        ]);
        const done = await bookings.confirm(booking, null);
        expect(done).toMatchObject({ status: 'confirmed', ...time(60, 90), movedFrom: null });
        expect(await claims()).toEqual([[booking.id, 50, 100]]);
      });

      it('may overlap the present time, and go back and forth', async () => {
        let booking = await confirmed(time(0, 30));
        for (const at of [time(15, 45), time(0, 30), time(60, 90)]) {
          const moved = await bookings.startMoving(booking, at, terms(at));
          booking = (await bookings.confirm(moved as Booking, null)) ?? booking;
          expect(booking).toMatchObject({ ...at, status: 'confirmed' });
        }
        expect(await claims()).toEqual([[booking.id, 60, 90]]);
      });

      it('is refused where the time is given away, and leaves everything as it is', async () => {
        const booking = await confirmed(time(0, 30));
        const other = await confirmed(time(60, 90));
        expect(await bookings.startMoving(booking, time(45, 75), terms(time(45, 75)))).toBe('taken');
        expect(await stored(booking.id)).toEqual(booking);
        expect(await claims()).toEqual([
          [booking.id, 0, 30],
          [other.id, 60, 90],
        ]);
      });

      it('takes the time of a hold that ran out', async () => {
        await held(time(60, 90));
        await expire();
        const booking = await moving(time(0, 30), time(60, 90));
        expect((await claims()).map(([owner]) => owner)).toEqual([booking.id, booking.id]);
      });

      it('is taken back completely', async () => {
        const booking = await moving(time(0, 30), time(15, 45));
        expect(await bookings.fail(booking, aFailure())).toBeNull();
        const back = await bookings.undoMove(booking, aFailure());
        expect(back).toMatchObject({
          status: 'confirmed',
          ...time(0, 30),
          movedFrom: null,
          failure: aFailure(),
        });
        expect(await claims()).toEqual([[booking.id, 0, 30]]);
      });

      it('ends with a cancellation, and no time stays behind', async () => {
        const booking = await moving(time(0, 30), time(60, 90));
        await bookings.startCancelling(booking.id, null);
        expect(await bookings.confirm(booking, null)).toBeNull();
        expect(await bookings.finishCancelling(booking.id)).toMatchObject({ status: 'cancelled' });
        expect(await claims()).toEqual([]);
      });

      it('starts from confirmed only', async () => {
        const pending = await claimed(time(0, 30));
        expect(await bookings.startMoving(pending, time(60, 90), terms(time(60, 90)))).toBe('not_confirmed');
        expect(await claims()).toHaveLength(1);
      });

      it('against a cancellation: whichever comes first, no claim outlives the booking', async () => {
        for (let round = 0; round < 10; round += 1) {
          const booking = await confirmed(time(0, 30));
          await Promise.all([
            bookings.startMoving(booking, time(60, 90), terms(time(60, 90))),
            bookings.startCancelling(booking.id, null).then(() => bookings.finishCancelling(booking.id)),
          ]);
          expect(await stored(booking.id)).toMatchObject({ status: 'cancelled', movedFrom: null });
          expect(await claims()).toEqual([]);
        }
      });
    });

    describe('a cancellation', () => {
      it('keeps the time until the event is gone, and the first reason', async () => {
        const { id } = await confirmed(time(0, 30));
        expect(await bookings.startCancelling(id, 'Ill')).toMatchObject({
          status: 'cancelling',
          cancelReason: 'Ill',
        });
        expect(await bookings.startCancelling(id, 'Busy')).toBeNull();
        expect(await claims()).toHaveLength(1);
        expect(await bookings.finishCancelling(id)).toMatchObject({
          status: 'cancelled',
          cancelReason: 'Ill',
        });
        expect(await claims()).toEqual([]);
      });
    });

    describe('what is due', () => {
      const due = async (busy: string[] = [], limit = 10): Promise<string[]> =>
        (await bookings.takeDue(limit, busy)).map(({ id }) => id);

      /** Due after `ms`, give or take what a machine may dawdle, and not before the earliest time. */
      const expectDueIn = async (id: string, ms: number, earliestMs = ms): Promise<void> => {
        await world.pass(earliestMs - 5 * SECOND);
        expect(await due()).toEqual([]);
        await world.pass(ms - earliestMs + 5 * SECOND);
        expect(await due()).toEqual([id]);
      };

      it('is what a request left behind, once it had its time, and what a recovery left behind', async () => {
        const { id } = await claimed(time(0, 30));
        await expectDueIn(id, 15 * SECOND);
        await expectDueIn(id, 15 * SECOND);
        await bookings.startCancelling(id, null);
        await expectDueIn(id, 15 * SECOND);
      });

      it('is what a move left behind', async () => {
        const { id } = await moving(time(0, 30), time(60, 90));
        await expectDueIn(id, 15 * SECOND);
      });

      it('is nothing that is done', async () => {
        await confirmed(time(0, 30));
        const { id } = await confirmed(time(60, 90));
        await bookings.startCancelling(id, null);
        await bookings.finishCancelling(id);
        await world.pass(DAY);
        expect(await due()).toEqual([]);
      });

      it('goes to one of several callers', async () => {
        const { id } = await claimed(time(0, 30));
        await world.pass(16 * SECOND);
        const taken = await Promise.all([due(), due(), due()]);
        expect(taken.flat()).toEqual([id]);
      });

      it('comes one by one in each calendar, the longest waiting first, and not for those at work', async () => {
        const other = await world.anotherCalendar();
        const first = await claimed(time(0, 30));
        await world.pass(SECOND);
        const second = await claimed(time(30, 60));
        const there = await bookings.claim(
          wish(time(0, 30), { calendarId: other }),
          terms(time(0, 30)),
          null,
        );
        await world.pass(16 * SECOND);
        expect(await due([other, world.home.calendarId])).toEqual([]);
        expect(await due([], 1)).toEqual([first.id]);
        expect(new Set(await due())).toEqual(new Set([second.id, (there as Booking).id]));
        expect(await due()).toEqual([]);
      });

      it('is the late event of a booking that was given up, after 1, 10 and 60 minutes (F40)', async () => {
        const booking = await claimed(time(0, 30));
        await bookings.fail(booking, aFailure());
        for (const minutes of [1, 9, 50]) {
          await expectDueIn(booking.id, minutes * MINUTE);
          await bookings.swept(booking.id);
        }
        await world.pass(DAY);
        expect(await due()).toEqual([]);
      });

      it('is the same look again when the calendar could not be asked, later each time', async () => {
        const booking = await claimed(time(0, 30));
        await bookings.fail(booking, aFailure());
        for (const minutes of [1, 2, 4]) {
          await bookings.postponeSweep(booking.id);
          await expectDueIn(booking.id, minutes * MINUTE);
        }
        await bookings.swept(booking.id);
        await expectDueIn(booking.id, 9 * MINUTE);
      });

      it('is no late event of an appointment that was over yesterday', async () => {
        const now = await world.now();
        const booking = await claimed({ startAt: now - DAY - 30 * MINUTE, endAt: now - DAY });
        await bookings.fail(booking, aFailure());
        await bookings.postponeSweep(booking.id);
        await world.pass(DAY);
        expect(await due()).toEqual([]);
      });

      it('is a cancelled booking only if its event was still being written', async () => {
        const open = await claimed(time(0, 30));
        await bookings.startCancelling(open.id, null);
        await bookings.finishCancelling(open.id);
        await expectDueIn(open.id, MINUTE);
        await bookings.swept(open.id);
        await expectDueIn(open.id, 9 * MINUTE);
      });

      it.each<[string, Partial<Failure>, number, number]>([
        ['as late as the provider asked for', { retryAfterMs: 90_000 }, 90, 90],
        ['but not later than a quarter of an hour', { retryAfterMs: 86_400_000 }, 900, 900],
        ['each minute while a person has to act', { needsReauth: true }, 60, 48],
      ])('comes %s', async (_, failure, seconds, earliestSeconds) => {
        const { id } = await claimed(time(0, 30));
        await bookings.postpone(id, aFailure(failure));
        await expectDueIn(id, seconds * SECOND, earliestSeconds * SECOND);
      });

      it('comes later each time it is postponed, up to twenty seconds', async () => {
        const { id } = await claimed(time(0, 30));
        for (let attempts = 1; attempts <= 5; attempts += 1)
          expect(await bookings.postpone(id, aFailure())).toMatchObject({ attempts });
        await expectDueIn(id, 20 * SECOND, 16 * SECOND);
      });
    });

    describe('bookings that stand', () => {
      it('are confirmed for two minutes, not over, and come in the order of their time', async () => {
        const now = await world.now();
        const later = await confirmed(time(60, 90));
        const sooner = await confirmed(time(0, 30));
        await confirmed({ startAt: now - 60 * MINUTE, endAt: now - 30 * MINUTE });
        await claimed(time(120, 150));
        const standing = async (limit = 10): Promise<string[]> =>
          (await bookings.standing(world.home.calendarId, limit)).map(({ id }) => id);
        expect(await standing()).toEqual([]);
        await world.pass(3 * MINUTE);
        expect(await standing()).toEqual([sooner.id, later.id]);
        expect(await standing(1)).toEqual([sooner.id]);
        expect(await bookings.standing(await world.anotherCalendar(), 10)).toEqual([]);
      });

      it('are counted per calendar with those that are being written', async () => {
        const other = await world.anotherCalendar();
        const statuses: BookingStatus[] = ['pending', 'confirmed', 'cancelling', 'cancelled', 'failed'];
        for (const [n, status] of statuses.entries()) await inStatus(status, time(n * 60, n * 60 + 30));
        const counts = await bookings.countUpcoming([world.home.calendarId, other]);
        expect([...counts]).toEqual([[world.home.calendarId, { count: 2, lastAt: time(60, 90).startAt }]]);
      });
    });

    describe('a booking whose event was changed by hand', () => {
      it('moves with its claim, buffers included', async () => {
        const at = time(0, 30);
        const booking = (await bookings.claim(wish(at), terms(time(-10, 45)), null)) as Booking;
        const there = (await bookings.confirm(booking, null)) as Booking;
        const moved = await bookings.followMove(there, time(15, 75));
        expect(moved).toEqual({ ...there, ...time(15, 75) });
        expect(await claims()).toEqual([[booking.id, 5, 90]]);
        expect(await bookings.followMove(there, time(600, 630))).toBeNull();
      });

      it('moves without a claim to where another has the time, and takes that of a hold that ran out', async () => {
        const [first, second] = [await confirmed(time(0, 30)), await confirmed(time(60, 90))];
        expect(await bookings.followMove(first, time(60, 90))).toMatchObject(time(60, 90));
        expect(await claims()).toEqual([[second.id, 60, 90]]);
        await held(time(120, 150));
        await expire();
        expect(await bookings.followMove(second, time(120, 150))).toMatchObject(time(120, 150));
        expect(await claims()).toEqual([[second.id, 120, 150]]);
      });

      it('has time of its own again when it moves on to where nobody has it', async () => {
        const [first, second] = [await confirmed(time(0, 30)), await confirmed(time(60, 90))];
        const over = (await bookings.followMove(first, time(60, 90))) as Booking;
        expect(await bookings.followMove(over, time(120, 150))).toMatchObject(time(120, 150));
        expect(await claims()).toEqual([
          [second.id, 60, 90],
          [first.id, 120, 150],
        ]);
      });

      it('is cancelled when it was deleted, and its time is free', async () => {
        const booking = await confirmed(time(0, 30));
        expect(await bookings.followDeletion(booking)).toMatchObject({
          status: 'cancelled',
          cancelReason: expect.any(String),
        });
        expect(await claims()).toEqual([]);
      });

      it('knows of a conflict once, and of its end once', async () => {
        const booking = await confirmed(time(0, 30));
        expect(await bookings.noteConflict(booking, false)).toBeNull();
        expect(await bookings.noteConflict(booking, true)).toMatchObject({
          externalConflictSince: expect.any(Number),
        });
        expect(await bookings.noteConflict(booking, true)).toBeNull();
        const { workspaceId, calendarId } = world.home;
        const known = [
          expect.objectContaining({ workspaceId, calendarId, count: 1, since: expect.any(Number) }),
        ];
        expect(await bookings.conflicts('all')).toEqual(known);
        expect(await bookings.conflicts({ workspaceId })).toEqual(known);
        expect(await bookings.conflicts({ workspaceId: booking.id })).toEqual([]);
        expect(await bookings.noteConflict(booking, false)).toMatchObject({ externalConflictSince: null });
        expect(await bookings.conflicts('all')).toEqual([]);
      });

      it('takes a link that was made after it, once', async () => {
        const booking = await confirmed(time(0, 30));
        const link = 'https://meet.example/late';
        expect(await bookings.noteMeetLink(booking, link)).toMatchObject({ meetingLink: link });
        expect(await bookings.noteMeetLink(booking, 'https://meet.example/other')).toBeNull();
      });
    });

    describe('a twin', () => {
      it('is a live booking of the same person, time and configuration, made in the last ten minutes', async () => {
        const booking = await claimed(time(0, 30));
        const twin = (email: string, at = booking.startAt) =>
          bookings.findTwin(world.home.configurationId, at, email);
        expect(await twin('PAT@example.com')).toMatchObject({ id: booking.id });
        expect(await twin('kim@example.com')).toBeNull();
        expect(await twin('pat@example.com', booking.startAt + 1)).toBeNull();
        await world.pass(11 * MINUTE);
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

    describe('a look at bookings', () => {
      it('shows those of the workspace only, and of what was asked for', async () => {
        const [first, second] = [await claimed(time(0, 30)), await confirmed(time(60, 90))];
        const all = { configurationId: null, status: null, from: null, to: null };
        const list = async (filter: object, scope = { workspaceId: world.home.workspaceId }) =>
          (await bookings.list(scope, { ...all, ...filter }, { limit: 10 })).items.map(({ id }) => id);
        expect(new Set(await list({}))).toEqual(new Set([first.id, second.id]));
        expect(await list({ status: 'confirmed' })).toEqual([second.id]);
        expect(await list({ from: TEN + 1 })).toEqual([second.id]);
        expect(await list({ to: second.startAt })).toEqual([first.id]);
        expect(await list({ configurationId: ids.next() })).toEqual([]);
        expect(await list({}, { workspaceId: ids.next() })).toEqual([]);
        expect(await bookings.find(first.id, { workspaceId: ids.next() })).toBeNull();
      });
    });
  });
}
