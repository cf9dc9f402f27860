import { beforeEach, describe, expect, it } from '@jest/globals';
import { aFailure, revokedGrant } from '../../test/support/a-failure.js';
import { bookingBench, time, type BookingBench } from '../../test/support/booking-bench.js';
import type { Booking } from './booking.js';

let bench: BookingBench;

beforeEach(async () => {
  bench = await bookingBench();
});

const giveUp = (booking: Booking): Promise<void> =>
  bench.giveUp.execute(booking, bench.main, bench.deadline(12_000));

describe('a booking whose time has come without an event (F36)', () => {
  it('has failed, its time is free, and somebody hears of it', async () => {
    const booking = bench.given();
    await giveUp(booking);
    expect(await bench.stored(booking)).toMatchObject({
      status: 'failed',
      failure: { code: 'event_never_written' },
    });
    expect(bench.claimed()).toEqual([]);
    expect(bench.eventsLogged('booking.given_up')).toMatchObject([{ level: 'error' }]);
  });

  it('is confirmed when the last look finds its event', async () => {
    const booking = bench.given();
    await bench.placeEvent.execute(booking, bench.main, bench.deadline());
    await giveUp(booking);
    expect(await bench.stored(booking)).toMatchObject({ status: 'confirmed' });
    expect(bench.eventsLogged('booking.given_up')).toEqual([]);
  });

  it('has failed when its event was deleted, or is somebody else’s', async () => {
    const deleted = bench.given();
    await bench.placeEvent.execute(deleted, bench.main, bench.deadline());
    await bench.removeEvent.sweep(deleted, bench.main, bench.deadline());
    const other = bench.given(time(60));
    bench.provider.givenBusy(bench.main.externalId, time(60), other.eventId);
    for (const booking of [deleted, other]) {
      await giveUp(booking);
      expect(await bench.stored(booking)).toMatchObject({ status: 'failed' });
    }
  });

  it.each([aFailure(), revokedGrant()])(
    'has failed for what keeps its calendar from telling',
    async (failure) => {
      bench.fail('findEvent', failure);
      const booking = bench.given();
      await giveUp(booking);
      expect(await bench.stored(booking)).toMatchObject({
        status: 'failed',
        failure: { code: failure.code },
      });
    },
  );

  it('stays what it has become meanwhile, and nobody hears of it', async () => {
    const booking = bench.given();
    await bench.bookings.startCancelling(booking.id, null);
    await giveUp(booking);
    expect(await bench.stored(booking)).toMatchObject({ status: 'cancelling' });
    expect(bench.eventsLogged('booking.given_up')).toEqual([]);
  });
});

describe('what ends without its calendar', () => {
  it('is a move, where it began', async () => {
    const booking = await bench.stands();
    const terms = { needed: time(60), watchedCalendarIds: [], dayLimit: null };
    const moving = await bench.bookings.startMoving(booking, time(60), terms);
    await bench.giveUp.leaveWhereItWas(moving as Booking);
    expect(await bench.stored(booking)).toMatchObject({ status: 'confirmed', ...time(0) });
    expect(bench.eventsLogged('booking.not_moved')).toMatchObject([{ level: 'error' }]);
    await bench.giveUp.leaveWhereItWas(moving as Booking);
    expect(bench.eventsLogged('booking.not_moved')).toHaveLength(1);
  });

  it('is a cancellation, with its event left', async () => {
    const booking = await bench.stands();
    await bench.bookings.startCancelling(booking.id, null);
    await bench.giveUp.leaveEvent(booking);
    expect(await bench.stored(booking)).toMatchObject({ status: 'cancelled' });
    expect(bench.eventsLogged('booking.event_left')).toMatchObject([
      { level: 'error', fields: { event_id: booking.eventId } },
    ]);
    await bench.giveUp.leaveEvent(booking);
    expect(bench.eventsLogged('booking.event_left')).toHaveLength(1);
  });
});
