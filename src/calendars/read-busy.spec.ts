import { beforeEach, describe, expect, it } from '@jest/globals';
import { aFailure, malformedPeriods, missingCalendar, revokedGrant } from '../../test/support/a-failure.js';
import { calendarBench, MONDAY_AT_EIGHT, type CalendarBench } from '../../test/support/calendar-bench.js';
import type { Connection } from '../oauth/connection.js';
import type { Interval } from '../shared/time.js';
import type { Calendar } from './calendar.js';
import type { CalendarRead } from './read-busy.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const TODAY = Date.UTC(2027, 2, 8);

const days = (from: number, to: number): Interval => ({
  startAt: TODAY + from * DAY_MS,
  endAt: TODAY + to * DAY_MS,
});
const hours = (from: number, to: number): Interval => ({
  startAt: TODAY + from * HOUR_MS,
  endAt: TODAY + to * HOUR_MS,
});

let bench: CalendarBench;
let ada: Connection;
let grace: Connection;
let adas: Calendar;
let graces: Calendar;

beforeEach(async () => {
  bench = calendarBench();
  ada = await bench.connect('ada@example.com');
  grace = await bench.connect('grace@example.com');
  adas = bench.calendarOf(ada, 'ada@example.com');
  graces = bench.calendarOf(grace, 'grace@example.com');
});

async function read(
  calendars: readonly Calendar[],
  window: Interval = days(0, 2),
  lastKnownMaxAgeMs: number | null = DAY_MS,
): Promise<CalendarRead[]> {
  const live = { window, deadline: bench.deadline(), priority: 'request' } as const;
  return bench.readBusy.execute({ ...live, calendars, lastKnownMaxAgeMs });
}

const failAda = (failure = aFailure()): void => bench.provider.fail({ calendar: 'ada@example.com', failure });

const NOTHING_KNOWN = { source: 'none', asOf: null, busy: [], covered: [] };

describe('the same question at the same time', () => {
  it('is put to the provider once, but for a booking, which always looks itself', async () => {
    const asked = (): number => bench.provider.calls.filter(({ method }) => method === 'busy').length;
    const [first, second] = await Promise.all([read([adas]), read([adas])]);
    expect(second).toEqual(first);
    expect(asked()).toBe(1);
    await Promise.all([read([adas]), read([adas], days(0, 3)), read([graces])]);
    expect(asked()).toBe(4);
    const live = { window: days(0, 2), deadline: bench.deadline(), priority: 'booking' } as const;
    const booking = { ...live, calendars: [adas], lastKnownMaxAgeMs: null };
    await Promise.all([bench.readBusy.execute(booking), bench.readBusy.execute(booking)]);
    expect(asked()).toBe(6);
  });
});

describe('a calendar that could be read', () => {
  it('is known for the whole window, as of now', async () => {
    bench.provider.givenBusy('ada@example.com', hours(9, 10));
    expect(await read([adas])).toEqual([
      {
        calendar: adas,
        accountEmail: 'ada@example.com',
        source: 'live',
        asOf: MONDAY_AT_EIGHT,
        busy: [hours(9, 10)],
        covered: [days(0, 2)],
        failure: null,
      },
    ]);
  });

  it('is one of many, which come in the order asked for', async () => {
    const team = bench.calendarOf(ada, 'team@example.com');
    expect((await read([graces, adas, team])).map(({ calendar }) => calendar.externalId)).toEqual([
      'grace@example.com',
      'ada@example.com',
      'team@example.com',
    ]);
    expect(bench.provider.calls).toHaveLength(2);
  });
});

describe('a calendar that could not be read', () => {
  it('does not take those of other connections down', async () => {
    failAda();
    expect(await read([adas, graces])).toMatchObject([
      { ...NOTHING_KNOWN, accountEmail: 'ada@example.com', failure: { code: 'http_503' } },
      { source: 'live', failure: null },
    ]);
  });

  it('does not take others of its own connection down', async () => {
    const team = bench.calendarOf(ada, 'team@example.com');
    bench.provider.stumble('ada@example.com', missingCalendar());
    expect(await read([adas, team])).toMatchObject([
      { ...NOTHING_KNOWN, failure: { category: 'calendar_not_found' } },
      { source: 'live', failure: null },
    ]);
  });

  it('is known from the last good read, as of then', async () => {
    bench.provider.givenBusy('ada@example.com', hours(9, 10));
    await read([adas]);
    bench.clock.advance(HOUR_MS / 2);
    bench.provider.givenBusy('ada@example.com', hours(14, 15));
    failAda();
    expect(await read([adas])).toMatchObject([
      {
        source: 'last_known',
        asOf: MONDAY_AT_EIGHT,
        busy: [hours(9, 10)],
        covered: [days(0, 2)],
        failure: { code: 'http_503' },
      },
    ]);
  });

  it('is known also when its connection waits for a person', async () => {
    bench.provider.givenBusy('ada@example.com', hours(9, 10));
    await read([adas]);
    await bench.connections.markNeedsReauth(ada.id, 1, revokedGrant());
    expect(await read([adas])).toMatchObject([
      { source: 'last_known', busy: [hours(9, 10)], failure: { code: 'invalid_grant', needsReauth: true } },
    ]);
  });

  it('is known only on the days that were read before', async () => {
    await read([adas], days(1, 3));
    failAda();
    expect(await read([adas], days(0, 5))).toMatchObject([{ source: 'last_known', covered: [days(1, 3)] }]);
    expect(await read([adas], days(3, 5))).toMatchObject([NOTHING_KNOWN]);
  });

  it('is known inside the window only, also when that is a part of a day', async () => {
    await read([adas]);
    failAda();
    expect(await read([adas], hours(9, 10))).toMatchObject([
      { source: 'last_known', covered: [hours(9, 10)] },
    ]);
  });

  it('is unknown once the last good read is too old', async () => {
    await read([adas]);
    failAda();
    bench.clock.advance(HOUR_MS / 4);
    expect(await read([adas], days(0, 2), HOUR_MS / 4)).toMatchObject([{ source: 'last_known' }]);
    bench.clock.advance(1);
    expect(await read([adas], days(0, 2), HOUR_MS / 4)).toMatchObject([NOTHING_KNOWN]);
  });

  it('is unknown where older knowledge is not wanted', async () => {
    await read([adas]);
    failAda();
    expect(await read([adas], days(0, 2), null)).toMatchObject([NOTHING_KNOWN]);
  });

  it('is unknown where only a part of a day was read before', async () => {
    await read([adas], hours(8, 20));
    failAda();
    expect(await read([adas], hours(9, 10))).toMatchObject([NOTHING_KNOWN]);
  });

  it('is live again with the first good read', async () => {
    await read([adas]);
    failAda();
    await read([adas]);
    bench.provider.recover();
    bench.clock.advance(60_000);
    expect(await read([adas])).toMatchObject([{ source: 'live', asOf: bench.clock.now() }]);
  });

  it('has no account when its connection is gone', async () => {
    const orphan = { ...adas, connectionId: '00000000-0000-4000-8000-00000000dead' };
    expect(await read([orphan])).toMatchObject([
      { ...NOTHING_KNOWN, accountEmail: '', failure: { category: 'missing_tokens' } },
    ]);
  });
});

describe('a calendar with malformed busy times (F28)', () => {
  beforeEach(() => bench.provider.stumble('ada@example.com', malformedPeriods(), { busy: [hours(9, 10)] }));

  it('is busy where it could be read, and vouches for nothing else', async () => {
    expect(await read([adas])).toMatchObject([
      { source: 'live', busy: [hours(9, 10)], covered: [], failure: { category: 'malformed_data' } },
    ]);
  });

  it('is not remembered', async () => {
    await read([adas]);
    failAda();
    expect(await read([adas])).toMatchObject([NOTHING_KNOWN]);
  });

  it('is no matter for its connection', async () => {
    await read([adas]);
    expect((await bench.connections.find(ada.id, 'all'))?.lastError).toBeNull();
  });
});

describe('the health of calendars', () => {
  const health = async ({ id }: Calendar) => (await bench.calendars.find(id, 'all'))?.health;

  it('is recorded with every read, good or bad', async () => {
    failAda();
    await read([adas, graces]);
    expect(await health(adas)).toMatchObject({
      status: 'unhealthy',
      category: 'connection_error',
      checkedAt: bench.clock.now(),
      unhealthySince: bench.clock.now(),
    });
    expect(await health(graces)).toMatchObject({ status: 'healthy', category: null });
  });

  it('is unhealthy also while older knowledge stands in', async () => {
    await read([adas]);
    failAda();
    await read([adas]);
    expect(await health(adas)).toMatchObject({ status: 'unhealthy' });
    bench.provider.recover();
    await read([adas]);
    expect(await health(adas)).toMatchObject({ status: 'healthy', unhealthySince: null });
  });
});

describe('the last error of a connection', () => {
  const lastError = async () => (await bench.connections.find(ada.id, 'all'))?.lastError;

  it('is noted when nothing got through, and the connection stays active', async () => {
    failAda();
    for (let count = 1; count <= 10; count += 1) await read([adas]);
    expect(await lastError()).toMatchObject({ code: 'http_503', count: 10 });
    expect(await bench.connections.find(ada.id, 'all')).toMatchObject({ authStatus: 'active' });
  });

  it('is cleared by the next read that works', async () => {
    failAda();
    await read([adas]);
    bench.provider.recover();
    await read([adas]);
    expect(await lastError()).toBeNull();
  });

  it('is none when only one of its calendars failed', async () => {
    const team = bench.calendarOf(ada, 'team@example.com');
    bench.provider.stumble('ada@example.com', missingCalendar());
    await read([adas, team]);
    expect(await lastError()).toBeNull();
  });

  it('is not touched by other connections', async () => {
    failAda();
    await read([adas, graces]);
    expect((await bench.connections.find(grace.id, 'all'))?.lastError).toBeNull();
  });

  it('stays what a person must mend', async () => {
    await bench.connections.markNeedsReauth(ada.id, 1, revokedGrant());
    await read([adas]);
    expect(await lastError()).toMatchObject({ code: 'invalid_grant', count: 1 });
  });

  it('keeps a used-up quota from being asked again before its time (F20)', async () => {
    const quota = aFailure({
      category: 'rate_limited',
      code: 'quotaExceeded',
      actor: 'operator',
      retryable: false,
      retryAfterMs: 900_000,
    });
    failAda(quota);
    await read([adas]);
    bench.provider.recover();
    const asked = bench.provider.calls.length;
    bench.clock.advance(899_000);
    expect(await read([adas])).toMatchObject([{ failure: { code: 'quotaExceeded', retryAfterMs: 1000 } }]);
    expect(bench.provider.calls).toHaveLength(asked);
    bench.clock.advance(1000);
    expect(await read([adas])).toMatchObject([{ source: 'live', failure: null }]);
    expect(await lastError()).toBeNull();
  });
});
