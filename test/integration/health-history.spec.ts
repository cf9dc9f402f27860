import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CalendarEntity } from '../../src/calendars/persistence/calendar.entity.js';
import { PostgresCalendars } from '../../src/calendars/persistence/postgres-calendars.js';
import { ConfigurationEntity } from '../../src/configurations/persistence/configuration.entity.js';
import { PostgresConfigurations } from '../../src/configurations/persistence/postgres-configurations.js';
import type { CalendarRecord, TrendPoint } from '../../src/health/health-history.js';
import { PostgresHealthHistory } from '../../src/health/persistence/postgres-health-history.js';
import { serviceLevelOf } from '../../src/health/service-level.js';
import { parseTimeSpan } from '../../src/health/time-span.js';
import { trendBounds } from '../../src/health/trend-steps.js';
import { SystemClock } from '../../src/shared/clock.js';
import { RandomIds } from '../../src/shared/ids.js';
import { formatInstant, intersection, type Instant, type Interval } from '../../src/shared/time.js';
import { aConfiguration } from '../support/a-configuration.js';
import { aFailure } from '../support/a-failure.js';
import { Dice } from '../support/dice.js';
import { connectedSchema, type Schema } from '../support/schema.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const BERLIN = 'Europe/Berlin';

let schema: Schema;
let history: PostgresHealthHistory;
let calendars: PostgresCalendars;
let configurations: PostgresConfigurations;
let workspaceId: string;
let connectionId: string;
let id: string;

beforeAll(async () => {
  schema = await connectedSchema();
  history = new PostgresHealthHistory(schema.source);
  const ids = new RandomIds();
  calendars = new PostgresCalendars(schema.source.getRepository(CalendarEntity), ids);
  const rows = schema.source.getRepository(ConfigurationEntity);
  configurations = new PostgresConfigurations(rows, ids, new SystemClock());
});

afterAll(() => schema.drop());

beforeEach(async () => {
  workspaceId = await schema.addWorkspace();
  connectionId = await schema.addConnection(workspaceId);
  id = await schema.addCalendar(workspaceId, connectionId);
});

const at = (text: string): Instant => Date.parse(text);
const window = (from: string, to: string): Interval => ({ startAt: at(from), endAt: at(to) });

async function period(table: string, calendar: string, from: Instant, to: Instant | null): Promise<void> {
  const [columns, value] = table === 'calendar_outages' ? [', category', `, 'connection_error'`] : ['', ''];
  await schema.source.query(
    `INSERT INTO ${table} (calendar_id, started_at, ended_at${columns}) VALUES ($1, $2, $3${value})`,
    [calendar, new Date(from), to === null ? null : new Date(to)],
  );
}

const observed = (from: string, to: string | null, calendar = id): Promise<void> =>
  period('calendar_observations', calendar, at(from), to === null ? null : at(to));
const out = (from: string, to: string | null, calendar = id): Promise<void> =>
  period('calendar_outages', calendar, at(from), to === null ? null : at(to));

async function lastSeen(text: string): Promise<void> {
  await schema.source.query('UPDATE calendars SET health_checked_at = $2 WHERE id = $1', [
    id,
    new Date(at(text)),
  ]);
}

async function record(of: Interval): Promise<CalendarRecord> {
  const [found] = await history.records({ workspaceId }, of);
  if (found === undefined) throw new Error('no calendar counts');
  return found;
}

const trend = (of: Interval, step: string, zone = BERLIN, calendarId: string | null = null) =>
  history.trend({
    scope: { workspaceId },
    calendarId,
    bounds: trendBounds(of, parseTimeSpan(step) ?? { count: 1, unit: 'd', ms: DAY_MS }, zone),
    grain: 'hour',
  });

const inHours = (points: readonly TrendPoint[]): [string, number, number][] =>
  points.map(({ startAt, observedMs, downtimeMs }) => [
    formatInstant(startAt, BERLIN),
    observedMs / HOUR_MS,
    downtimeMs / HOUR_MS,
  ]);

describe('the record of a calendar', () => {
  const MARCH = window('2026-03-01T00:00:00Z', '2026-03-31T00:00:00Z');

  it('adds up what was observed and what was down', async () => {
    await observed('2026-03-11T00:00:00Z', '2026-03-21T00:00:00Z');
    await out('2026-03-12T00:00:00Z', '2026-03-12T06:00:00Z');
    await out('2026-03-15T00:00:00Z', '2026-03-15T18:00:00Z');
    const found = await record(MARCH);
    expect(found).toMatchObject({
      calendarId: id,
      workspaceId,
      connectionId,
      name: 'C',
      observedMs: 10 * DAY_MS,
      downtimeMs: DAY_MS,
      longestOutageMs: 18 * HOUR_MS,
      outages: 2,
      recoveries: 2,
      recoveryMs: DAY_MS,
    });
    expect(serviceLevelOf([found], MARCH.endAt - MARCH.startAt, 0.9)).toMatchObject({
      availability: 0.9,
      unknownMs: 20 * DAY_MS,
      meanTimeToRecoveryMs: 12 * HOUR_MS,
    });
  });

  it('is cut to the window; what an outage took to mend is not', async () => {
    await observed('2026-01-01T00:00:00Z', '2026-06-01T00:00:00Z');
    await out('2026-02-27T00:00:00Z', '2026-03-02T00:00:00Z');
    await out('2026-03-30T00:00:00Z', '2026-04-05T00:00:00Z');
    await out('2026-02-01T00:00:00Z', '2026-02-02T00:00:00Z');
    expect(await record(MARCH)).toMatchObject({
      observedMs: 30 * DAY_MS,
      downtimeMs: 2 * DAY_MS,
      longestOutageMs: DAY_MS,
      outages: 2,
      recoveries: 1,
      recoveryMs: 3 * DAY_MS,
    });
  });

  it('counts an outage that lasts up to the end of the window', async () => {
    await observed('2026-03-01T00:00:00Z', null);
    await lastSeen('2026-03-31T00:00:00Z');
    await out('2026-03-30T23:00:00Z', null);
    expect(await record(MARCH)).toMatchObject({
      observedMs: 30 * DAY_MS,
      downtimeMs: HOUR_MS,
      outages: 1,
      recoveries: 0,
      recoveryMs: 0,
    });
  });

  it('knows nothing from 26 hours after the last look on, neither up nor down', async () => {
    await observed('2026-03-01T00:00:00Z', null);
    await lastSeen('2026-03-02T00:00:00Z');
    await out('2026-03-01T12:00:00Z', null);
    expect(await record(MARCH)).toMatchObject({
      observedMs: 50 * HOUR_MS,
      downtimeMs: 38 * HOUR_MS,
      longestOutageMs: 38 * HOUR_MS,
    });
  });

  it('knows nothing at all of a calendar that nobody has looked at', async () => {
    expect(await record(MARCH)).toMatchObject({ observedMs: 0, downtimeMs: 0, outages: 0, checks: 0 });
  });

  it('counts the checks of the hours in the window, and their failures', async () => {
    for (const [n, failure] of [null, aFailure(), aFailure(), null].entries())
      await calendars.recordChecks([
        { calendarId: id, at: MARCH.startAt + (n - 1) * HOUR_MS + 1, durationMs: 50, failure },
      ]);
    expect(await record(MARCH)).toMatchObject({ checks: 3, failedChecks: 2 });
  });

  it('goes by what was really seen: a history of checks across the night of a clock change', async () => {
    // Local Saturday to Monday, a check every full hour; from 1:00 to 4:00 on Sunday they fail: two real hours.
    const from = at('2026-03-28T00:00:00+01:00');
    for (let hour = 0; hour <= 71; hour += 1) {
      const seenAt = from + hour * HOUR_MS;
      const failing = seenAt >= at('2026-03-29T01:00:00+01:00') && seenAt < at('2026-03-29T04:00:00+02:00');
      await calendars.recordChecks([
        { calendarId: id, at: seenAt, durationMs: 50, failure: failing ? aFailure() : null },
      ]);
    }
    const weekend = window('2026-03-28T00:00:00+01:00', '2026-03-31T00:00:00+02:00');
    const found = await record(weekend);
    expect(found).toMatchObject({
      observedMs: 71 * HOUR_MS,
      downtimeMs: 2 * HOUR_MS,
      longestOutageMs: 2 * HOUR_MS,
      checks: 71,
      failedChecks: 2,
    });
    expect(serviceLevelOf([found], 71 * HOUR_MS, 0.999).availability).toBeCloseTo(69 / 71, 12);
    expect(inHours(await trend(weekend, '1d'))).toEqual([
      ['2026-03-28T00:00:00+01:00', 24, 0],
      ['2026-03-29T00:00:00+01:00', 23, 2],
      ['2026-03-30T00:00:00+02:00', 24, 0],
    ]);
    const [outage] = await history.outages({ workspaceId }, weekend, 5);
    expect(outage).toEqual({
      calendarId: id,
      startedAt: at('2026-03-29T01:00:00+01:00'),
      endedAt: at('2026-03-29T04:00:00+02:00'),
      category: 'connection_error',
    });
  });
});

describe('which calendars count', () => {
  const YEAR = window('2026-01-01T00:00:00Z', '2026-12-31T00:00:00Z');
  const counted = async (): Promise<string[]> =>
    (await history.records({ workspaceId }, YEAR)).map(({ calendarId }) => calendarId);

  async function use(calendarId: string, conflictCalendarIds: readonly string[]): Promise<void> {
    const { id: _, createdAt: __, workspaceId: ___, ...draft } = aConfiguration();
    await configurations.add(workspaceId, { ...draft, calendarId, conflictCalendarIds });
  }

  it('are those of connected accounts', async () => {
    expect(await counted()).toEqual([id]);
    await schema.source.query(`UPDATE connections SET auth_status = 'disconnected' WHERE id = $1`, [
      connectionId,
    ]);
    expect(await counted()).toEqual([]);
  });

  it('are also gone ones that configurations book into or check', async () => {
    const [booked, checked] = [id, await schema.addCalendar(workspaceId, connectionId)];
    await schema.addCalendar(workspaceId, connectionId);
    await schema.source.query('UPDATE calendars SET active = false WHERE workspace_id = $1', [workspaceId]);
    await use(booked, [checked]);
    expect((await counted()).sort()).toEqual([booked, checked].sort());
  });

  it('are those of the workspace, or of all', async () => {
    const elsewhere = await schema.addWorkspace();
    const theirs = await schema.addCalendar(elsewhere, await schema.addConnection(elsewhere));
    expect(await counted()).toEqual([id]);
    const all = (await history.records('all', YEAR)).map(({ calendarId }) => calendarId);
    expect(all).toEqual(expect.arrayContaining([id, theirs]));
  });
});

describe('outages', () => {
  it('are told latest first, of each calendar so many', async () => {
    const other = await schema.addCalendar(workspaceId, connectionId);
    for (const day of [1, 2, 3]) await out(`2026-03-0${day}T00:00:00Z`, `2026-03-0${day}T01:00:00Z`);
    await out('2026-03-02T12:00:00Z', null, other);
    const told = await history.outages(
      { workspaceId },
      window('2026-03-01T00:30:00Z', '2026-03-04T00:00:00Z'),
      2,
    );
    expect(told.filter(({ calendarId }) => calendarId === id).map(({ startedAt }) => startedAt)).toEqual([
      at('2026-03-03T00:00:00Z'),
      at('2026-03-02T00:00:00Z'),
    ]);
    expect(told.filter(({ calendarId }) => calendarId === other)).toEqual([
      {
        calendarId: other,
        startedAt: at('2026-03-02T12:00:00Z'),
        endedAt: null,
        category: 'connection_error',
      },
    ]);
  });
});

describe('a trend', () => {
  it('is of 25 hours on the day on which the clock goes back', async () => {
    await observed('2026-10-24T12:00:00+02:00', '2026-10-27T00:00:00+01:00');
    await out('2026-10-25T02:30:00+02:00', '2026-10-25T02:30:00+01:00');
    const of = window('2026-10-24T00:00:00+02:00', '2026-10-27T00:00:00+01:00');
    expect(inHours(await trend(of, '1d'))).toEqual([
      ['2026-10-24T00:00:00+02:00', 12, 0],
      ['2026-10-25T00:00:00+02:00', 25, 1],
      ['2026-10-26T00:00:00+01:00', 24, 0],
    ]);
  });

  it('counts checks in the step in which their hour begins, and one by one below an hour', async () => {
    const from = at('2026-03-08T09:00:00Z');
    for (const minute of [0, 10, 20, 70])
      await calendars.recordChecks([
        {
          calendarId: id,
          at: from + minute * MINUTE_MS,
          durationMs: 100 + minute,
          failure: minute === 10 ? aFailure() : null,
        },
      ]);
    const question = { scope: { workspaceId }, calendarId: null };
    const steps = (minutes: number): Instant[] => [0, 1, 2].map((n) => from + n * minutes * MINUTE_MS);
    expect(await history.trend({ ...question, bounds: steps(60), grain: 'hour' })).toMatchObject([
      { checks: 3, failedChecks: 1, checkMs: 330 },
      { checks: 1, failedChecks: 0, checkMs: 170 },
    ]);
    expect(await history.trend({ ...question, bounds: steps(15), grain: 'check' })).toMatchObject([
      { checks: 2, failedChecks: 1, checkMs: 210 },
      { checks: 1, failedChecks: 0, checkMs: 120 },
    ]);
  });

  it('can be of one calendar alone, also of one that does not count', async () => {
    const other = await schema.addCalendar(workspaceId, connectionId);
    for (const calendar of [id, other])
      await observed('2026-03-01T00:00:00Z', '2026-03-02T00:00:00Z', calendar);
    await schema.source.query('UPDATE calendars SET active = false WHERE id = $1', [other]);
    const of = window('2026-03-01T00:00:00Z', '2026-03-02T00:00:00Z');
    for (const calendarId of [id, other, null])
      expect(await trend(of, '1d', 'UTC', calendarId)).toMatchObject([{ observedMs: DAY_MS }]);
    const elsewhere = { scope: { workspaceId: await schema.addWorkspace() }, calendarId: id };
    const bounds = [of.startAt, of.endAt];
    expect(await history.trend({ ...elsewhere, bounds, grain: 'hour' })).toMatchObject([{ observedMs: 0 }]);
  });

  it('agrees with periods that are cut one by one, and with the records', async () => {
    const dice = new Dice(7);
    const whole = window('2026-03-20T00:00:00Z', '2026-04-05T00:00:00Z');
    const lengthMs = whole.endAt - whole.startAt;
    const [known, lost]: [Interval[], Interval[]] = [[], []];
    for (let n = 0; n < 8; n += 1) {
      const calendar = await schema.addCalendar(workspaceId, connectionId);
      let from = whole.startAt - DAY_MS + dice.below(2 * DAY_MS);
      while (from < whole.endAt) {
        const to = from + 1 + dice.below(lengthMs / 4);
        await period('calendar_observations', calendar, from, to);
        known.push({ startAt: from, endAt: to });
        const down = { startAt: from + dice.below(to - from), endAt: to - dice.below((to - from) / 2) };
        if (down.startAt < down.endAt) {
          await period('calendar_outages', calendar, down.startAt, down.endAt);
          lost.push(down);
        }
        from = to + dice.below(DAY_MS);
      }
    }
    const total = (periods: readonly Interval[], step: Interval): number =>
      periods.reduce((sum, one) => {
        const part = intersection(one, step);
        return sum + (part === null ? 0 : part.endAt - part.startAt);
      }, 0);
    for (const step of ['7h', '1d', '1w']) {
      const points = await trend(whole, step);
      for (const point of points) {
        expect(point.observedMs).toBeCloseTo(total(known, point), 0);
        expect(point.downtimeMs).toBeCloseTo(total(lost, point), 0);
      }
      const records = await history.records({ workspaceId }, whole);
      const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
      expect(sum(points.map((one) => one.observedMs))).toBeCloseTo(
        sum(records.map((one) => one.observedMs)),
        0,
      );
      expect(sum(points.map((one) => one.downtimeMs))).toBeCloseTo(
        sum(records.map((one) => one.downtimeMs)),
        0,
      );
    }
  });
});

describe('retention', () => {
  it('drops checks first, then their sums and what is over, and keeps what lasts', async () => {
    await schema.source.query(
      'TRUNCATE calendar_checks, calendar_check_hours, calendar_outages, calendar_observations',
    );
    for (const day of [1, 10, 20])
      await calendars.recordChecks([
        { calendarId: id, at: at('2026-03-01T00:00:00Z') + day * DAY_MS, durationMs: 1, failure: aFailure() },
      ]);
    await out('2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z');
    const forget = () => history.forget(at('2026-03-15T00:00:00Z'), at('2026-03-05T00:00:00Z'));
    expect(await forget()).toEqual({ checks: 2, hours: 1, outages: 1, observations: 1 });
    expect(await forget()).toEqual({ checks: 0, hours: 0, outages: 0, observations: 0 });
    const [left] = await schema.source.query(`SELECT
      (SELECT count(*)::int FROM calendar_checks) AS checks,
      (SELECT count(*)::int FROM calendar_check_hours) AS hours,
      (SELECT count(*)::int FROM calendar_outages WHERE ended_at IS NULL) AS lasting`);
    expect(left).toEqual({ checks: 1, hours: 2, lasting: 1 });
  });
});
