import { describe, expect, it } from '@jest/globals';
import { aFailure, malformedPeriods, missingCalendar, revokedGrant } from '../../test/support/a-failure.js';
import { availabilityBench, MONDAY, type AvailabilityBench } from '../../test/support/availability-bench.js';
import { MONDAY_AT_EIGHT } from '../../test/support/calendar-bench.js';
import type { UnverifiedPolicy } from '../configurations/configuration.js';
import { ProviderUnavailable } from '../oauth/oauth.errors.js';
import { NotFound } from '../shared/app-error.js';
import type { Failure } from '../shared/failure.js';
import type { Interval } from '../shared/time.js';
import type { Availability } from './check-availability.js';

const HOUR_MS = 3_600_000;
const MIDNIGHT = MONDAY * 24 * HOUR_MS;
const POLICIES: UnverifiedPolicy[] = ['last_known', 'flag', 'block'];

/** Hours of Monday. */
const hours = (from: number, to: number): Interval => ({
  startAt: MIDNIGHT + from * HOUR_MS,
  endAt: MIDNIGHT + to * HOUR_MS,
});

const startHours = ({ slots }: Availability): number[] =>
  slots.map(({ startAt }) => (startAt - MIDNIGHT) / HOUR_MS);
const confidences = ({ slots }: Availability): Set<string> =>
  new Set(slots.map(({ confidence }) => confidence));

const owner = (n: number): string => `owner${n}@example.com`;

function fail(bench: AvailabilityBench, failure: Failure, ...owners: number[]): void {
  for (const n of owners) bench.provider.fail({ calendar: owner(n), failure });
}

async function stop(bench: AvailabilityBench, ...owners: number[]): Promise<void> {
  for (const n of owners)
    await bench.connections.markNeedsReauth(bench.owners[n]?.id ?? '', 1, revokedGrant());
}

describe('a day on which every calendar could be read', () => {
  it('offers its free slots, verified', async () => {
    const bench = await availabilityBench();
    bench.provider.givenBusy(owner(0), hours(9, 12));
    bench.provider.givenBusy(owner(3), hours(13, 16));
    const answer = await bench.check();
    expect(startHours(answer)).toEqual([12, 12.5, 16, 16.5]);
    expect(confidences(answer)).toEqual(new Set(['verified']));
    expect(answer).toMatchObject({
      configuration: { id: bench.configuration.id },
      durationMinutes: 30,
      totalSlots: 4,
      noSlotsReason: null,
      requiresReauth: false,
      warnings: [],
      health: { status: 'healthy', message: 'All 5 calendars checked successfully' },
    });
  });

  it('offers slots of the length asked for, on the same grid', async () => {
    const bench = await availabilityBench({ slotIntervalMinutes: 30 });
    bench.provider.givenBusy(owner(0), hours(9, 15));
    const answer = await bench.check(0, 0, 90);
    expect(startHours(answer)).toEqual([15, 15.5]);
    expect(answer.slots[0]).toMatchObject(hours(15, 16.5));
    expect(answer.durationMinutes).toBe(90);
  });

  it('is fully booked when nothing is left', async () => {
    const bench = await availabilityBench();
    bench.provider.givenBusy(owner(2), hours(0, 24));
    expect(await bench.check()).toMatchObject({
      slots: [],
      totalSlots: 0,
      noSlotsReason: 'fully_booked',
      health: { status: 'healthy' },
    });
  });

  it('counts a calendar once that is both booked into and listed', async () => {
    const bench = await availabilityBench({}, 1);
    expect((await bench.check()).health).toMatchObject({ totalCalendars: 1, successfulCalendars: 1 });
  });

  it('takes one call per connection', async () => {
    const bench = await availabilityBench();
    await bench.check(0, 30);
    expect(bench.provider.calls).toHaveLength(5);
  });
});

describe('what this service itself has given away', () => {
  it('is busy, and shown with its calendar', async () => {
    const bench = await availabilityBench();
    const [main] = bench.fixture;
    bench.claimed.given({ calendarId: main?.id ?? '', ...hours(9, 16) });
    const answer = await bench.check();
    expect(startHours(answer)).toEqual([16, 16.5]);
    expect(answer.busyPeriods).toEqual([{ ...hours(9, 16), calendarName: 'Main' }]);
  });

  it('fills a day that reached its limit of bookings', async () => {
    const bench = await availabilityBench({ maxBookingsPerDay: 2 });
    for (const hour of [10, 11]) bench.claimed.givenPlace(bench.configuration.id, hours(hour, hour).startAt);
    const answer = await bench.check(0, 1);
    expect(new Set(answer.slots.map(({ startAt }) => Math.floor(startAt / (24 * HOUR_MS))))).toEqual(
      new Set([MONDAY + 1]),
    );
  });
});

describe('busy periods', () => {
  it('are merged per calendar, sorted, and clipped to the days asked for', async () => {
    const bench = await availabilityBench({}, 2);
    bench.provider.givenBusy(owner(0), hours(14, 15));
    bench.provider.givenBusy(owner(0), hours(10, 11));
    bench.provider.givenBusy(owner(0), hours(10.5, 12));
    bench.provider.givenBusy(owner(1), hours(11, 13));
    bench.provider.givenBusy(owner(1), hours(-3, 2));
    bench.provider.givenBusy(owner(1), hours(22, 26));
    bench.claimed.given({ calendarId: bench.fixture[0]?.id ?? '', ...hours(12, 12.5) });
    expect((await bench.check()).busyPeriods).toEqual([
      { ...hours(0, 2), calendarName: 'Calendar A' },
      { ...hours(10, 12.5), calendarName: 'Main' },
      { ...hours(11, 13), calendarName: 'Calendar A' },
      { ...hours(14, 15), calendarName: 'Main' },
      { ...hours(22, 24), calendarName: 'Calendar A' },
    ]);
  });
});

describe('a request outside the rules', () => {
  it.each<[string, Partial<Parameters<typeof availabilityBench>[0]>, number, string]>([
    ['on a day off', {}, 5, 'The day is not a working day.'],
    ['on a closed day', { dateOverrides: [{ day: MONDAY + 1, hours: null }] }, 1, 'The day is closed.'],
    ['too early', { daysBuffer: 3 }, 1, 'The first bookable day is 3 days from today.'],
    ['too far ahead', { maxDaysAhead: 10 }, 11, 'Bookings are possible at most 10 days ahead.'],
    ['in the past', {}, -3, 'The day is in the past.'],
  ])('is answered without asking any calendar: %s', async (_, differences, day, reason) => {
    const bench = await availabilityBench(differences);
    expect(await bench.check(day)).toMatchObject({
      slots: [],
      totalSlots: 0,
      noSlotsReason: 'rules_violation',
      busyPeriods: [],
      warnings: [],
      requiresReauth: false,
      health: {
        status: 'rules_violation',
        totalCalendars: 5,
        successfulCalendars: 0,
        message: reason,
        calendars: [],
      },
    });
    expect(bench.provider.calls).toEqual([]);
  });

  it('says so when the day has reached its limit of bookings', async () => {
    const bench = await availabilityBench({ maxBookingsPerDay: 1 });
    bench.claimed.givenPlace(bench.configuration.id, hours(10, 10).startAt);
    const { noSlotsReason, health } = await bench.check(0);
    expect(noSlotsReason).toBe('rules_violation');
    expect(health.message).toBe('The limit of bookings per day is reached.');
    expect(bench.provider.calls).toEqual([]);
  });

  it('tells all the same that somebody must re-authorize', async () => {
    const bench = await availabilityBench();
    await stop(bench, 0);
    expect(await bench.check(5)).toMatchObject({ noSlotsReason: 'rules_violation', requiresReauth: true });
  });

  it('in part simply has no slots there', async () => {
    const bench = await availabilityBench({ daysBuffer: 1 });
    const answer = await bench.check(0, 6);
    const offered = new Set(answer.slots.map(({ startAt }) => Math.floor(startAt / (24 * HOUR_MS)) - MONDAY));
    expect(offered).toEqual(new Set([1, 2, 3, 4]));
    expect(answer.noSlotsReason).toBeNull();
  });

  it('about an unknown configuration, or one of another workspace, finds nothing', async () => {
    const { useCase, configuration, provider } = await availabilityBench();
    const wish = { firstDay: MONDAY, lastDay: MONDAY, durationMinutes: null };
    const elsewhere = { workspaceId: '00000000-0000-4000-8000-00000000beef' };
    await expect(useCase.execute(configuration.id, elsewhere, wish)).rejects.toBeInstanceOf(NotFound);
    await expect(useCase.execute('00000000-0000-4000-8000-00000000dead', 'all', wish)).rejects.toBeInstanceOf(
      NotFound,
    );
    expect(provider.calls).toEqual([]);
  });
});

describe('some calendars that fail', () => {
  it.each<[number, string, string]>([
    [0, 'healthy', 'All 5 calendars checked successfully'],
    [1, 'partial', '4/5 calendars checked successfully. 1 had other issues'],
    [2, 'partial', '3/5 calendars checked successfully. 2 had other issues'],
    [3, 'critical', '2/5 calendars checked successfully. 3 had other issues'],
    [5, 'critical', '0/5 calendars checked successfully. 5 had other issues'],
  ])('%i of 5: %s', async (count, status, message) => {
    const bench = await availabilityBench();
    fail(bench, missingCalendar(), ...[4, 3, 2, 1, 0].slice(0, count));
    expect((await bench.check()).health).toMatchObject({ status, message, successfulCalendars: 5 - count });
  });

  it('2 of 4 are half, and so partial', async () => {
    const bench = await availabilityBench({}, 4);
    fail(bench, missingCalendar(), 2, 3);
    expect((await bench.check()).health.status).toBe('partial');
  });

  it('for want of authorization are told with their accounts (F01)', async () => {
    const bench = await availabilityBench();
    await stop(bench, 1);
    fail(bench, aFailure(), 3);
    const answer = await bench.check();
    expect(answer.health).toMatchObject({
      status: 'partial',
      failedCalendars: ['Calendar A', 'Calendar C'],
      tokenIssues: [owner(1)],
      message: '3/5 calendars checked successfully. 1 need re-authorization, 1 had other issues',
    });
    expect(answer.warnings).toEqual(['Could not check availability for 2 calendars: Calendar A, Calendar C']);
    expect(answer.requiresReauth).toBe(false);
    expect(answer.slots).toHaveLength(16);
  });

  it.each<[UnverifiedPolicy, number, string[]]>([
    ['last_known', 16, ['unverified']],
    ['flag', 16, ['unverified']],
    ['block', 0, []],
  ])(
    'and of which nothing is known, leave with the policy %s %i slots',
    async (onUnverified, count, expected) => {
      const bench = await availabilityBench({ onUnverified });
      fail(bench, aFailure(), 2);
      const answer = await bench.check();
      expect(answer.slots).toHaveLength(count);
      expect(confidences(answer)).toEqual(new Set(expected));
      expect(answer.noSlotsReason).toBe(count === 0 ? 'calendars_unverified' : null);
    },
  );

  it.each<[UnverifiedPolicy, string[], number[]]>([
    ['last_known', ['last_known'], [12, 13]],
    ['flag', ['unverified'], [9, 12, 13]],
    ['block', [], []],
  ])('and were read before, count with the policy %s as %j', async (onUnverified, expected, starts) => {
    const bench = await availabilityBench({ onUnverified, durationMinutes: 60, toMinute: 14 * 60 });
    bench.provider.givenBusy(owner(0), hours(10, 12));
    bench.provider.givenBusy(owner(2), hours(9, 10));
    await bench.check();
    fail(bench, aFailure(), 2);
    const answer = await bench.check();
    expect(confidences(answer)).toEqual(new Set(expected));
    expect(startHours(answer)).toEqual(starts);
    expect(answer.health).toMatchObject({ status: 'partial', failedCalendars: ['Calendar B'] });
  });

  it('and were read too long ago, are unverified', async () => {
    const bench = await availabilityBench({ lastKnownMaxAgeMinutes: 10 });
    await bench.check();
    fail(bench, aFailure(), 2);
    bench.clock.advance(10 * 60_000);
    expect(confidences(await bench.check())).toEqual(new Set(['last_known']));
    bench.clock.advance(1);
    expect(confidences(await bench.check())).toEqual(new Set(['unverified']));
  });

  it('make each slot as sure as the least sure of them', async () => {
    const bench = await availabilityBench();
    await bench.check(0);
    fail(bench, aFailure(), 1, 2);
    const answer = await bench.check(0, 1);
    const of = (day: number) =>
      new Set(
        answer.slots
          .filter(({ startAt }) => Math.floor(startAt / (24 * HOUR_MS)) === MONDAY + day)
          .map(({ confidence }) => confidence),
      );
    expect(of(0)).toEqual(new Set(['last_known']));
    expect(of(1)).toEqual(new Set(['unverified']));
  });

  it('with malformed periods are busy where readable and unverified elsewhere (F28)', async () => {
    const bench = await availabilityBench({ toMinute: 11 * 60 });
    bench.provider.stumble(owner(4), malformedPeriods(), { busy: [hours(9, 10)] });
    const answer = await bench.check();
    expect(startHours(answer)).toEqual([10, 10.5]);
    expect(confidences(answer)).toEqual(new Set(['unverified']));
    expect(answer.health).toMatchObject({
      status: 'partial',
      failedCalendars: ['Calendar D'],
      tokenIssues: [],
    });
    expect(answer.warnings).toEqual(['Some busy times could not be read in 1 calendar: Calendar D']);
    expect(answer.health.calendars[4]).toMatchObject({ category: 'malformed_data' });
  });
});

describe('all calendars that fail', () => {
  it.each(POLICIES)(
    'and of which nothing is known, leave no slot, also with the policy %s (F33)',
    async (onUnverified) => {
      const bench = await availabilityBench({ onUnverified });
      await stop(bench, 0, 1, 2, 3, 4);
      expect(await bench.check()).toMatchObject({
        slots: [],
        totalSlots: 0,
        noSlotsReason: 'calendars_unverified',
        requiresReauth: true,
        health: {
          status: 'critical',
          message: '0/5 calendars checked successfully. 5 need re-authorization',
          tokenIssues: [0, 1, 2, 3, 4].map(owner),
        },
      });
      expect(bench.provider.calls).toEqual([]);
    },
  );

  it.each<[string, Failure]>([
    ['server errors', aFailure()],
    ['time-outs', aFailure({ code: 'timeout', retryable: false, timedOut: true, httpStatus: null })],
    ['rate limits', aFailure({ category: 'rate_limited', code: 'rateLimitExceeded', httpStatus: 403 })],
  ])('for the moment end the request as unavailable: %s (F30)', async (_, failure) => {
    const bench = await availabilityBench();
    fail(bench, failure, 0, 1, 2, 3, 4);
    const error: unknown = await bench.check().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ProviderUnavailable);
    expect(error).toMatchObject({
      details: {
        error_category: 'system_error',
        retry_after_seconds: expect.any(Number),
        calendar_health: {
          status: 'critical',
          successful_calendars: 0,
          message: '0/5 calendars checked successfully. 5 had other issues',
        },
      },
    });
  });

  it('for the moment tell how long to wait when the provider did', async () => {
    const bench = await availabilityBench();
    fail(bench, aFailure({ retryAfterMs: 61_500 }), 0, 1, 2, 3, 4);
    await expect(bench.check()).rejects.toMatchObject({ details: { retry_after_seconds: 62 } });
  });

  it('for the moment, but one of them for good, are answered', async () => {
    const bench = await availabilityBench();
    fail(bench, aFailure(), 0, 1, 2, 3);
    await stop(bench, 4);
    expect(await bench.check()).toMatchObject({ slots: [], noSlotsReason: 'calendars_unverified' });
  });

  it('for the moment, but were read before, are answered from that', async () => {
    const bench = await availabilityBench();
    await bench.check();
    fail(bench, aFailure(), 0, 1, 2, 3, 4);
    const answer = await bench.check();
    expect(answer.slots).toHaveLength(16);
    expect(confidences(answer)).toEqual(new Set(['last_known']));
    expect(answer.health.calendars[0]).toMatchObject({ source: 'last_known', asOf: MONDAY_AT_EIGHT });
  });

  it('for the moment, and were read before where that does not count, are unavailable', async () => {
    const bench = await availabilityBench({ onUnverified: 'flag' });
    await bench.check();
    fail(bench, aFailure(), 0, 1, 2, 3, 4);
    await expect(bench.check()).rejects.toBeInstanceOf(ProviderUnavailable);
  });
});

describe('the booking calendar', () => {
  it('whose connection waits for a person is told, and the slots of the others stay', async () => {
    const bench = await availabilityBench();
    await stop(bench, 0);
    const answer = await bench.check();
    expect(answer).toMatchObject({ requiresReauth: true, health: { tokenIssues: [owner(0)] } });
    expect(confidences(answer)).toEqual(new Set(['unverified']));
  });

  it('whose connection ends during the request is told as well', async () => {
    const bench = await availabilityBench();
    fail(bench, revokedGrant(), 0);
    expect((await bench.check()).requiresReauth).toBe(true);
  });

  it('that only fails for the moment asks nobody to re-authorize', async () => {
    const bench = await availabilityBench();
    fail(bench, aFailure(), 0);
    expect((await bench.check()).requiresReauth).toBe(false);
  });
});

describe('very many slots (F58)', () => {
  it('are listed up to 5000, and the answer says so', async () => {
    const bench = await availabilityBench({
      durationMinutes: 5,
      slotIntervalMinutes: 5,
      fromMinute: 0,
      toMinute: 1440,
    });
    const answer = await bench.check(1, 30);
    expect(answer.slots).toHaveLength(5000);
    expect(answer.totalSlots).toBe(22 * 288);
    expect(answer.warnings).toEqual([
      `Only the first 5000 of ${22 * 288} slots are listed; ask for fewer days`,
    ]);
    expect(answer.noSlotsReason).toBeNull();
  });

  it('that are exactly 5000 need no warning', async () => {
    const bench = await availabilityBench({
      durationMinutes: 5,
      slotIntervalMinutes: 1,
      fromMinute: 0,
      toMinute: 1004,
    });
    const answer = await bench.check(1, 7);
    expect(answer.slots).toHaveLength(5000);
    expect(answer.warnings).toEqual([]);
  });
});
