import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { UNCHECKED } from '../../src/calendars/calendar.js';
import type { RemoteCalendar } from '../../src/calendars/calendar-provider.js';
import type { Calendars } from '../../src/calendars/calendars.js';
import { CalendarEntity } from '../../src/calendars/persistence/calendar.entity.js';
import { PostgresCalendars } from '../../src/calendars/persistence/postgres-calendars.js';
import { FixedClock } from '../../src/shared/clock.js';
import type { Failure } from '../../src/shared/failure.js';
import { RandomIds } from '../../src/shared/ids.js';
import { InMemoryCalendars } from '../fakes/in-memory-calendars.js';
import { aFailure, missingCalendar } from '../support/a-failure.js';
import { readServerLog } from '../support/database.js';
import { connectedSchema, type Schema } from '../support/schema.js';

let schema: Schema;
let postgres: PostgresCalendars;

beforeAll(async () => {
  schema = await connectedSchema();
  postgres = new PostgresCalendars(schema.source.getRepository(CalendarEntity), new RandomIds());
});

afterAll(() => schema.drop());

const remote = (externalId: string, differences: Partial<RemoteCalendar> = {}): RemoteCalendar => ({
  externalId,
  name: externalId,
  timezone: 'UTC',
  accessRole: 'owner',
  primary: false,
  ...differences,
});

interface World {
  readonly calendars: Calendars;
  newOwner(): Promise<{ workspaceId: string; connectionId: string }>;
}

function memoryWorld(): World {
  const ids = new RandomIds();
  return {
    calendars: new InMemoryCalendars(ids, new FixedClock(Date.now())),
    newOwner: async () => ({ workspaceId: ids.next(), connectionId: ids.next() }),
  };
}

function postgresWorld(): World {
  return {
    calendars: postgres,
    newOwner: async () => {
      const workspaceId = await schema.addWorkspace();
      return { workspaceId, connectionId: await schema.addConnection(workspaceId) };
    },
  };
}

describe.each([
  ['InMemoryCalendars', memoryWorld],
  ['PostgresCalendars', postgresWorld],
])('%s', (_, makeWorld) => {
  let calendars: Calendars;
  let owner: { workspaceId: string; connectionId: string };
  let newOwner: World['newOwner'];

  beforeEach(async () => {
    ({ calendars, newOwner } = makeWorld());
    owner = await newOwner();
  });

  const sync = async (...list: RemoteCalendar[]): Promise<Record<string, string>> =>
    Object.fromEntries((await calendars.sync(owner, list)).map(({ externalId, id }) => [externalId, id]));

  describe('taking over an account’s list', () => {
    it('adds its calendars, of which nothing is known yet', async () => {
      const [calendar] = await calendars.sync(owner, [
        remote('a', { name: 'Team', timezone: 'Europe/Berlin', accessRole: 'reader', primary: true }),
      ]);
      expect(calendar).toEqual({
        id: expect.any(String),
        ...owner,
        externalId: 'a',
        name: 'Team',
        timezone: 'Europe/Berlin',
        accessRole: 'reader',
        primary: true,
        active: true,
        health: UNCHECKED,
      });
    });

    it('keeps ids and takes over what changed', async () => {
      const before = await sync(remote('a'), remote('b'));
      expect(await sync(remote('b'), remote('a', { name: 'New', accessRole: 'reader' }))).toEqual(before);
      expect(await calendars.find(before['a'] ?? '', 'all')).toMatchObject({
        name: 'New',
        accessRole: 'reader',
      });
    });

    it('makes calendars inactive that left it, and active again when they come back, under their id', async () => {
      const before = await sync(remote('a'), remote('b'));
      expect(Object.keys(await sync(remote('a')))).toEqual(['a']);
      expect(await calendars.find(before['b'] ?? '', 'all')).toMatchObject({ active: false });
      expect(await calendars.all(owner)).toHaveLength(2);
      expect(await sync(remote('a'), remote('b'))).toEqual(before);
    });

    it('makes all of them inactive when it is empty', async () => {
      await sync(remote('a'));
      expect(await sync()).toEqual({});
      expect(await calendars.all(owner)).toMatchObject([{ active: false }]);
    });

    it('touches no other connection with the same calendar', async () => {
      const { a } = await sync(remote('a'));
      const other = { ...(await newOwner()), workspaceId: owner.workspaceId };
      const [theirs] = await calendars.sync(other, [remote('a')]);
      await calendars.sync(other, []);
      expect(theirs?.id).not.toBe(a);
      expect(await calendars.find(a ?? '', 'all')).toMatchObject({ active: true });
    });

    it('keeps what is known of a calendar’s health', async () => {
      const { a } = await sync(remote('a'));
      await calendars.recordHealth([{ calendarId: a ?? '', failure: missingCalendar() }]);
      await sync(remote('a'));
      expect((await calendars.find(a ?? '', 'all'))?.health.category).toBe('calendar_not_found');
    });
  });

  describe('finding calendars', () => {
    it('sees those of the own workspace only, and all with the admin key', async () => {
      const { a = '' } = await sync(remote('a'));
      const elsewhere = await newOwner();
      expect((await calendars.find(a, owner))?.id).toBe(a);
      expect((await calendars.find(a, 'all'))?.id).toBe(a);
      expect(await calendars.find(a, elsewhere)).toBeNull();
      expect(await calendars.findMany([a], elsewhere)).toEqual([]);
      expect(await calendars.all(elsewhere)).toEqual([]);
      expect((await calendars.list(elsewhere, null, { limit: 50 })).items).toEqual([]);
      expect((await calendars.list(elsewhere, owner.connectionId, { limit: 50 })).items).toEqual([]);
    });

    it('answers in the order of the ids, without those that are unknown', async () => {
      const { a = '', b = '', c = '' } = await sync(remote('a'), remote('b'), remote('c'));
      const found = await calendars.findMany([c, new RandomIds().next(), a, b], owner);
      expect(found.map(({ id }) => id)).toEqual([c, a, b]);
      expect(await calendars.findMany([], owner)).toEqual([]);
    });

    it('goes by connection, active ones only', async () => {
      const { a } = await sync(remote('a'), remote('b'));
      await sync(remote('a'));
      expect((await calendars.ofConnections([owner.connectionId])).map(({ id }) => id)).toEqual([a]);
      expect(await calendars.ofConnections([])).toEqual([]);
    });

    it('tells those that left their account’s list', async () => {
      const { b } = await sync(remote('a'), remote('b'));
      await sync(remote('a'));
      expect((await calendars.gone(owner)).map(({ id }) => id)).toEqual([b]);
      expect(await calendars.gone(await newOwner())).toEqual([]);
    });

    it('pages through a connection’s calendars', async () => {
      const known = await sync(...['a', 'b', 'c', 'd', 'e'].map((id) => remote(id)));
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const page = await calendars.list(owner, owner.connectionId, {
          limit: 2,
          ...(cursor === null ? {} : { cursor }),
        });
        seen.push(...page.items.map(({ id }) => id));
        cursor = page.next_cursor;
      } while (cursor !== null);
      expect(seen.sort()).toEqual(Object.values(known).sort());
    });
  });

  describe('recording health', () => {
    let id: string;

    beforeEach(async () => {
      id = (await sync(remote('a'), remote('b')))['a'] ?? '';
    });

    const record = (failure: Partial<Failure> | null): Promise<void> =>
      calendars.recordHealth([{ calendarId: id, failure: failure && aFailure(failure) }]);
    const health = async () => (await calendars.find(id, 'all'))?.health;

    it('says that a calendar works', async () => {
      await record(null);
      expect(await health()).toEqual({
        status: 'healthy',
        category: null,
        message: null,
        checkedAt: expect.any(Number),
        unhealthySince: null,
        ofConnection: false,
      });
    });

    it('says why it does not, and since when', async () => {
      await record({ category: 'permission_error', message: 'No access.' });
      const { checkedAt } = (await health()) ?? {};
      expect(await health()).toEqual({
        status: 'unhealthy',
        category: 'permission_error',
        message: 'No access.',
        checkedAt: expect.any(Number),
        unhealthySince: checkedAt,
        ofConnection: false,
      });
    });

    it('keeps the begin of an outage while its reason changes, and ends it with the first good read', async () => {
      await record({});
      const since = (await health())?.unhealthySince;
      await record({ category: 'calendar_not_found' });
      expect(await health()).toMatchObject({ category: 'calendar_not_found', unhealthySince: since });
      await record(null);
      expect(await health()).toMatchObject({
        status: 'healthy',
        category: null,
        message: null,
        unhealthySince: null,
      });
    });

    it('tells a failure of the whole connection from one of the calendar', async () => {
      await record({ category: 'permission_error', needsReauth: true });
      expect(await health()).toMatchObject({ status: 'unhealthy', ofConnection: true });
      await record({ category: 'permission_error' });
      expect(await health()).toMatchObject({ status: 'unhealthy', ofConnection: false });
    });

    it('of one calendar says nothing of another', async () => {
      await record({});
      const others = (await calendars.ofConnections([owner.connectionId])).filter((one) => one.id !== id);
      expect(others).toMatchObject([{ health: { status: 'unknown' } }]);
    });

    it('of none, or of one that is gone, does nothing', async () => {
      await calendars.recordHealth([]);
      await calendars.recordHealth([{ calendarId: new RandomIds().next(), failure: null }]);
      expect(await health()).toMatchObject({ status: 'unknown' });
    });

    const MINUTE_MS = 60_000;
    const checked = (at: number, failure: Partial<Failure> | null): Promise<void> =>
      calendars.recordChecks([
        { calendarId: id, at, durationMs: 120, failure: failure && aFailure(failure) },
      ]);

    it('dates a check by when it was made, and an outage by the first check that failed', async () => {
      const at = Date.now() - 10 * MINUTE_MS;
      await checked(at, { category: 'permission_error' });
      await checked(at + MINUTE_MS, { category: 'calendar_not_found', message: 'Gone.' });
      expect(await health()).toEqual({
        status: 'unhealthy',
        category: 'calendar_not_found',
        message: 'Gone.',
        ofConnection: false,
        checkedAt: at + MINUTE_MS,
        unhealthySince: at,
      });
      await checked(at + 2 * MINUTE_MS, null);
      expect(await health()).toMatchObject({ status: 'healthy', unhealthySince: null });
      await checked(at + 3 * MINUTE_MS, {});
      expect((await health())?.unhealthySince).toBe(at + 3 * MINUTE_MS);
    });

    it('tells by a check as by any other read what failed of the whole connection', async () => {
      const at = Date.now() - 10 * MINUTE_MS;
      await checked(at, { needsReauth: true });
      expect(await health()).toMatchObject({ status: 'unhealthy', ofConnection: true });
      await checked(at + MINUTE_MS, null);
      expect(await health()).toMatchObject({ status: 'healthy', ofConnection: false });
    });

    it('lets stand what was seen after a check', async () => {
      await record(null);
      await checked(Date.now() - MINUTE_MS, {});
      expect(await health()).toMatchObject({ status: 'healthy' });
    });

    it('of no checks, or of a calendar that is gone, does nothing', async () => {
      await calendars.recordChecks([]);
      await calendars.recordChecks([
        { calendarId: new RandomIds().next(), at: Date.now(), durationMs: 1, failure: null },
      ]);
      expect(await health()).toMatchObject({ status: 'unknown' });
    });
  });
});

describe('PostgresCalendars', () => {
  it('takes the same list from many at once without a deadlock or a double', async () => {
    const workspaceId = await schema.addWorkspace();
    const owner = { workspaceId, connectionId: await schema.addConnection(workspaceId) };
    const list = Array.from({ length: 30 }, (_, n) => remote(`calendar-${n}`));
    await Promise.all(
      Array.from({ length: 10 }, (_, n) => postgres.sync(owner, n % 2 === 0 ? list : list.toReversed())),
    );
    expect(await postgres.ofConnections([owner.connectionId])).toHaveLength(30);
    expect(await readServerLog()).not.toMatch(/deadlock detected/);
  });

  it('takes readings of the same calendars from many at once without a deadlock', async () => {
    const workspaceId = await schema.addWorkspace();
    const owner = { workspaceId, connectionId: await schema.addConnection(workspaceId) };
    const ids = (
      await postgres.sync(
        owner,
        Array.from({ length: 20 }, (_, n) => remote(`c${n}`)),
      )
    ).map(({ id }) => id);
    await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        postgres.recordHealth(
          (n % 2 === 0 ? ids : ids.toReversed()).map((calendarId) => ({
            calendarId,
            failure: n % 3 === 0 ? null : aFailure(),
          })),
        ),
      ),
    );
    for (const { health } of await postgres.ofConnections([owner.connectionId]))
      expect(health.status === 'unhealthy').toBe(health.unhealthySince !== null);
    expect(await readServerLog()).not.toMatch(/deadlock detected/);
  });

  it('takes checks and readings of the same calendars from many at once without a deadlock', async () => {
    const workspaceId = await schema.addWorkspace();
    const owner = { workspaceId, connectionId: await schema.addConnection(workspaceId) };
    const list = Array.from({ length: 20 }, (_, n) => remote(`c${n}`));
    const ids = (await postgres.sync(owner, list)).map(({ id }) => id);
    const inTurn = (n: number): string[] => (n % 2 === 0 ? ids : ids.toReversed());
    const failureOf = (n: number): Failure | null => (n % 3 === 0 ? null : aFailure());
    await Promise.all(
      Array.from({ length: 30 }, async (_, n) => {
        const readings = inTurn(n).map((calendarId) => ({ calendarId, failure: failureOf(n) }));
        const at = Date.now() + n;
        await postgres.recordChecks(readings.map((reading) => ({ ...reading, at, durationMs: 1 })));
        await postgres.recordHealth(readings);
        if (n % 5 === 0) await postgres.sync(owner, list);
      }),
    );
    for (const { health } of await postgres.ofConnections([owner.connectionId]))
      expect(health.status === 'unhealthy').toBe(health.unhealthySince !== null);
    expect(await readServerLog()).not.toMatch(/deadlock detected/);
  });

  it('writes an unchanged reading at most once a minute', async () => {
    const workspaceId = await schema.addWorkspace();
    const owner = { workspaceId, connectionId: await schema.addConnection(workspaceId) };
    const [{ id } = { id: '' }] = await postgres.sync(owner, [remote('a')]);
    const versionAfter = async (): Promise<unknown> => {
      await postgres.recordHealth([{ calendarId: id, failure: null }]);
      const [row]: { version: string }[] = await schema.source.query(
        'SELECT xmin::text AS version FROM calendars WHERE id = $1',
        [id],
      );
      return row?.version;
    };
    const first = await versionAfter();
    expect(await versionAfter()).toBe(first);
    await schema.source.query(
      `UPDATE calendars SET health_checked_at = health_checked_at - interval '61 s' WHERE id = $1`,
      [id],
    );
    await versionAfter();
    const checkedAt = (await postgres.find(id, 'all'))?.health.checkedAt ?? 0;
    expect(Date.now() - checkedAt).toBeLessThan(30_000);
  });
});
