import { beforeEach, describe, expect, it } from '@jest/globals';
import { aFailure } from '../../test/support/a-failure.js';
import { bookingBench, type BookingBench } from '../../test/support/booking-bench.js';
import type { Booking, BookingStatus } from './booking.js';

let bench: BookingBench;

beforeEach(async () => {
  bench = await bookingBench();
});

const cancel = ({ id }: Pick<Booking, 'id'>, reason: string | null = null): Promise<Booking> =>
  bench.cancel.execute(id, 'all', reason);

describe('cancelling', () => {
  it('removes the event and frees the time', async () => {
    const booking = await bench.stands();
    expect(await cancel(booking, 'Ill')).toMatchObject({ status: 'cancelled', cancelReason: 'Ill' });
    expect(bench.eventOf(booking)).toMatchObject({ cancelled: true });
    expect(bench.claimed()).toEqual([]);
  });

  it('is stored before the provider is asked', async () => {
    const booking = await bench.stands();
    let seen: BookingStatus | undefined;
    bench.provider.meanwhile('deleteEvent', async () => {
      seen = (await bench.stored(booking))?.status;
    });
    await cancel(booking);
    expect(seen).toBe('cancelling');
  });

  it('twice is fine: the first reason stands, and the event is removed once', async () => {
    const booking = await bench.stands();
    await cancel(booking, 'Ill');
    expect(await cancel(booking, 'Busy')).toMatchObject({ status: 'cancelled', cancelReason: 'Ill' });
    expect(bench.asked('deleteEvent')).toBe(1);
  });

  it('keeps the time while the event is not known to be gone', async () => {
    bench.fail('deleteEvent');
    const booking = await bench.stands();
    expect(await cancel(booking)).toMatchObject({ status: 'cancelling' });
    expect(await cancel(booking)).toMatchObject({ status: 'cancelling' });
    expect(bench.claimed()).toHaveLength(1);
  });

  it('of what is still being written sweeps for the late event (F40)', async () => {
    const booking = bench.given();
    expect(await cancel(booking)).toMatchObject({ status: 'cancelled' });
    expect(bench.tables.bookings.get(booking.id)).toMatchObject({
      sweepsLeft: 3,
      nextAttemptAt: bench.clock.now() + 60_000,
    });
  });

  it('of what has failed is a conflict', async () => {
    const booking = bench.given();
    await bench.bookings.fail(booking, aFailure());
    await expect(cancel(booking)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('finds nothing in another workspace', async () => {
    const booking = await bench.stands();
    const stranger = bench.cancel.execute(booking.id, { workspaceId: bench.ids.next() }, null);
    await expect(stranger).rejects.toMatchObject({ code: 'not_found' });
    expect(await bench.stored(booking)).toMatchObject({ status: 'confirmed' });
  });
});
