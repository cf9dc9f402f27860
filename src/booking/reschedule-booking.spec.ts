import { beforeEach, describe, expect, it } from '@jest/globals';
import { aFailure, noWriteAccess } from '../../test/support/a-failure.js';
import { bookingBench, time, type BookingBench } from '../../test/support/booking-bench.js';
import type { Configuration } from '../configurations/configuration.js';
import type { Booking, BookingStatus } from './booking.js';

let bench: BookingBench;

const open = async (differences: Partial<Configuration> = {}): Promise<void> => {
  bench = await bookingBench(differences);
};

beforeEach(() => open());

/** Minutes after ten. */
const reschedule = (
  { id }: Pick<Booking, 'id'>,
  from: number,
  durationMinutes: number | null = null,
): Promise<Booking> => bench.reschedule.execute(id, 'all', { startAt: time(from).startAt, durationMinutes });

describe('rescheduling', () => {
  it('moves booking and event, and keeps the ids of both', async () => {
    const booking = await bench.stands();
    const { id, eventId } = booking;
    expect(await reschedule(booking, 60)).toMatchObject({ id, eventId, status: 'confirmed', ...time(60) });
    expect(bench.eventOf(booking)).toMatchObject(time(60));
    expect(bench.claimed()).toEqual([[60, 90]]);
  });

  it('claims the new time, with its buffers, before the event is touched, and keeps the old one so long', async () => {
    await open({ prepTimeMinutes: 10 });
    const booking = await bench.stands();
    let seen: [BookingStatus | undefined, [number, number][]] | undefined;
    bench.provider.meanwhile('moveEvent', async () => {
      seen = [(await bench.stored(booking))?.status, bench.claimed()];
    });
    await reschedule(booking, 60);
    expect(seen).toEqual([
      'pending',
      [
        [0, 30],
        [50, 90],
      ],
    ]);
  });

  it('may overlap the time that it has, and change its length', async () => {
    const booking = await bench.stands();
    expect(await reschedule(booking, 15, 45)).toMatchObject({ status: 'confirmed', ...time(15, 60) });
    expect(await reschedule(booking, 15)).toMatchObject(time(15, 60));
  });

  it('to the time that it has is fine, also while it is on its way there', async () => {
    bench.fail('moveEvent');
    const booking = await bench.stands();
    expect(await reschedule(booking, 0)).toEqual(await bench.stored(booking));
    expect(await reschedule(booking, 60)).toMatchObject({ status: 'pending' });
    expect(await reschedule(booking, 60)).toMatchObject({ status: 'pending', movedFrom: time(0) });
  });

  it.each([
    ['another booking', () => void bench.given(time(60))],
    ['an event in the booking calendar', () => bench.provider.givenBusy(bench.main.externalId, time(60))],
    ['an event in a conflict calendar', () => bench.provider.givenBusy(bench.other.externalId, time(60))],
  ])('is refused for %s, and leaves everything as it is', async (_, take) => {
    const booking = await bench.stands();
    take();
    await expect(reschedule(booking, 45)).rejects.toMatchObject({ code: 'slot_unavailable' });
    expect(await bench.stored(booking)).toEqual(booking);
    expect(bench.eventOf(booking)).toMatchObject(time(0));
  });

  it('is refused by the rules, on a day that is full too, but not for its own place there', async () => {
    await open({ maxBookingsPerDay: 1 });
    const booking = await bench.stands();
    await expect(reschedule(booking, 12 * 60)).rejects.toMatchObject({ code: 'rules_violation' });
    expect(await reschedule(booking, 60)).toMatchObject({ status: 'confirmed' });
    const day = 24 * 60;
    bench.given(time(day));
    await expect(reschedule(booking, day + 60)).rejects.toMatchObject({ code: 'rules_violation' });
  });

  it('that the provider refuses leaves the booking where it was', async () => {
    bench.fail('moveEvent', noWriteAccess());
    const booking = await bench.stands();
    await expect(reschedule(booking, 60)).rejects.toMatchObject({ code: 'calendar_permission_denied' });
    expect(await bench.stored(booking)).toMatchObject({ status: 'confirmed', ...time(0) });
    expect(bench.claimed()).toEqual([[0, 30]]);
  });

  it('stays in its calendar when the configuration has another one by now', async () => {
    const booking = await bench.stands();
    bench.configurations.given({ ...bench.configuration, calendarId: bench.other.id });
    expect(await reschedule(booking, 60)).toMatchObject({ calendarId: bench.main.id });
    expect(bench.eventOf(booking)).toMatchObject(time(60));
  });

  it.each<BookingStatus>(['pending', 'cancelling', 'cancelled', 'failed'])(
    'of a booking that is %s is a conflict',
    async (status) => {
      const booking = bench.given({ status });
      await expect(reschedule(booking, 60)).rejects.toMatchObject({ code: 'conflict' });
    },
  );

  it('has no rules to go by once the configuration is gone', async () => {
    const booking = await bench.stands({ configurationId: null });
    await expect(reschedule(booking, 60)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('that another attempt was refused meanwhile is refused here as well', async () => {
    const booking = await bench.stands();
    bench.provider.meanwhile('moveEvent', async () => {
      const moving = await bench.stored(booking);
      if (moving !== null) await bench.bookings.undoMove(moving, noWriteAccess());
    });
    await expect(reschedule(booking, 60)).rejects.toMatchObject({ code: 'calendar_permission_denied' });
    expect(await bench.stored(booking)).toMatchObject({ status: 'confirmed', ...time(0) });
  });

  it('against a cancellation ends as cancelled (F63)', async () => {
    const booking = await bench.stands();
    bench.provider.meanwhile('moveEvent', async () => {
      await bench.cancel.execute(booking.id, 'all', null);
    });
    await expect(reschedule(booking, 60)).rejects.toMatchObject({ code: 'conflict' });
    expect(await bench.stored(booking)).toMatchObject({ status: 'cancelled' });
    expect(bench.eventOf(booking)).toMatchObject({ cancelled: true });
    expect(bench.claimed()).toEqual([]);
  });
});

describe('taking up a request that came to no end', () => {
  const resume = async ({ id }: Pick<Booking, 'id'>) => bench.resume.execute(id, 'all');

  it('finds nothing when nothing was made', async () => {
    expect(await resume({ id: bench.ids.next() })).toBeNull();
  });

  it('writes the event of a booking that has none', async () => {
    const booking = bench.given();
    expect(await resume(booking)).toMatchObject({
      booking: { id: booking.id, status: 'confirmed' },
      health: { status: 'healthy' },
    });
    expect(bench.eventOf(booking)).toMatchObject(time(0));
  });

  it('answers what is confirmed as it is', async () => {
    const booking = bench.given({ status: 'confirmed' });
    expect(await resume(booking)).toMatchObject({ booking });
    expect(bench.asked('insertEvent')).toBe(0);
  });

  it.each<BookingStatus>(['cancelling', 'cancelled'])(
    'does not say that it booked what is %s',
    async (status) => {
      const booking = bench.given({ status });
      await expect(resume(booking)).rejects.toMatchObject({ code: 'conflict' });
      expect(bench.asked('insertEvent')).toBe(0);
    },
  );

  it('says again what was refused', async () => {
    const booking = bench.given();
    await bench.bookings.fail(booking, noWriteAccess());
    await expect(resume(booking)).rejects.toMatchObject({ code: 'calendar_permission_denied' });
  });

  it('waits for the owner of an account rather than to give up what may have been written', async () => {
    const needsReauth = aFailure({ needsReauth: true, httpStatus: 400, retryable: false });
    const booking = bench.given();
    bench.fail('insertEvent', needsReauth);
    expect(await resume(booking)).toMatchObject({ booking: { status: 'pending' } });
  });
});
