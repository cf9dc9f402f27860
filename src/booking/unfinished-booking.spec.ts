import { beforeEach, describe, expect, it } from '@jest/globals';
import { aFailure, noWriteAccess } from '../../test/support/a-failure.js';
import { bookingBench, time, type BookingBench } from '../../test/support/booking-bench.js';
import type { Interval } from '../shared/time.js';
import type { Booking, BookingStatus } from './booking.js';

const HOUR_MS = 3_600_000;

let bench: BookingBench;

beforeEach(async () => {
  bench = await bookingBench();
});

/** Hours from now. */
const hours = (from: number, to = from + 0.5): Interval => ({
  startAt: bench.clock.now() + from * HOUR_MS,
  endAt: bench.clock.now() + to * HOUR_MS,
});

const finished = async (booking: Booking): Promise<Booking | null> => {
  await bench.unfinished.finish(booking);
  return bench.stored(booking);
};

const moving = async (from: Interval, to: Interval): Promise<Booking> => {
  const terms = { needed: to, watchedCalendarIds: [], dayLimit: null };
  const moved = await bench.bookings.startMoving(await bench.stands(from), to, terms);
  if (typeof moved === 'string') throw new Error(moved);
  return moved;
};

describe('one step of a booking that is not finished', () => {
  it('writes the event of a pending one', async () => {
    const booking = bench.given();
    expect(await finished(booking)).toMatchObject({ status: 'confirmed' });
    expect(bench.eventOf(booking)).toMatchObject(time(0));
  });

  it('removes the event of one that is being cancelled', async () => {
    const { id } = await bench.stands();
    const booking = (await bench.bookings.startCancelling(id, null)) as Booking;
    expect(await finished(booking)).toMatchObject({ status: 'cancelled' });
    expect(bench.eventOf(booking)).toMatchObject({ cancelled: true });
  });

  it.each<BookingStatus>(['cancelled', 'failed'])(
    'looks for a late event of one that is %s',
    async (status) => {
      const booking = bench.given({ status });
      bench.provider.givenBusy(bench.main.externalId, time(0), booking.eventId);
      expect(await finished(booking)).toMatchObject({ status });
      expect(bench.eventOf(booking)).toMatchObject({ cancelled: true });
    },
  );

  it('leaves a confirmed one alone, and one whose calendar we do not know any more', async () => {
    const asked = bench.provider.calls.length;
    expect(await finished(bench.given({ status: 'confirmed' }))).toMatchObject({ status: 'confirmed' });
    const lost = bench.given({ calendarId: bench.ids.next() });
    expect(await finished(lost)).toMatchObject({ status: 'pending' });
    expect(bench.provider.calls).toHaveLength(asked);
  });

  it('is no fault of the run when the provider refuses for good', async () => {
    bench.fail('insertEvent', noWriteAccess());
    expect(await finished(bench.given())).toMatchObject({ status: 'failed' });
  });
});

describe('one step of a booking whose time has come', () => {
  it('gives up what has no event, the moment it begins (F36)', async () => {
    bench.fail('insertEvent');
    expect(await finished(bench.given(hours(0)))).toMatchObject({ status: 'failed' });
    expect(await finished(bench.given(hours(0.001)))).toMatchObject({ status: 'pending' });
  });

  it('goes on with a move, whose event stands at the former time', async () => {
    const booking = await moving(hours(-2), hours(-1));
    expect(await finished(booking)).toMatchObject({ status: 'confirmed', startAt: booking.startAt });
    expect(bench.eventOf(booking)).toMatchObject({ startAt: booking.startAt });
  });

  it('ends a move a day after', async () => {
    bench.fail('moveEvent');
    const [yesterday, longAgo] = [await moving(hours(-24), hours(-23)), await moving(hours(-27), hours(-26))];
    expect(await finished(yesterday)).toMatchObject({ status: 'pending' });
    expect(await finished(longAgo)).toMatchObject({
      status: 'confirmed',
      startAt: longAgo.movedFrom?.startAt,
    });
  });

  it('ends a cancellation a day after, whatever the calendar says', async () => {
    bench.fail('deleteEvent', aFailure());
    for (const [at, status] of [
      [hours(-24), 'cancelling'],
      [hours(-25), 'cancelled'],
    ] as const) {
      const { id } = await bench.stands(at);
      const booking = (await bench.bookings.startCancelling(id, null)) as Booking;
      expect(await finished(booking)).toMatchObject({ status });
    }
    expect(bench.eventsLogged('booking.event_left')).toHaveLength(1);
  });
});
