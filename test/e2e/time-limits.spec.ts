import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DateTime } from 'luxon';
import { startGoogleServer, type GoogleServer } from '../../src/sandbox/google-server.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { expectProblem, expectRefusal } from '../support/problems.js';
import { startService, type Answer, type Service } from '../support/service.js';
import { aWorld, type World } from '../support/world.js';

let database: TestDatabase;
let google: GoogleServer;
let service: Service;
let world: World;

beforeAll(async () => {
  [database, google] = await Promise.all([createTestDatabase(), startGoogleServer()]);
  service = await startService({ databaseUrl: database.url, google });
  world = await aWorld(service, google, { accounts: 1, configuration: { max_days_ahead: 730 } });
});

afterAll(async () => {
  await service?.stop();
  await google?.close();
  await database?.drop();
});

async function aConfigurationWith(fields: Record<string, unknown>): Promise<string> {
  const { status, body } = await service.call('POST', '/api/calendars/configurations', {
    key: world.key,
    body: {
      name: 'Around the clock',
      calendar_id: world.calendars[0]?.id,
      duration_minutes: 60,
      from_time: '00:00',
      to_time: '24:00',
      workdays: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'],
      max_days_ahead: 730,
      ...fields,
    },
  });
  expect(status).toBe(201);
  return body.id;
}

function check(body: Record<string, unknown>, id = world.configurationId): Promise<Answer> {
  return service.call('POST', `/api/calendars/configurations/${id}/check-availability`, {
    key: world.key,
    body,
  });
}

function book(startTime: string, id: string, more: Record<string, unknown> = {}): Promise<Answer> {
  return service.call('POST', `/api/calendars/configurations/${id}/book-appointment`, {
    key: world.key,
    body: { start_time: startTime, title: 'Visit', attendee_email: 'pat@example.com', ...more },
  });
}

const dayIn = (days: number, zone = 'America/New_York'): string =>
  DateTime.now().setZone(zone).plus({ days }).toISODate() ?? '';

const hoursOf = (day: DateTime): number => day.plus({ days: 1 }).diff(day, 'hours').hours;

/** The next days on which the zone's clock changes; an ordinary day where it never does. */
function changingDays(zone: string): DateTime[] {
  const today = DateTime.now().setZone(zone).startOf('day');
  const days = Array.from({ length: 400 }, (_, index) => today.plus({ days: index + 2 }));
  const changing = days.filter((day) => hoursOf(day) !== 24).slice(0, 2);
  return changing.length > 0 ? changing : days.slice(0, 1);
}

/** Every minute of the day whose wall time is on the grid and that leaves room before the hours end. */
function expectedStarts(
  day: DateTime,
  toHour: number,
  everyMinutes: number,
  lengthMinutes: number,
): number[] {
  const closes = (toHour === 24 ? day.plus({ days: 1 }) : day.set({ hour: toHour })).toMillis();
  const zone = day.zoneName ?? 'UTC';
  const starts: number[] = [];
  for (let at = day.toMillis(); at + lengthMinutes * 60_000 <= closes; at += 60_000) {
    const wall = DateTime.fromMillis(at, { zone });
    if ((wall.hour * 60 + wall.minute) % everyMinutes === 0) starts.push(at);
  }
  return starts;
}

interface Times {
  readonly start_time: string;
  readonly end_time: string;
}

describe('days on which the clock changes', () => {
  it.each([
    ['America/New_York', [23, 25]],
    ['Europe/Berlin', [23, 25]],
    ['Australia/Lord_Howe', [23.5, 24.5]],
    ['Asia/Kathmandu', [24]],
    ['America/Sao_Paulo', [24]],
    ['Etc/GMT+12', [24]],
    ['Pacific/Kiritimati', [24]],
  ])('in %s have the slots of their real hours', async (zone, hours) => {
    const days = changingDays(zone);
    expect(new Set(days.map(hoursOf))).toEqual(new Set(hours));
    for (const [toHour, every, length] of [
      [24, 60, 60],
      [24, 30, 45],
      [6, 15, 30],
    ] as const) {
      const to = `${String(toHour).padStart(2, '0')}:00`;
      const fields = { timezone: zone, duration_minutes: length, slot_interval_minutes: every, to_time: to };
      const id = await aConfigurationWith(fields);
      for (const day of days) {
        const { status, body } = await check({ date: day.toISODate() }, id);
        expect(status).toBe(200);
        const slots: Times[] = body.available_slots;
        const starts = slots.map(({ start_time: start }) => Date.parse(start));
        expect(starts).toEqual(expectedStarts(day, toHour, every, length));
        expect(body.total_slots_found).toBe(starts.length);
        expect(new Set(slots.map(({ start_time: start }) => start)).size).toBe(starts.length);
        for (const { start_time: start, end_time: end } of slots) {
          expect(Date.parse(end) - Date.parse(start)).toBe(length * 60_000);
          const wall = DateTime.fromISO(start, { setZone: true });
          expect(wall.offset).toBe(DateTime.fromISO(start, { zone }).offset);
          expect(wall.toISODate()).toBe(day.toISODate());
        }
      }
    }
  });

  it('can be booked at either of two equal wall times, and both keep their own hour', async () => {
    const zone = 'America/New_York';
    const id = await aConfigurationWith({ timezone: zone });
    const day = changingDays(zone).find((each) => hoursOf(each) === 25);
    const { body } = await check({ date: day?.toISODate() }, id);
    const starts: string[] = body.available_slots.map(({ start_time: start }: Times) => start);
    const [first = '', second = ''] = starts.filter((start) => start.includes('T01:00:00'));
    expect(first).toMatch(/-04:00$/);
    expect(second).toMatch(/-05:00$/);
    expect(await book(second, id)).toMatchObject({
      status: 201,
      body: { start_time: second, end_time: second.replace('T01', 'T02') },
    });
    expect((await book(second, id)).status).toBe(409);
    expect((await book(first, id)).status).toBe(201);
  });

  it('are shown in the zone that the caller wants, by the rules of the configuration', async () => {
    const zone = 'Europe/Berlin';
    const id = await aConfigurationWith({ timezone: zone, from_time: '09:00', to_time: '17:00' });
    const [day] = changingDays(zone);
    const plain = await check({ date: day?.toISODate() }, id);
    const shown = await check({ date: day?.toISODate(), timezone: 'Asia/Kathmandu' }, id);
    const starts = ({ body }: Answer): number[] =>
      body.available_slots.map(({ start_time: start }: Times) => Date.parse(start));
    expect(starts(shown)).toEqual(starts(plain));
    expect(shown.body.timezone).toBe('Asia/Kathmandu');
    expect(shown.body.available_slots[0].start_time).toMatch(/\+05:45$/);
  });
});

describe('ranges that make no sense', () => {
  it.each([
    ['date', { date: '0001-01-01' }],
    ['date', { date: '9999-12-31' }],
    ['date', { date: '1969-12-31' }],
    ['date', { date: '2027-02-29' }],
    ['date', { date: '2100-02-29' }],
    ['date', {}],
    ['date', { date: '2027-03-10', start_date: '2027-03-10' }],
    ['start_date', { end_date: '2027-03-10' }],
    ['end_date', { start_date: '2027-03-10' }],
    ['end_date', { start_date: '2027-03-10', end_date: '2027-03-09' }],
    ['end_date', { start_date: '2027-01-01', end_date: '2036-12-31' }],
    ['end_date', { start_date: '2027-01-01', end_date: '9999-12-31' }],
    ['start_date', { start_date: '0001-01-01', end_date: '2027-01-01' }],
    ['timezone', { date: '2027-03-10', timezone: 'Mars/Phobos' }],
    ['duration_minutes', { date: '2027-03-10', duration_minutes: 0 }],
    ['duration_minutes', { date: '2027-03-10', duration_minutes: 1441 }],
  ])('are refused by %s without a question to Google: %j', async (field, body) => {
    google.state.requests.clear();
    expectRefusal(await check(body), field);
    expect(google.state.requests.list()).toEqual([]);
  });

  it('may be 92 days long, and not 93', async () => {
    const range = (days: number) => ({ start_date: dayIn(1), end_date: dayIn(days) });
    const { status, body } = await check(range(92));
    expect(status).toBe(200);
    expect(body.total_slots_found).toBe(92 * 16);
    google.state.requests.clear();
    expectRefusal(await check(range(93)), 'end_date');
    expect(google.state.requests.list()).toEqual([]);
  });
});

describe('days outside the rules', () => {
  it.each([
    ['in the past', () => dayIn(-2)],
    ['long past', () => '1970-01-01'],
    ['too far ahead', () => '2199-12-31'],
  ])('that are %s have no slots, and Google is not asked', async (_, day) => {
    google.state.requests.clear();
    expect(await check({ date: day() })).toMatchObject({
      status: 200,
      body: {
        total_slots_found: 0,
        no_slots_reason: 'rules_violation',
        calendar_health: { status: 'rules_violation', message: expect.stringMatching(/\S/) },
      },
    });
    expect(google.state.requests.list()).toEqual([]);
  });

  it('that are leap days are days like any other', async () => {
    expect((await check({ date: '2028-02-29' })).status).toBe(200);
  });
});

describe('slots beyond counting', () => {
  it('are listed up to 5000, with a warning that tells their number', async () => {
    const id = await aConfigurationWith({ timezone: 'UTC', duration_minutes: 5, slot_interval_minutes: 1 });
    const startedAt = performance.now();
    const { body } = await check({ start_date: dayIn(1, 'UTC'), end_date: dayIn(92, 'UTC') }, id);
    expect(performance.now() - startedAt).toBeLessThan(2000);
    expect(body.available_slots).toHaveLength(5000);
    // Of each day's minutes, the last four leave no room for five.
    expect(body.total_slots_found).toBe(92 * 1436);
    expect(body.warnings).toEqual([expect.stringContaining(String(92 * 1436))]);
  });
});

describe('times that cannot be booked', () => {
  let id: string;

  beforeAll(async () => {
    // A zone where it is about noon, so that no test runs into midnight.
    const offset = new Date().getUTCHours() - 12;
    const timezone = offset === 0 ? 'UTC' : `Etc/GMT${offset > 0 ? '+' : ''}${offset}`;
    id = await aConfigurationWith({ timezone, duration_minutes: 30 });
    google.state.requests.clear();
  });

  const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();

  it.each(['0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '1969-12-31T23:59:59Z', '2027-02-29T10:00:00Z'])(
    'as %s are refused by their name',
    async (start) => {
      expectRefusal(await book(start, id), 'start_time');
    },
  );

  it.each([-1, -60, -86_400, -86_400 * 365])(
    'as they are %i s from now are against the rules',
    async (seconds) => {
      const answer = await book(inSeconds(seconds), id);
      expectProblem(answer, 422, 'rules_violation');
      expect(answer.body.error_category).toBe('rules_violation');
    },
  );

  it('as they are years ahead are against the rules', async () => {
    for (const start of ['2199-12-31T12:00:00Z', inSeconds(86_400 * 900)])
      expectProblem(await book(start, id), 422, 'rules_violation');
  });

  it('leave Google alone', () => {
    expect(google.state.requests.list()).toEqual([]);
  });

  it('are those before now, but not those soon after', async () => {
    expect((await book(inSeconds(120), id)).status).toBe(201);
  });
});
