import { beforeEach, describe, expect, it } from '@jest/globals';
import { aFailure, noWriteAccess, timeOut } from '../../test/support/a-failure.js';
import { bookingBench, time, type BookingBench } from '../../test/support/booking-bench.js';
import type { RemoteEvent } from '../calendars/calendar-provider.js';
import { ProviderError } from '../shared/failure.js';
import { eventIdOf, type Booking } from './booking.js';

let bench: BookingBench;

beforeEach(async () => {
  bench = await bookingBench();
});

const place = (booking: Booking, ms = 12_000): Promise<RemoteEvent | null> =>
  bench.placeEvent.execute(booking, bench.main, bench.deadline(ms));

const failureOf = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  return error instanceof ProviderError ? error.failure.code : `no failure: ${String(error)}`;
};

const moving = (booking: Booking): Booking => ({
  ...booking,
  status: 'pending',
  ...time(60),
  movedFrom: { startAt: booking.startAt, endAt: booking.endAt },
});

describe('the event of a booking', () => {
  it('is written under the booking’s own id, for its attendee', async () => {
    const booking = bench.given();
    const event = await place(booking);
    expect(event).toMatchObject({ id: booking.eventId, bookingId: booking.id, ...time(0) });
    expect(bench.eventOf(booking)).toEqual(event);
    expect(bench.provider.attendeesOf(bench.main.externalId, booking.eventId)).toEqual(['pat@example.com']);
  });

  it('is one, however often it is written', async () => {
    const booking = bench.given();
    const event = await place(booking);
    expect(await place(booking)).toEqual(event);
    expect((await bench.stored(booking))?.eventGeneration).toBe(0);
  });

  it.each([
    ['timed out', timeOut()],
    ['ended with a 503', aFailure()],
  ])('that was written although the call %s is found by the repeat (F35)', async (_, failure) => {
    bench.provider.fail({ method: 'insertEvent', failure, times: 1, late: true });
    const booking = bench.given();
    expect(await place(booking)).toMatchObject({ id: booking.eventId });
    expect([bench.asked('insertEvent'), bench.asked('findEvent')]).toEqual([2, 1]);
  });

  it('is tried three times while the provider is away (F36)', async () => {
    bench.fail('insertEvent');
    expect(await failureOf(place(bench.given()))).toBe('http_503');
    expect(bench.asked('insertEvent')).toBe(3);
  });

  it('is not written again where nobody may', async () => {
    bench.fail('insertEvent', noWriteAccess());
    expect(await failureOf(place(bench.given()))).toBe('requiredAccessLevel');
    expect(bench.asked('insertEvent')).toBe(1);
  });
});

describe('an event id that is taken', () => {
  const theirs = (booking: Booking): string =>
    bench.provider.givenBusy(bench.main.externalId, time(600), booking.eventId);

  it('by our own event that was deleted: the next one is used (F37)', async () => {
    const booking = bench.given();
    await place(booking);
    await bench.removeEvent.sweep(booking, bench.main, bench.deadline());
    expect(await place(booking)).toMatchObject({ id: eventIdOf(booking.id, 1), bookingId: booking.id });
    expect(await bench.stored(booking)).toMatchObject({
      eventId: eventIdOf(booking.id, 1),
      eventGeneration: 1,
    });
    expect(bench.eventsLogged('event.id_collision')).toEqual([]);
  });

  it('by somebody else: the next one is used, and the operator hears of it (F38)', async () => {
    const booking = bench.given();
    theirs(booking);
    expect(await place(booking)).toMatchObject({ id: eventIdOf(booking.id, 1) });
    expect(bench.eventOf(booking)).toMatchObject({ bookingId: null, ...time(600) });
    expect(bench.eventsLogged('event.id_collision')).toMatchObject([{ level: 'error' }]);
  });

  it('is no reason to write for a booking that was cancelled meanwhile', async () => {
    const booking = bench.given();
    theirs(booking);
    await bench.bookings.startCancelling(booking.id, null);
    expect(await place(booking)).toBeNull();
    expect(bench.asked('insertEvent')).toBe(1);
  });

  it('five times over is no chance any more', async () => {
    const booking = bench.given({ eventGeneration: 5, eventId: 'fifth' });
    expect(await failureOf(place(booking))).toBe('event_ids_used_up');
    expect(bench.asked('insertEvent')).toBe(0);
  });

  it.each([1, 3, 4])('but %d looks do not show the event: it is looked for again (F39)', async (looks) => {
    const booking = bench.given();
    await place(booking);
    bench.provider.overlook('findEvent', looks);
    expect(await place(booking)).toMatchObject({ id: booking.eventId });
    expect(bench.asked('findEvent')).toBe(looks + 1);
  });

  it('but no look shows the event: nobody may say that it is not there (F39)', async () => {
    const booking = bench.given();
    await place(booking);
    bench.provider.overlook('findEvent', Infinity);
    expect(await failureOf(place(booking))).toBe('event_not_seen_yet');
    expect(await bench.stored(booking)).toMatchObject({ eventGeneration: 0 });
  });

  it('and the event cannot be seen for minutes: another one is written', async () => {
    const booking = bench.given({ attempts: 8 });
    await place(booking);
    bench.provider.overlook('findEvent', Infinity);
    expect(await place(booking)).toMatchObject({ id: eventIdOf(booking.id, 1) });
  });
});

describe('the event of a booking that moves', () => {
  it('gets the new time, and stays the one it is', async () => {
    const booking = await bench.stands();
    expect(await place(moving(booking))).toMatchObject({ id: booking.eventId, ...time(60) });
    expect(bench.eventOf(booking)).toMatchObject({ ...time(60), cancelled: false });
    expect(bench.asked('insertEvent')).toBe(1);
  });

  it('is moved again when nobody knows whether the first call did it', async () => {
    const booking = await bench.stands();
    bench.provider.fail({ method: 'moveEvent', failure: timeOut(), times: 1, late: true });
    expect(await place(moving(booking))).toMatchObject({ id: booking.eventId, ...time(60) });
    expect(bench.asked('moveEvent')).toBe(2);
  });

  it('is a new one when its owner had deleted it', async () => {
    const booking = await bench.stands();
    await bench.removeEvent.sweep(booking, bench.main, bench.deadline());
    const move = bench.given({ ...moving(booking), id: booking.id });
    expect(await place(move)).toMatchObject({ id: eventIdOf(booking.id, 1), ...time(60) });
  });

  it('is moved once it can be seen, when it could not at first (F39)', async () => {
    const booking = await bench.stands();
    bench.provider.overlook('moveEvent', 1);
    expect(await place(moving(booking))).toMatchObject({ id: booking.eventId, ...time(60) });
    expect(bench.eventOf(booking)).toMatchObject(time(60));
  });

  it('is not said to have moved while it stands at its former time (F39)', async () => {
    const booking = await bench.stands();
    bench.provider.overlook('moveEvent', Infinity);
    expect(await failureOf(place(moving(booking)))).toBe('event_not_seen_yet');
  });
});
