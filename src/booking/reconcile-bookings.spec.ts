import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { SteppedClock } from '../../test/fakes/stepped-clock.js';
import { aFailure } from '../../test/support/a-failure.js';
import { bookingBench, time, type BookingBench } from '../../test/support/booking-bench.js';
import type { Calendar } from '../calendars/calendar.js';
import type { Booking, BookingStatus } from './booking.js';
import { ReconcileBookings } from './reconcile-bookings.js';

const LEASE_MS = 15_000;

let bench: BookingBench;
/** By which the reconciliation looks again; it stands still, so that no deadline passes of those at work. */
let looks: SteppedClock;
let reconcile: ReconcileBookings;

beforeEach(async () => {
  bench = await bookingBench({}, 3);
  looks = new SteppedClock(0);
  reconcile = new ReconcileBookings(bench.bookings, bench.unfinished, bench.comparisons, looks);
});

/** A pending booking of a calendar that is due. */
const due = (calendar: Calendar, from = 0): Booking =>
  bench.bookings.given(bench.given({ calendarId: calendar.id, ...time(from) }), {
    nextAttemptAt: bench.clock.now(),
  });

const statusOf = async (booking: Booking): Promise<BookingStatus | undefined> =>
  (await bench.stored(booking))?.status;

const untilConfirmed = async (booking: Booking): Promise<void> => {
  while ((await statusOf(booking)) !== 'confirmed') await looks.pass(1000);
};

/** Writes to the calendar that was given do not come to an end before they are let go. */
function hanging(): () => void {
  let letGo = (): void => undefined;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  bench.provider.meanwhile('insertEvent', () => held);
  return letGo;
}

describe('the reconciliation', () => {
  it('finishes all that is due, one after the other in each calendar', async () => {
    const bookings = bench.fixture.flatMap((calendar) => [
      due(calendar),
      due(calendar, 60),
      due(calendar, 120),
    ]);
    await reconcile.execute();
    expect(await Promise.all(bookings.map(statusOf))).toEqual(bookings.map(() => 'confirmed'));
  });

  it('leaves what is not due yet', async () => {
    const booking = bench.bookings.given(bench.given(), { nextAttemptAt: bench.clock.now() + LEASE_MS });
    await reconcile.execute();
    expect(await statusOf(booking)).toBe('pending');
  });

  it('is not held up by a calendar that hangs, also in what becomes due meanwhile', async () => {
    const [slow, quick] = [bench.main, bench.other];
    const letGo = hanging();
    const stuck = due(slow);
    const run = reconcile.execute();
    while (bench.asked('insertEvent') === 0) await nextTurn();
    const behind = due(slow, 60);
    await untilConfirmed(due(quick));
    await untilConfirmed(due(quick, 60));
    expect([await statusOf(stuck), await statusOf(behind)]).toEqual(['pending', 'pending']);
    letGo();
    await run;
    expect([await statusOf(stuck), await statusOf(behind)]).toEqual(['confirmed', 'confirmed']);
  });

  it('takes what another instance left behind, once that had its time', async () => {
    const booking = due(bench.main);
    await bench.bookings.takeDue(1, []);
    await reconcile.execute();
    expect(await statusOf(booking)).toBe('pending');
    bench.clock.advance(LEASE_MS);
    await reconcile.execute();
    expect(await statusOf(booking)).toBe('confirmed');
  });

  it('goes on after a bug in one, and tells of it in the end', async () => {
    const [broken, fine] = [due(bench.main), due(bench.other)];
    const bug = new Error('a bug');
    bench.provider.meanwhile('insertEvent', async () => {
      throw bug;
    });
    await expect(reconcile.execute()).rejects.toBe(bug);
    expect(new Set([await statusOf(broken), await statusOf(fine)])).toEqual(
      new Set(['pending', 'confirmed']),
    );
  });

  it('has a calendar compared that answers again, and only such a one', async () => {
    bench.fail('insertEvent', aFailure(), 3);
    const booking = due(bench.main);
    await reconcile.execute();
    expect([await statusOf(booking), bench.comparisons.hastened]).toEqual(['pending', []]);
    due(bench.other);
    bench.clock.advance(LEASE_MS);
    await reconcile.execute();
    expect([await statusOf(booking), bench.comparisons.hastened]).toEqual(['confirmed', [bench.main.id]]);
  });
});
