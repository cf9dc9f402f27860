import { describe, expect, it } from '@jest/globals';
import { aFailure } from '../../test/support/a-failure.js';
import { availabilityBench, MONDAY } from '../../test/support/availability-bench.js';
import { MONDAY_AT_EIGHT } from '../../test/support/calendar-bench.js';
import type { UnverifiedPolicy } from '../configurations/configuration.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MIDNIGHT = MONDAY * DAY_MS;
const THIS_WEEK = { firstDay: MONDAY, lastDay: MONDAY + 6 };
const TODAY = { firstDay: MONDAY, lastDay: MONDAY };

describe('what the rules leave open', () => {
  it('is the working hours of the working days, from now on', async () => {
    const { research, configuration } = await availabilityBench();
    const { search, hasRoom } = await research.openTime(configuration, THIS_WEEK, 45, MONDAY_AT_EIGHT);
    expect(search.windows.map(({ from }) => (from * 60_000 - MIDNIGHT) / DAY_MS)).toEqual(
      [0, 1, 2, 3, 4].map((day) => day + 9 / 24),
    );
    expect(search).toMatchObject({
      durationMinutes: 45,
      slotIntervalMinutes: 30,
      prepMinutes: 0,
      bufferMinutes: 0,
      earliest: MONDAY_AT_EIGHT / 60_000,
    });
    expect(hasRoom).toBe(true);
  });

  it('needs whole days to be known, and the time around their slots', async () => {
    const { research, configuration } = await availabilityBench();
    const windowOf = async (differences: object) =>
      (await research.openTime({ ...configuration, ...differences }, TODAY, 30, MONDAY_AT_EIGHT)).window;
    expect(await windowOf({})).toEqual({ startAt: MIDNIGHT, endAt: MIDNIGHT + DAY_MS });
    expect(await windowOf({ prepTimeMinutes: 1 })).toEqual({
      startAt: MIDNIGHT - DAY_MS,
      endAt: MIDNIGHT + DAY_MS,
    });
    expect(await windowOf({ bufferAfterMinutes: 1 })).toEqual({
      startAt: MIDNIGHT,
      endAt: MIDNIGHT + 2 * DAY_MS,
    });
    expect(await windowOf({ timezone: 'America/New_York' })).toEqual({
      startAt: MIDNIGHT,
      endAt: MIDNIGHT + 2 * DAY_MS,
    });
    expect(await windowOf({ timezone: 'Asia/Kathmandu' })).toEqual({
      startAt: MIDNIGHT - DAY_MS,
      endAt: MIDNIGHT + DAY_MS,
    });
  });

  it.each<[string, object, number]>([
    ['the appointment is longer than the hours', {}, 8 * 60 + 1],
    ['the notice ends after the hours', { minNoticeMinutes: 9 * 60 }, 30],
    ['there is no working day', { workdays: [] }, 30],
  ])('is nothing when %s', async (_, differences, minutes) => {
    const { research, configuration } = await availabilityBench();
    const open = await research.openTime(
      { ...configuration, ...differences },
      TODAY,
      minutes,
      MONDAY_AT_EIGHT,
    );
    expect(open.hasRoom).toBe(false);
  });

  it('is not the days that are full', async () => {
    const { research, claimed, configuration } = await availabilityBench({ maxBookingsPerDay: 1 });
    claimed.givenPlace(configuration.id, MIDNIGHT + 10 * HOUR_MS);
    expect((await research.openTime(configuration, TODAY, 30, MONDAY_AT_EIGHT)).hasRoom).toBe(false);
    const { search } = await research.openTime(configuration, THIS_WEEK, 30, MONDAY_AT_EIGHT);
    expect(search.windows).toHaveLength(4);
  });
});

describe('days that are full', () => {
  it('are none without a limit', async () => {
    const { research, claimed, configuration } = await availabilityBench();
    claimed.givenPlace(configuration.id, MIDNIGHT);
    expect(await research.fullDays(configuration, THIS_WEEK)).toEqual(new Set());
  });

  it('are counted by the configuration’s own bookings, in its own zone', async () => {
    const timezone = 'Pacific/Auckland';
    const { research, claimed, configuration } = await availabilityBench({ maxBookingsPerDay: 2, timezone });
    // Monday evening in UTC is Tuesday in Auckland.
    for (const hour of [10, 12, 23]) claimed.givenPlace(configuration.id, MIDNIGHT + hour * HOUR_MS);
    for (const hour of [10, 12]) claimed.givenPlace('another', MIDNIGHT + (24 + hour) * HOUR_MS);
    expect(await research.fullDays(configuration, THIS_WEEK)).toEqual(new Set([MONDAY + 1]));
  });
});

describe('what is known of the calendars', () => {
  it.each<[UnverifiedPolicy, string]>([
    ['last_known', 'last_known'],
    ['flag', 'none'],
    ['block', 'none'],
  ])('rests on earlier reads only where the policy wants it: %s', async (onUnverified, source) => {
    const bench = await availabilityBench({ onUnverified });
    const window = { startAt: MIDNIGHT, endAt: MIDNIGHT + DAY_MS };
    const live = { window, deadline: bench.deadline(), priority: 'request' } as const;
    const known = () => bench.research.known(bench.configuration, bench.fixture, live);
    await known();
    bench.provider.fail({ failure: aFailure() });
    expect(new Set((await known()).reads.map((read) => read.source))).toEqual(new Set([source]));
  });

  it('includes what this service gave away in them, and nothing else', async () => {
    const bench = await availabilityBench();
    const hour = { startAt: MIDNIGHT, endAt: MIDNIGHT + HOUR_MS };
    const claim = { calendarId: bench.fixture[1]?.id ?? '', ownerId: 'a booking', ...hour };
    bench.claimed.given(claim);
    bench.claimed.given({ ...claim, calendarId: 'another' });
    bench.claimed.given({ ...claim, startAt: MIDNIGHT + DAY_MS, endAt: MIDNIGHT + 2 * DAY_MS });
    const window = { startAt: MIDNIGHT, endAt: MIDNIGHT + DAY_MS };
    const live = { window, deadline: bench.deadline(), priority: 'request' } as const;
    const { claims } = await bench.research.known(bench.configuration, bench.fixture, live);
    expect(claims).toEqual([claim]);
  });
});
