import { beforeEach, describe, expect, it } from '@jest/globals';
import { aFailure, noWriteAccess, revokedGrant, timeOut } from '../../test/support/a-failure.js';
import { bookingBench, type BookingBench } from '../../test/support/booking-bench.js';
import type { Booking } from './booking.js';

let bench: BookingBench;

beforeEach(async () => {
  bench = await bookingBench();
});

const cancelling = async (booking: Booking): Promise<Booking> => {
  const started = await bench.bookings.startCancelling(booking.id, null);
  if (started === null) throw new Error('not cancelling');
  return started;
};

const remove = (booking: Booking): Promise<Booking> =>
  bench.removeEvent.execute(booking, bench.deadline(12_000));

describe('the event of a cancelled booking', () => {
  it('is removed, and the time is free', async () => {
    const booking = await cancelling(await bench.stands());
    expect(await remove(booking)).toMatchObject({ status: 'cancelled' });
    expect(bench.eventOf(booking)).toMatchObject({ cancelled: true });
    expect(bench.claimed()).toEqual([]);
  });

  it('need not be there any more, nor ever have been (F44)', async () => {
    const booking = await cancelling(bench.given());
    expect(await remove(booking)).toMatchObject({ status: 'cancelled' });
    expect(await remove(booking)).toMatchObject({ status: 'cancelled' });
  });

  it('is removed by the repeat of a call that nobody answered', async () => {
    const booking = await cancelling(await bench.stands());
    bench.provider.fail({ method: 'deleteEvent', failure: aFailure(), times: 1, late: true });
    expect(await remove(booking)).toMatchObject({ status: 'cancelled' });
  });

  it.each([
    ['a 503', aFailure()],
    ['a time-out', timeOut()],
    ['no right to write', noWriteAccess()],
    ['an account that is gone', revokedGrant()],
  ])('keeps the time while it is not known to be gone, as after %s', async (_, failure) => {
    bench.fail('deleteEvent', failure);
    const booking = await cancelling(await bench.stands());
    expect(await remove(booking)).toMatchObject({ status: 'cancelling', attempts: 1, failure });
    expect(bench.claimed()).toEqual([[0, 30]]);
    expect(bench.eventsLogged('booking.cancelling')).toHaveLength(1);
  });

  it('is nobody’s to remove when we do not know its calendar any more', async () => {
    const booking = await cancelling(bench.given({ calendarId: bench.ids.next() }));
    expect(await remove(booking)).toMatchObject({ status: 'cancelled' });
    expect(bench.asked('deleteEvent')).toBe(0);
  });
});

describe('a sweep', () => {
  const failed = async (): Promise<Booking> => {
    const ended = await bench.bookings.fail(bench.given(), aFailure());
    if (ended === null) throw new Error('not failed');
    return ended;
  };
  const dueIn = ({ id }: Booking): number | null => {
    const at = bench.tables.bookings.get(id)?.nextAttemptAt ?? null;
    return at === null ? null : (at - bench.clock.now()) / 60_000;
  };
  const sweep = (booking: Booking): Promise<void> =>
    bench.removeEvent.sweepAsDue(booking, bench.main, bench.deadline(12_000));

  it('removes what a late write left, and comes again after 9 and 50 minutes (F40)', async () => {
    const booking = await failed();
    bench.provider.givenBusy(bench.main.externalId, booking, booking.eventId);
    await sweep(booking);
    expect(bench.eventOf(booking)).toMatchObject({ cancelled: true });
    expect(dueIn(booking)).toBe(9);
    await sweep(booking);
    expect(dueIn(booking)).toBe(50);
    await sweep(booking);
    expect(dueIn(booking)).toBeNull();
  });

  it('that does not get through is due again, and leaves the schedule as it is', async () => {
    const booking = await failed();
    bench.fail('deleteEvent', revokedGrant());
    await sweep(booking);
    await sweep(booking);
    expect(dueIn(booking)).toBe(2);
    expect(bench.eventsLogged('booking.sweep_failed')).toHaveLength(2);
    expect(bench.tables.bookings.get(booking.id)?.sweepsLeft).toBe(3);
  });
});
