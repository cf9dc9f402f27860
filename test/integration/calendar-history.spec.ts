import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CalendarEntity } from '../../src/calendars/persistence/calendar.entity.js';
import { PostgresCalendars } from '../../src/calendars/persistence/postgres-calendars.js';
import { RandomIds } from '../../src/shared/ids.js';
import { aFailure, revokedGrant } from '../support/a-failure.js';
import { connectedSchema, type Schema } from '../support/schema.js';

const HOUR_MS = 3_600_000;
const NOON = Date.UTC(2026, 2, 9, 12);

let schema: Schema;
let calendars: PostgresCalendars;
let connectionId: string;
let id: string;

beforeAll(async () => {
  schema = await connectedSchema();
  calendars = new PostgresCalendars(schema.source.getRepository(CalendarEntity), new RandomIds());
});

afterAll(() => schema.drop());

beforeEach(async () => {
  const workspaceId = await schema.addWorkspace();
  connectionId = await schema.addConnection(workspaceId);
  id = await schema.addCalendar(workspaceId, connectionId);
});

/** Hours from {@link NOON}; whole ones stay short to read. */
const at = (hours: number): number => NOON + hours * HOUR_MS;

async function seen(hours: number, failure = null as ReturnType<typeof aFailure> | null): Promise<void> {
  await calendars.recordChecks([{ calendarId: id, at: at(hours), durationMs: 100, failure }]);
}

type Span = [from: number, to: number | null, category?: string];

async function spans(table: 'calendar_outages' | 'calendar_observations'): Promise<Span[]> {
  const rows: { started_at: Date; ended_at: Date | null; category?: string }[] = await schema.source.query(
    `SELECT * FROM ${table} WHERE calendar_id = $1 ORDER BY started_at`,
    [id],
  );
  const hoursOf = (time: Date): number => (time.getTime() - NOON) / HOUR_MS;
  return rows.map(({ started_at, ended_at, category }) => [
    hoursOf(started_at),
    ended_at && hoursOf(ended_at),
    ...(category === undefined ? [] : [category]),
  ]) as Span[];
}

const outages = (): Promise<Span[]> => spans('calendar_outages');
const observations = (): Promise<Span[]> => spans('calendar_observations');

async function event(kind: string, hours: number, failure: object | null = null): Promise<void> {
  await schema.source.query(
    'INSERT INTO connection_events (connection_id, kind, failure, at) VALUES ($1, $2, $3, $4)',
    [connectionId, kind, failure, new Date(at(hours))],
  );
}

const health = async () => (await calendars.find(id, 'all'))?.health;

describe('outages of a calendar', () => {
  it('last from the first observation that failed to the first good one', async () => {
    await seen(0);
    for (const hours of [1, 2, 3]) await seen(hours, aFailure());
    expect(await outages()).toEqual([[1, null, 'connection_error']]);
    await seen(4);
    await seen(5, aFailure({ category: 'permission_error' }));
    expect(await outages()).toEqual([
      [1, 4, 'connection_error'],
      [5, null, 'permission_error'],
    ]);
  });

  it('go on while their reason changes, and are told by the latest one', async () => {
    await seen(1, aFailure());
    await seen(2, aFailure({ category: 'calendar_not_found' }));
    expect(await outages()).toEqual([[1, null, 'calendar_not_found']]);
  });

  it('may begin again in the millisecond in which they ended', async () => {
    for (const failure of [null, aFailure(), null, aFailure()]) await seen(1, failure);
    expect(await outages()).toEqual([[1, null, 'connection_error']]);
    await seen(1);
    expect(await outages()).toEqual([[1, 1, 'connection_error']]);
  });

  it('are seen by ordinary reads as well', async () => {
    await calendars.recordHealth([{ calendarId: id, failure: aFailure() }]);
    expect(await outages()).toEqual([[expect.any(Number), null, 'connection_error']]);
    const [began] = (await outages())[0] ?? [];
    expect(at(began ?? 0)).toBe((await health())?.unhealthySince);
    await calendars.recordHealth([{ calendarId: id, failure: null }]);
    expect(await outages()).toEqual([[began, expect.any(Number), 'connection_error']]);
  });

  it('begin with the stop of the account, and not with the next read', async () => {
    await seen(0);
    await event('needs_reauth', 2, revokedGrant());
    expect(await outages()).toEqual([[2, null, 'expired_tokens']]);
    expect(await health()).toMatchObject({
      status: 'unhealthy',
      category: 'expired_tokens',
      checkedAt: at(2),
      unhealthySince: at(2),
    });
    await seen(5, revokedGrant());
    expect(await outages()).toEqual([[2, null, 'expired_tokens']]);
  });

  it('keep their begin and their reason when the account stops on top', async () => {
    await seen(1, aFailure({ category: 'calendar_not_found' }));
    await event('needs_reauth', 2, revokedGrant());
    expect(await outages()).toEqual([[1, null, 'calendar_not_found']]);
    await event('recovered', 3);
    expect(await health()).toMatchObject({ status: 'unhealthy', unhealthySince: at(1) });
  });

  it('end with the recovery of the account, after which nothing is known until the next look', async () => {
    await event('needs_reauth', -3, revokedGrant());
    await event('recovered', -1);
    const [[from, to] = []] = await outages();
    expect(from).toBe(-3);
    expect(Date.now() - at(to ?? 0)).toBeLessThan(60_000);
    expect(await health()).toMatchObject({ status: 'unknown', category: null, unhealthySince: null });
    expect((await observations()).filter(([, end]) => end === null)).toEqual([]);
  });

  it('begin where an account is disconnected, in calendars that are still in its list', async () => {
    await schema.source.query('UPDATE calendars SET active = false WHERE id = $1', [id]);
    await event('disconnected', 1);
    expect(await outages()).toEqual([]);
    await schema.source.query('UPDATE calendars SET active = true WHERE id = $1', [id]);
    await event('disconnected', 2);
    expect(await outages()).toEqual([[2, null, 'missing_tokens']]);
  });
});

describe('the time in which it is known whether a calendar works', () => {
  it('begins with the first look, and goes on while somebody looks once a day', async () => {
    expect(await observations()).toEqual([]);
    for (const hours of [0, 24, 49, 75]) await seen(hours, hours === 24 ? aFailure() : null);
    expect(await observations()).toEqual([[0, null]]);
  });

  it('ends 26 hours after the last look, and begins again with the next', async () => {
    await seen(0);
    await seen(100);
    expect(await observations()).toEqual([
      [0, 26],
      [100, null],
    ]);
  });

  it('is not the same as an outage, which nobody saw end', async () => {
    await seen(0, aFailure());
    await seen(100, aFailure());
    expect(await outages()).toEqual([[0, null, 'connection_error']]);
    expect(await observations()).toEqual([
      [0, 26],
      [100, null],
    ]);
  });
});

describe('the history of checks', () => {
  const checks = (): Promise<unknown[]> =>
    schema.source.query(
      'SELECT at, category, duration_ms FROM calendar_checks WHERE calendar_id = $1 ORDER BY at',
      [id],
    );
  const hours = (): Promise<unknown[]> =>
    schema.source.query(
      `SELECT hour, checks, failed_checks, duration_ms::int FROM calendar_check_hours
       WHERE calendar_id = $1 ORDER BY hour`,
      [id],
    );

  it('keeps each check, and sums them up by the hour', async () => {
    await seen(0);
    await seen(0.5, aFailure());
    await seen(1.25);
    expect(await checks()).toEqual([
      { at: new Date(at(0)), category: null, duration_ms: 100 },
      { at: new Date(at(0.5)), category: 'connection_error', duration_ms: 100 },
      { at: new Date(at(1.25)), category: null, duration_ms: 100 },
    ]);
    expect(await hours()).toEqual([
      { hour: new Date(at(0)), checks: 2, failed_checks: 1, duration_ms: 200 },
      { hour: new Date(at(1)), checks: 1, failed_checks: 0, duration_ms: 100 },
    ]);
  });

  it('counts a check once, however often it is told, and by however many', async () => {
    await Promise.all([seen(0), seen(0), seen(0)]);
    await seen(0);
    expect(await checks()).toHaveLength(1);
    expect(await hours()).toMatchObject([{ checks: 1, duration_ms: 100 }]);
  });

  it('goes with its calendar', async () => {
    await seen(0, aFailure());
    await schema.source.query('DELETE FROM connections WHERE id = $1', [connectionId]);
    for (const rows of [await checks(), await hours(), await outages(), await observations()])
      expect(rows).toEqual([]);
  });
});
