import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PostgresWriteTurns } from '../../src/calendars/persistence/postgres-write-turns.js';
import { FixedClock } from '../../src/shared/clock.js';
import { RandomIds } from '../../src/shared/ids.js';
import { InMemoryWriteTurns } from '../fakes/in-memory-write-turns.js';
import { BookingTables } from '../support/booking-tables.js';
import { writeTurnsContract, type WriteTurnsWorld } from './write-turns.contract.js';

const ids = new RandomIds();

let tables: BookingTables;
let turns: PostgresWriteTurns;

beforeAll(async () => {
  tables = await BookingTables.open();
  turns = new PostgresWriteTurns(tables.source);
});

afterAll(() => tables?.close());

/** Of the account in a workspace of its own. */
async function aCalendar(externalId: string): Promise<string> {
  const { calendarId } = await tables.home();
  await tables.source.query('UPDATE calendars SET external_id = $2 WHERE id = $1', [calendarId, externalId]);
  return calendarId;
}

async function inMemoryWorld(): Promise<WriteTurnsWorld> {
  const clock = new FixedClock(0);
  let calendars = 0;
  return {
    turns: new InMemoryWriteTurns(clock),
    aCalendar: async () => `calendar ${(calendars += 1)}`,
    pass: async (ms) => clock.advance(ms),
    close: async () => undefined,
  };
}

async function postgresWorld(): Promise<WriteTurnsWorld> {
  return {
    turns,
    aCalendar: () => aCalendar(ids.next()),
    pass: async (ms) => {
      await tables.source.query(
        `UPDATE calendar_writes SET idle_at = idle_at - $1 * interval '1 millisecond'`,
        [ms],
      );
    },
    close: async () => undefined,
  };
}

writeTurnsContract('InMemoryWriteTurns', inMemoryWorld);
writeTurnsContract('PostgresWriteTurns', postgresWorld);

describe('turns in Postgres', () => {
  it('are those of the calendar, in whatever workspace and however its name is written', async () => {
    const [one, other] = [await aCalendar('ada@x'), await aCalendar('ADA@x')];
    await Promise.all(Array.from({ length: 8 }, () => turns.take(one, 60_000)));
    expect(Number(await turns.take(other, 60_000))).toBeGreaterThan(0);
  });
});
