import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  aFailure,
  missingCalendar,
  noWriteAccess,
  revokedGrant,
  timeOut,
} from '../../test/support/a-failure.js';
import { bookingBench, time, type BookingBench } from '../../test/support/booking-bench.js';
import { ProviderError, type Failure } from '../shared/failure.js';
import { eventIdOf, type Booking, type BookingStatus } from './booking.js';
import type { Attempt } from './write-event.js';

let bench: BookingBench;

beforeEach(async () => {
  bench = await bookingBench();
});

const write = (booking: Booking, attempt: Attempt = 'in_request'): Promise<Booking> =>
  bench.writeEvent.execute(booking, bench.main, bench.deadline(12_000), attempt);

/** The status that comes of it, and whether the caller is told of a refusal. */
const outcomeOf = async (booking: Booking, attempt: Attempt): Promise<[BookingStatus, string]> => {
  try {
    return [(await write(booking, attempt)).status, 'answered'];
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return [(await bench.stored(booking))?.status ?? 'failed', 'refused'];
  }
};

/** Moves on Wednesday from ten to eleven. */
const moving = async (): Promise<Booking> => {
  const booking = await bench.stands();
  const terms = { needed: time(60), watchedCalendarIds: [], dayLimit: null };
  const moved = await bench.bookings.startMoving(booking, time(60), terms);
  if (typeof moved === 'string') throw new Error(moved);
  return moved;
};

describe('a pending booking', () => {
  it('is confirmed once its event is written, with the link that the provider made', async () => {
    const booking = bench.given({ createMeetLink: true });
    expect(await write(booking)).toMatchObject({
      status: 'confirmed',
      meetingLink: `https://meet.example.com/${booking.eventId}`,
    });
    expect(bench.claimed()).toEqual([[0, 30]]);
  });

  it('keeps the link of its configuration when the provider makes none', async () => {
    const booking = bench.given({ meetingLink: 'https://meet.example/usual' });
    expect(await write(booking)).toMatchObject({ meetingLink: 'https://meet.example/usual' });
  });

  it('has the id of the event that was written in the end', async () => {
    const booking = bench.given();
    bench.provider.givenBusy(bench.main.externalId, time(600), booking.eventId);
    expect(await write(booking)).toMatchObject({ status: 'confirmed', eventId: eventIdOf(booking.id, 1) });
  });

  const quota = aFailure({ category: 'rate_limited', httpStatus: 403, retryable: false });
  const invalid = aFailure({ code: 'invalid', httpStatus: 400, retryable: false });
  const unanswered = aFailure({ httpStatus: null, code: 'ECONNRESET' });

  it.each<[Attempt, string, Failure, BookingStatus]>([
    ['in_request', 'a time-out', timeOut(), 'pending'],
    ['in_request', 'a 503', aFailure(), 'pending'],
    ['in_request', 'no answer', unanswered, 'pending'],
    ['in_request', 'a rate limit', quota, 'pending'],
    ['in_request', 'a bad request', invalid, 'failed'],
    ['in_request', 'no right to write', noWriteAccess(), 'failed'],
    ['in_request', 'a calendar that is gone', missingCalendar(), 'failed'],
    ['in_request', 'an account that is gone', revokedGrant(), 'failed'],
    ['later', 'a 503', aFailure(), 'pending'],
    ['later', 'no right to write', noWriteAccess(), 'failed'],
    ['later', 'an account that is gone', revokedGrant(), 'pending'],
  ])('%s, after %s (F35, F36, F42)', async (attempt, _, failure, status) => {
    bench.fail('insertEvent', failure);
    const booking = bench.given();
    expect(await outcomeOf(booking, attempt)).toEqual([status, status === 'failed' ? 'refused' : 'answered']);
    expect(bench.claimed()).toHaveLength(status === 'failed' ? 0 : 1);
    expect(await bench.stored(booking)).toMatchObject({ failure: { code: failure.code } });
    expect(bench.eventsLogged('booking.pending')).toHaveLength(status === 'failed' ? 0 : 1);
  });

  describe('that was refused after a write of which nobody knows (F35)', () => {
    /** Then it is refused. */
    const cameThrough = (failure: Failure): void => {
      bench.provider.fail({ method: 'insertEvent', failure, times: 1, late: true });
      bench.provider.meanwhile('insertEvent', async () => bench.fail('insertEvent', noWriteAccess()));
    };

    it.each([
      ['timed out', timeOut()],
      ['ended with a 503', aFailure()],
    ])('is confirmed when the first write, which %s, came through', async (_, failure) => {
      cameThrough(failure);
      const booking = bench.given();
      expect(await outcomeOf(booking, 'in_request')).toEqual(['confirmed', 'answered']);
      expect(bench.eventOf(booking)).toMatchObject({ cancelled: false });
      expect(bench.claimed()).toEqual([[0, 30]]);
    });

    it('waits when the event is not to be seen: reads lag behind writes (F39)', async () => {
      bench.fail('insertEvent', aFailure(), 1);
      bench.fail('insertEvent', noWriteAccess());
      const booking = bench.given();
      expect(await outcomeOf(booking, 'in_request')).toEqual(['pending', 'answered']);
      expect(bench.claimed()).toEqual([[0, 30]]);
      expect(await outcomeOf(booking, 'later')).toEqual(['failed', 'refused']);
      expect(bench.claimed()).toEqual([]);
    });

    it('waits while the calendar cannot be read', async () => {
      cameThrough(aFailure());
      bench.fail('findEvent', noWriteAccess());
      const booking = bench.given();
      expect(await outcomeOf(booking, 'in_request')).toEqual(['pending', 'answered']);
      expect(await outcomeOf(booking, 'later')).toEqual(['pending', 'answered']);
      expect(bench.claimed()).toEqual([[0, 30]]);
    });

    it('waits when its id is taken, and nobody may read by what', async () => {
      const booking = bench.given();
      await bench.placeEvent.execute(booking, bench.main, bench.deadline(12_000));
      bench.fail('findEvent', noWriteAccess());
      expect(await outcomeOf(booking, 'in_request')).toEqual(['pending', 'answered']);
    });

    it('is confirmed by a later attempt that finds the event', async () => {
      const booking = bench.given();
      await bench.placeEvent.execute(booking, bench.main, bench.deadline(12_000));
      bench.fail('insertEvent', noWriteAccess());
      expect(await outcomeOf(booking, 'later')).toEqual(['confirmed', 'answered']);
    });
  });

  it('counts its attempts in vain', async () => {
    bench.fail('insertEvent');
    const booking = bench.given();
    await write(booking);
    expect(await write(booking, 'later')).toMatchObject({ status: 'pending', attempts: 2 });
  });

  it('that turned out to have another id by now fails under that one', async () => {
    const booking = bench.given();
    bench.provider.givenBusy(bench.main.externalId, time(600), booking.eventId);
    bench.provider.fail({ method: 'insertEvent', failure: noWriteAccess(), late: true });
    expect(await outcomeOf(booking, 'in_request')).toEqual(['failed', 'refused']);
  });
});

describe('a booking that ended while its event was being written (F40, F63)', () => {
  const cancel = async (id: string): Promise<void> => {
    await bench.bookings.startCancelling(id, null);
    await bench.bookings.finishCancelling(id);
  };

  it.each<[string, (booking: Booking) => Promise<unknown>, BookingStatus]>([
    ['is being cancelled', ({ id }) => bench.bookings.startCancelling(id, null), 'cancelling'],
    ['was cancelled', ({ id }) => cancel(id), 'cancelled'],
    ['was given up', (booking) => bench.bookings.fail(booking, aFailure()), 'failed'],
  ])('%s: the event does not stay', async (_, end, status) => {
    const booking = bench.given();
    bench.provider.meanwhile('insertEvent', () => end(booking));
    expect(await write(booking)).toMatchObject({ status });
    expect(bench.eventOf(booking)).toMatchObject({ cancelled: true });
  });

  it('was confirmed by another: the event is the same', async () => {
    const booking = bench.given();
    bench.provider.meanwhile('insertEvent', () => bench.bookings.confirm(booking, null));
    expect(await write(booking)).toMatchObject({ status: 'confirmed' });
    expect(bench.eventOf(booking)).toMatchObject({ cancelled: false });
  });

  it('was cancelled before it was found that the id is taken: nothing is written', async () => {
    const booking = bench.given();
    bench.provider.givenBusy(bench.main.externalId, time(600), booking.eventId);
    await cancel(booking.id);
    expect(await write(booking)).toMatchObject({ status: 'cancelled' });
    expect(bench.asked('insertEvent')).toBe(1);
  });

  it('was cancelled before its event was refused: nobody is told of the refusal', async () => {
    const booking = bench.given();
    bench.provider.fail({ method: 'insertEvent', failure: noWriteAccess(), late: true });
    bench.provider.meanwhile('insertEvent', () => cancel(booking.id));
    expect(await outcomeOf(booking, 'in_request')).toEqual(['cancelled', 'answered']);
  });
});

describe('a booking that moves', () => {
  it('is confirmed at its new time, and gives the former one back', async () => {
    const booking = await moving();
    expect(await write(booking)).toMatchObject({ status: 'confirmed', ...time(60), movedFrom: null });
    expect(bench.claimed()).toEqual([[60, 90]]);
  });

  it('stays where it was when the provider refuses', async () => {
    bench.fail('moveEvent', noWriteAccess());
    const booking = await moving();
    expect(await outcomeOf(booking, 'in_request')).toEqual(['confirmed', 'refused']);
    expect(await bench.stored(booking)).toMatchObject({ ...time(0), movedFrom: null });
    expect(bench.claimed()).toEqual([[0, 30]]);
  });

  it('is at its new time when a write of which nobody knew came through before the refusal', async () => {
    bench.provider.fail({ method: 'moveEvent', failure: aFailure(), times: 1, late: true });
    bench.provider.meanwhile('moveEvent', async () => bench.fail('moveEvent', noWriteAccess()));
    const booking = await moving();
    expect(await outcomeOf(booking, 'in_request')).toEqual(['confirmed', 'answered']);
    expect(await bench.stored(booking)).toMatchObject({ ...time(60), movedFrom: null });
    expect(bench.claimed()).toEqual([[60, 90]]);
  });

  it('has both times while nobody knows', async () => {
    bench.fail('moveEvent');
    expect(await write(await moving())).toMatchObject({ status: 'pending', ...time(60), movedFrom: time(0) });
    expect(bench.claimed()).toEqual([
      [0, 30],
      [60, 90],
    ]);
  });
});
