import { beforeEach, describe, expect, it } from '@jest/globals';
import { aFailure, noWriteAccess, revokedGrant } from '../../test/support/a-failure.js';
import { bookingBench, time, type BookingBench } from '../../test/support/booking-bench.js';
import type { Configuration } from '../configurations/configuration.js';
import { AppError } from '../shared/app-error.js';
import type { Interval } from '../shared/time.js';
import type { Booked } from './book-appointment.js';
import type { BookingWish } from './booking-wish.js';

let bench: BookingBench;

const open = async (differences: Partial<Configuration> = {}): Promise<void> => {
  bench = await bookingBench(differences);
};

beforeEach(() => open());

const book = (differences: Partial<BookingWish> = {}): Promise<Booked> =>
  bench.book.execute(bench.configuration.id, 'all', bench.wish(differences));

const refusalOf = async (work: Promise<unknown>): Promise<Pick<AppError, 'code' | 'details'>> => {
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  if (error instanceof AppError) return error;
  throw new Error(`not refused: ${JSON.stringify(error)}`);
};

const held = (at: Interval): Promise<string> =>
  bench.hold
    .execute(bench.configuration.id, 'all', { startAt: at.startAt, durationMinutes: null }, 300)
    .then(({ id }) => id);

describe('booking an appointment', () => {
  it('claims the time, writes the event and confirms', async () => {
    const { booking, health, warnings } = await book();
    expect(booking).toMatchObject({ status: 'confirmed', ...time(0), calendarId: bench.main.id });
    expect(bench.eventOf(booking)).toMatchObject({ bookingId: booking.id, ...time(0) });
    expect(await bench.stored(booking)).toEqual(booking);
    expect([health.status, warnings]).toEqual(['healthy', []]);
  });

  it('takes a length of its own, and claims the buffers with it', async () => {
    await open({ prepTimeMinutes: 10, bufferAfterMinutes: 5 });
    const { booking } = await book({ durationMinutes: 45 });
    expect(booking).toMatchObject(time(0, 45));
    expect(bench.claimed()).toEqual([[-10, 50]]);
  });

  it('is pending while nobody knows of the event', async () => {
    bench.fail('insertEvent');
    const { booking } = await book();
    expect(booking).toMatchObject({ status: 'pending', attempts: 1 });
    expect(bench.claimed()).toEqual([[0, 30]]);
  });

  it('has one winner among many', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => book()));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(bench.claimed()).toEqual([[0, 30]]);
  });
});

describe('an appointment that cannot be booked', () => {
  const noEvent = (): void => expect(bench.asked('insertEvent')).toBe(0);

  it('for a time that is taken tells of others near it, the nearest first', async () => {
    bench.provider.givenBusy(bench.other.externalId, time(-30, 30));
    const { code, details } = await refusalOf(book());
    expect(code).toBe('slot_unavailable');
    const starts = details.alternatives?.map(({ start_time: at }) => at.slice(11, 16));
    expect(starts).toEqual(['10:30', '09:00', '11:00', '11:30', '12:00']);
    expect(details).not.toHaveProperty('booking_id');
    noEvent();
  });

  it('because the same person has it already names that booking (F60)', async () => {
    const { booking } = await book();
    expect((await refusalOf(book())).details).toMatchObject({ booking_id: booking.id });
    const { details } = await refusalOf(book({ attendee: { email: 'kim@example.com', name: null } }));
    expect(details).not.toHaveProperty('booking_id');
  });

  it.each<[string, Partial<Configuration>, Partial<BookingWish>]>([
    ['on a day off', { workdays: ['monday'] }, {}],
    ['before the first day', { daysBuffer: 3 }, {}],
    ['after the last day', { maxDaysAhead: 1 }, {}],
    ['outside the hours', {}, { startAt: time(7 * 60).startAt }],
    ['longer than the hours', {}, { durationMinutes: 8 * 60 }],
  ])('because of the rules: %s', async (_, rules, wish) => {
    await open(rules);
    expect((await refusalOf(book(wish))).code).toBe('rules_violation');
    expect(bench.asked('busy')).toBe(0);
  });

  it('because the day is full', async () => {
    await open({ maxBookingsPerDay: 1 });
    await book();
    expect((await refusalOf(book({ startAt: time(60).startAt }))).code).toBe('rules_violation');
  });

  it('because an account is gone asks for it to be mended, before anything is read', async () => {
    const { id } = bench.owners[0] ?? { id: '' };
    await bench.store.needsReauth(id, 1, revokedGrant());
    expect((await refusalOf(book())).code).toBe('calendar_reauth_required');
    expect([bench.asked('busy'), bench.claimed()]).toEqual([0, []]);
  });

  it.each([
    ['no right to write', noWriteAccess(), 'calendar_permission_denied'],
    ['a bad request', aFailure({ httpStatus: 400, retryable: false }), 'conflict'],
  ])('because the provider refuses, as for %s, leaves the time free', async (_, failure, code) => {
    bench.fail('insertEvent', failure);
    expect((await refusalOf(book())).code).toBe(code);
    expect(bench.claimed()).toEqual([]);
  });
});

describe('a hold', () => {
  it('keeps the time from others, and is spent by its holder', async () => {
    const id = await held(time(0));
    expect((await refusalOf(book())).code).toBe('slot_unavailable');
    expect((await book({ holdId: id })).booking).toMatchObject({ status: 'confirmed' });
    expect(await bench.holds.find(id, 'all')).toBeNull();
    expect((await refusalOf(book({ holdId: id }))).code).toBe('validation_failed');
  });

  it('is refused where a booking would be', async () => {
    bench.provider.givenBusy(bench.main.externalId, time(0));
    expect((await refusalOf(held(time(0)))).code).toBe('slot_unavailable');
    await held(time(60));
    expect((await refusalOf(held(time(75)))).code).toBe('slot_unavailable');
  });

  it('that ran out is as good as any, until somebody else takes its time', async () => {
    const [first, second] = [await held(time(0)), await held(time(60))];
    bench.clock.advance(301_000);
    expect((await book({ holdId: first })).booking).toMatchObject({ status: 'confirmed' });
    await book({ startAt: time(60).startAt });
    const spending = book({ startAt: time(60).startAt, holdId: second });
    expect((await refusalOf(spending)).code).toBe('slot_unavailable');
  });

  it('does not help where the owner has an event meanwhile', async () => {
    const id = await held(time(0));
    bench.provider.givenBusy(bench.main.externalId, time(0));
    expect((await refusalOf(book({ holdId: id }))).code).toBe('slot_unavailable');
    expect(await bench.holds.find(id, 'all')).not.toBeNull();
  });

  it.each<[string, Partial<BookingWish>, string]>([
    ['another time', { startAt: time(15).startAt }, 'conflict'],
    ['a longer time', { durationMinutes: 60 }, 'conflict'],
    ['a hold that is none', { holdId: '00000000-0000-4000-8000-00000000dead' }, 'validation_failed'],
  ])('does not stand for %s', async (_, wish, code) => {
    const holdId = await held(time(0));
    expect((await refusalOf(book({ holdId, ...wish }))).code).toBe(code);
  });

  it('is of its workspace and its configuration', async () => {
    const holdId = await held(time(0));
    const other = { ...bench.configuration, id: bench.ids.next() };
    bench.configurations.given(other);
    const spending = bench.book.execute(other.id, 'all', bench.wish({ holdId }));
    expect((await refusalOf(spending)).code).toBe('conflict');
    const foreign = bench.configurations.given({
      ...other,
      id: bench.ids.next(),
      workspaceId: bench.ids.next(),
    });
    const stealing = bench.book.execute(foreign.id, 'all', bench.wish({ holdId }));
    expect((await refusalOf(stealing)).code).toBe('validation_failed');
  });
});

describe('an event that somebody puts there while the booking is under way (F43)', () => {
  /** The look at the calendars takes so long; then comes the event, before ours is written. */
  const slowly = (ms: number, then: () => void): void =>
    bench.provider.meanwhile('busy', async () => {
      bench.clock.advance(ms);
      then();
    });
  const theirs = (): string => bench.provider.givenBusy(bench.main.externalId, time(0));

  it('is seen by a second look, since the first is two seconds old', async () => {
    slowly(2001, theirs);
    const { code, details } = await refusalOf(book());
    expect([code, details.alternatives]).toEqual([
      'slot_unavailable',
      expect.arrayContaining([expect.anything()]),
    ]);
    expect(bench.asked('insertEvent')).toBe(0);
    expect(bench.claimed()).toEqual([]);
  });

  it('is not looked for again when the first look is fresh', async () => {
    slowly(1000, () => undefined);
    await book();
    const looks = bench.asked('busy');
    await open();
    slowly(2001, () => undefined);
    await book();
    expect(bench.asked('busy')).toBe(looks + 1);
  });

  it('leaves the booking pending when the second look fails in passing', async () => {
    slowly(2001, () => bench.fail('busy'));
    const { booking } = await book();
    expect(booking.status).toBe('pending');
    expect(bench.claimed()).toEqual([[0, 30]]);
  });

  it('keeps an appointment that moves where it was', async () => {
    const booking = await bench.stands();
    slowly(2001, () => bench.provider.givenBusy(bench.main.externalId, time(60)));
    const move = bench.reschedule.execute(booking.id, 'all', {
      startAt: time(60).startAt,
      durationMinutes: null,
    });
    expect((await refusalOf(move)).code).toBe('slot_unavailable');
    expect(await bench.stored(booking)).toMatchObject({ status: 'confirmed', ...time(0) });
    expect(bench.asked('moveEvent')).toBe(0);
  });
});

describe('the same again without a key (F60)', () => {
  const again = async (): Promise<[string, unknown]> => {
    const { code, details } = await refusalOf(book());
    return [code, details['booking_id']];
  };

  it.each<[string, Partial<Configuration>, () => void]>([
    ['whose time is taken by it', {}, () => undefined],
    ['whose day is full by it', { maxBookingsPerDay: 1 }, () => undefined],
    ['whose calendar cannot be read now', {}, () => bench.fail('busy')],
    ['whose account is gone since', {}, () => bench.fail('busy', revokedGrant())],
  ])('%s is told of its booking', async (_, differences, happen) => {
    await open(differences);
    const { booking } = await book();
    happen();
    expect(await again()).toEqual(['slot_unavailable', booking.id]);
    expect(await again()).toEqual(['slot_unavailable', booking.id]);
  });

  it('is told nothing of what somebody else booked', async () => {
    await open({ maxBookingsPerDay: 1 });
    await book({ attendee: { email: 'somebody@example.com', name: null } });
    expect(await again()).toEqual(['rules_violation', undefined]);
  });
});
