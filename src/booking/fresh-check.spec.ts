import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  aFailure,
  malformedPeriods,
  missingCalendar,
  noWriteAccess,
  revokedGrant,
} from '../../test/support/a-failure.js';
import { bookingBench, time, type BookingBench } from '../../test/support/booking-bench.js';
import type { Calendar } from '../calendars/calendar.js';
import type { Configuration } from '../configurations/configuration.js';
import { AppError } from '../shared/app-error.js';
import type { Interval } from '../shared/time.js';
import { withBuffers, type Bookable } from './bookable.js';
import type { FreshTruth } from './fresh-check.js';
import type { OwnTime } from './own-time.js';

let bench: BookingBench;

const open = async (differences: Partial<Configuration> = {}): Promise<void> => {
  bench = await bookingBench(differences);
};

beforeEach(() => open());

const bookable = (slot: Interval): Bookable => ({
  configuration: bench.configuration,
  durationMinutes: 30,
  slot,
  needed: withBuffers(slot, bench.configuration),
  calendars: [bench.main, bench.other],
  hold: null,
});

const check = (slot = time(0), own: OwnTime | null = null): Promise<FreshTruth> =>
  bench.freshCheck.execute(bookable(slot), bench.deadline(), own);

const refusal = async (slot = time(0)): Promise<string> => {
  const error: unknown = await check(slot).catch((thrown: unknown) => thrown);
  return error instanceof AppError ? error.code : 'not refused';
};

const busy = (calendar: Calendar, at: Interval): string => bench.provider.givenBusy(calendar.externalId, at);

describe('a fresh look at the calendars', () => {
  it.each<[string, Interval, boolean]>([
    ['at the same time', time(0), true],
    ['for a minute of it', time(29, 60), true],
    ['right before it', time(-30), false],
    ['right after it', time(30), false],
  ])('takes an event %s for what it is', async (_, at, taken) => {
    for (const calendar of [bench.main, bench.other]) {
      await open();
      busy(calendar, at);
      expect(await check()).toMatchObject({ taken });
    }
  });

  it('looks at the buffers as well', async () => {
    await open({ prepTimeMinutes: 15, bufferAfterMinutes: 10 });
    busy(bench.main, time(39, 60));
    expect([(await check(time(0))).taken, (await check(time(-1))).taken]).toEqual([true, false]);
  });

  it('counts what this service gave away itself', async () => {
    bench.given(time(15));
    expect(await check()).toMatchObject({ taken: true });
    expect(await check(time(45))).toMatchObject({ taken: false });
  });

  it('does not find a booking in its own way when it moves', async () => {
    const { id: ownerId, ...booking } = await bench.stands(time(0));
    const own = { ownerId, startAt: booking.startAt, endAt: booking.endAt };
    expect(await check(time(15), { ...own, hasEvent: true })).toMatchObject({ taken: false });
    expect(await check(time(15), { ...own, hasEvent: false })).toMatchObject({ taken: true });
    busy(bench.main, time(40, 50));
    expect(await check(time(15), { ...own, hasEvent: true })).toMatchObject({ taken: true });
  });

  it('asks each time: what was read a moment ago may not be so any more', async () => {
    await check();
    busy(bench.main, time(0));
    expect(await check()).toMatchObject({ taken: true });
  });
});

describe('a booking calendar that cannot be read now', () => {
  it.each([
    ['503', aFailure(), 'calendar_unverifiable'],
    ['malformed answer', malformedPeriods(), 'calendar_unverifiable'],
    ['calendar that is gone', missingCalendar(), 'calendar_gone'],
    ['lack of access', noWriteAccess(), 'calendar_permission_denied'],
  ])('refuses, whatever the policy: %s', async (_, failure, code) => {
    for (const onUnverified of ['last_known', 'flag', 'block'] as const) {
      await open({ onUnverified });
      await check();
      bench.provider.stumble(bench.main.externalId, failure);
      expect(await refusal()).toBe(code);
    }
  });

  it('refuses with the link that mends an account', async () => {
    bench.provider.fail({ method: 'busy', calendar: bench.main.externalId, failure: revokedGrant() });
    expect(await refusal()).toBe('calendar_reauth_required');
  });
});

describe('a conflict calendar that cannot be read now', () => {
  const obscure = (): void => bench.provider.stumble(bench.other.externalId, aFailure());

  it('refuses when the policy is to block', async () => {
    await open({ onUnverified: 'block' });
    obscure();
    expect(await refusal()).toBe('calendar_unverifiable');
  });

  it('is told in a warning when the policy is to flag', async () => {
    await open({ onUnverified: 'flag' });
    obscure();
    expect(await check()).toMatchObject({
      taken: false,
      health: { status: 'partial', failed_calendars: [bench.other.name] },
      warnings: [expect.stringContaining(bench.other.name)],
    });
  });

  it('is taken for what it said before when the policy is to go by what is known', async () => {
    busy(bench.other, time(0));
    const wednesday = 2;
    await bench.check(wednesday);
    obscure();
    expect(await check()).toMatchObject({ taken: true, health: { status: 'partial' } });
  });
});

describe('a look around a booking that is made already', () => {
  it('judges nothing', async () => {
    bench.provider.stumble(bench.main.externalId, aFailure());
    busy(bench.other, time(0));
    expect(await bench.freshCheck.look(bookable(time(0)), bench.deadline())).toMatchObject({
      health: { status: 'partial' },
      warnings: [expect.stringContaining(bench.main.name)],
    });
  });
});
