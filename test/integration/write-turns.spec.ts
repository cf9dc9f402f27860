import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { PostgresWriteTurns } from '../../src/calendars/persistence/postgres-write-turns.js';
import { databaseOptions } from '../../src/data-source.js';
import { RandomIds } from '../../src/shared/ids.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const ids = new RandomIds();
const LONG_MS = 60_000;

let database: TestDatabase;
let source: DataSource;
let turns: PostgresWriteTurns;

beforeAll(async () => {
  database = await createTestDatabase();
  source = await new DataSource(databaseOptions(database.url)).initialize();
  turns = new PostgresWriteTurns(source);
});

afterAll(async () => {
  await source.destroy();
  await database.drop();
});

beforeEach(() => source.query('TRUNCATE calendar_writes'));

/** A calendar of an account in a workspace of its own. */
async function aCalendar(externalId: string): Promise<string> {
  const [workspaceId, connectionId, calendarId] = [ids.next(), ids.next(), ids.next()];
  await source.query(`INSERT INTO workspaces (id, name, timezone) VALUES ($1, 'W', 'UTC')`, [workspaceId]);
  await source.query(
    `INSERT INTO connections (id, workspace_id, provider, account_email, auth_status)
     VALUES ($1, $2, 'google', 'ada@example.com', 'active')`,
    [connectionId, workspaceId],
  );
  await source.query(
    `INSERT INTO calendars (id, workspace_id, connection_id, external_id, name, timezone, access_role)
     VALUES ($1, $2, $3, $4, 'Ada', 'UTC', 'owner')`,
    [calendarId, workspaceId, connectionId, externalId],
  );
  return calendarId;
}

const take = (calendarId: string, count: number, limitMs = LONG_MS): Promise<(number | null)[]> =>
  Promise.all(Array.from({ length: count }, () => turns.take(calendarId, limitMs)));

const sorted = (waits: readonly (number | null)[]): (number | null)[] =>
  waits.toSorted((a, b) => Number(a) - Number(b));

describe('the turns to write to one calendar', () => {
  it('are eight at once, and then one in a quarter of a second', async () => {
    const waits = sorted(await take(await aCalendar('ada'), 12));
    expect(waits.slice(0, 8)).toEqual(Array.from({ length: 8 }, () => 0));
    const [first = 0, second = 0, third = 0, fourth = 0] = waits.slice(8).map(Number);
    // The statements themselves took some of the time.
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThanOrEqual(250);
    for (const gap of [second - first, third - second, fourth - third])
      expect(Math.abs(gap - 250)).toBeLessThan(100);
  });

  it('are not taken when they come too late', async () => {
    const id = await aCalendar('ada');
    const waits = await take(id, 20, 500);
    expect(waits.filter((wait) => wait !== null).length).toBeLessThan(14);
    expect(waits).toContain(null);
    expect(Number(await turns.take(id, LONG_MS))).toBeLessThan(1500);
  });

  it('are those of the calendar, in whatever workspace and however its name is written', async () => {
    const [one, other, another] = [
      await aCalendar('ada@x'),
      await aCalendar('ADA@x'),
      await aCalendar('kim@x'),
    ];
    await take(one, 8);
    expect(Number(await turns.take(other, LONG_MS))).toBeGreaterThan(0);
    expect(await turns.take(another, LONG_MS)).toBe(0);
  });

  it('come back while nobody writes', async () => {
    const id = await aCalendar('ada');
    await take(id, 10);
    await source.query(`UPDATE calendar_writes SET idle_at = idle_at - interval '1 minute'`);
    expect(await take(id, 8)).toEqual(Array.from({ length: 8 }, () => 0));
  });
});
