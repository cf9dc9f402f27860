import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { KnownBusy } from '../../src/calendars/known-busy.js';
import { BusyDayEntity } from '../../src/calendars/persistence/busy-day.entity.js';
import { PostgresKnownBusy } from '../../src/calendars/persistence/postgres-known-busy.js';
import { RandomIds } from '../../src/shared/ids.js';
import { utcDayOf, type Interval } from '../../src/shared/time.js';
import { InMemoryKnownBusy } from '../fakes/in-memory-known-busy.js';
import { readServerLog } from '../support/database.js';
import { connectedSchema, type Schema } from '../support/schema.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MIDNIGHT = Date.UTC(2027, 2, 10);

const days = (from: number, to: number): Interval => ({
  startAt: MIDNIGHT + from * DAY_MS,
  endAt: MIDNIGHT + to * DAY_MS,
});
const hours = (from: number, to: number): Interval => ({
  startAt: MIDNIGHT + from * HOUR_MS,
  endAt: MIDNIGHT + to * HOUR_MS,
});

let schema: Schema;
let postgres: PostgresKnownBusy;
let workspaceId: string;
let connectionId: string;

beforeAll(async () => {
  schema = await connectedSchema();
  postgres = new PostgresKnownBusy(schema.source.getRepository(BusyDayEntity));
  workspaceId = await schema.addWorkspace();
  connectionId = await schema.addConnection(workspaceId);
});

afterAll(() => schema.drop());

const addCalendar = (): Promise<string> => schema.addCalendar(workspaceId, connectionId);

interface World {
  readonly known: KnownBusy;
  newCalendar(): Promise<string>;
}

const worlds: [string, () => World][] = [
  [
    'InMemoryKnownBusy',
    () => ({
      known: new InMemoryKnownBusy(() => Date.now()),
      newCalendar: async () => new RandomIds().next(),
    }),
  ],
  ['PostgresKnownBusy', () => ({ known: postgres, newCalendar: addCalendar })],
];

describe.each(worlds)('%s', (_, makeWorld) => {
  async function remembering(busy: readonly Interval[], window = days(0, 2), readAt = 1000) {
    const { known, newCalendar } = makeWorld();
    const id = await newCalendar();
    await known.remember(new Map([[id, busy]]), window, readAt);
    return { id, known };
  }

  it('recalls what it was told, and as of when', async () => {
    const { id, known } = await remembering([hours(9, 10), hours(33, 34)]);
    expect([...(await known.recall([id], days(0, 2), 0))]).toEqual([
      [id, { busy: [hours(9, 10), hours(33, 34)], covered: [days(0, 2)], asOf: 1000 }],
    ]);
  });

  it('knows that a day is free', async () => {
    const { id, known } = await remembering([]);
    expect((await known.recall([id], days(0, 2), 0)).get(id)).toEqual({
      busy: [],
      covered: [days(0, 2)],
      asOf: 1000,
    });
  });

  it('keeps a period over midnight whole', async () => {
    const { id, known } = await remembering([hours(20, 28), hours(40, 48)]);
    expect((await known.recall([id], days(0, 2), 0)).get(id)?.busy).toEqual([hours(20, 28), hours(40, 48)]);
    expect((await known.recall([id], days(1, 2), 0)).get(id)?.busy).toEqual([hours(24, 28), hours(40, 48)]);
  });

  it('keeps no more than the window of what reaches out of it', async () => {
    const { id, known } = await remembering([hours(-5, 60)], days(0, 1));
    expect((await known.recall([id], days(-1, 3), 0)).get(id)).toEqual({
      busy: [days(0, 1)],
      covered: [days(0, 1)],
      asOf: 1000,
    });
  });

  it('covers only the days it knows, and dates them by the oldest', async () => {
    const { id, known } = await remembering([hours(9, 10)], days(0, 1), 1000);
    await known.remember(new Map([[id, [hours(57, 58)]]]), days(2, 4), 3000);
    expect((await known.recall([id], days(-1, 6), 0)).get(id)).toEqual({
      busy: [hours(9, 10), hours(57, 58)],
      covered: [days(0, 1), days(2, 4)],
      asOf: 1000,
    });
    expect((await known.recall([id], days(2, 3), 0)).get(id)?.asOf).toBe(3000);
  });

  it('lets the newer read win day by day, in whatever order they come', async () => {
    const { id, known } = await remembering([hours(9, 10), hours(33, 34)], days(0, 2), 2000);
    await known.remember(new Map([[id, [hours(11, 12)]]]), days(0, 1), 3000);
    await known.remember(new Map([[id, []]]), days(0, 2), 1000);
    expect((await known.recall([id], days(0, 2), 0)).get(id)).toEqual({
      busy: [hours(11, 12), hours(33, 34)],
      covered: [days(0, 2)],
      asOf: 2000,
    });
  });

  it('leaves out what is older than asked for', async () => {
    const { id, known } = await remembering([], days(0, 2), 1000);
    await known.remember(new Map([[id, []]]), days(1, 2), 2000);
    expect((await known.recall([id], days(0, 2), 1000)).get(id)?.covered).toEqual([days(0, 2)]);
    expect((await known.recall([id], days(0, 2), 1001)).get(id)).toMatchObject({
      covered: [days(1, 2)],
      asOf: 2000,
    });
    expect((await known.recall([id], days(0, 2), 2001)).size).toBe(0);
  });

  it('leaves out calendars of which it knows nothing', async () => {
    const { id, known } = await remembering([]);
    const unknown = new RandomIds().next();
    expect([...(await known.recall([unknown, id], days(0, 1), 0)).keys()]).toEqual([id]);
    expect((await known.recall([id], days(5, 6), 0)).size).toBe(0);
    expect((await known.recall([], days(0, 1), 0)).size).toBe(0);
  });

  it('takes no reads at all without complaint', async () => {
    const { known } = makeWorld();
    await expect(known.remember(new Map(), days(0, 1), 1000)).resolves.toBeUndefined();
  });

  it('forgets days that are over, for every zone', async () => {
    const { known, newCalendar } = makeWorld();
    const id = await newCalendar();
    const today = utcDayOf(Date.now()) * DAY_MS;
    await known.remember(
      new Map([[id, []]]),
      { startAt: today - 5 * DAY_MS, endAt: today + 2 * DAY_MS },
      1000,
    );
    expect(await known.removePast()).toBe(4);
    const left = (
      await known.recall([id], { startAt: today - 9 * DAY_MS, endAt: today + 9 * DAY_MS }, 0)
    ).get(id);
    expect(left?.covered).toEqual([{ startAt: today - DAY_MS, endAt: today + 2 * DAY_MS }]);
    expect(await known.removePast()).toBe(0);
  });
});

describe('PostgresKnownBusy', () => {
  it('keeps milliseconds and far times', async () => {
    const id = await addCalendar();
    const busy = [{ startAt: MIDNIGHT + 1, endAt: MIDNIGHT + 3 }];
    await postgres.remember(new Map([[id, busy]]), days(0, 1), Date.UTC(2199, 0, 1) + 7);
    expect((await postgres.recall([id], days(0, 1), 0)).get(id)).toMatchObject({
      busy,
      asOf: Date.UTC(2199, 0, 1) + 7,
    });
  });

  it('passes over a calendar that was removed meanwhile', async () => {
    const [kept, removed] = [await addCalendar(), new RandomIds().next()];
    await postgres.remember(
      new Map([
        [removed, []],
        [kept, []],
      ]),
      days(0, 1),
      1000,
    );
    expect([...(await postgres.recall([kept, removed], days(0, 1), 0)).keys()]).toEqual([kept]);
  });

  it('takes overlapping writes from many requests at once without a deadlock, and the newest wins', async () => {
    const ids = await Promise.all(Array.from({ length: 8 }, addCalendar));
    const rounds = Array.from({ length: 40 }, (__, n) => n);
    await Promise.all(
      rounds.map((n) => {
        const order = n % 2 === 0 ? ids : ids.toReversed();
        const reads = new Map(order.map((id) => [id, [hours(n / 10, n / 10 + 0.05)]]));
        return postgres.remember(reads, days(n % 3, 30), 1000 + n);
      }),
    );
    const known = await postgres.recall(ids, days(0, 30), 0);
    expect(known.size).toBe(ids.length);
    for (const { busy, covered } of known.values()) {
      expect(covered).toEqual([days(0, 30)]);
      // Only every third read covers the first day; the last of them is number 39.
      expect(busy).toEqual([hours(3.9, 3.95)]);
    }
    expect(await readServerLog()).not.toMatch(/deadlock detected/);
  });
});
