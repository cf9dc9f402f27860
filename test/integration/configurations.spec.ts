import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { CalendarEntity } from '../../src/calendars/persistence/calendar.entity.js';
import type { Configuration, ConfigurationDraft } from '../../src/configurations/configuration.js';
import type { Configurations } from '../../src/configurations/configurations.js';
import { ConfigurationEntity } from '../../src/configurations/persistence/configuration.entity.js';
import { ConflictCalendarEntity } from '../../src/configurations/persistence/conflict-calendar.entity.js';
import { PostgresConfigurations } from '../../src/configurations/persistence/postgres-configurations.js';
import { ConnectionEntity } from '../../src/oauth/persistence/connection.entity.js';
import { FixedClock } from '../../src/shared/clock.js';
import { RandomIds, type Ids } from '../../src/shared/ids.js';
import { WorkspaceEntity } from '../../src/workspaces/persistence/workspace.entity.js';
import { InMemoryConfigurations } from '../fakes/in-memory-configurations.js';
import { aConfiguration } from '../support/a-configuration.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const NOON = Date.UTC(2027, 2, 10, 12);
const ids = new RandomIds();
const UNKNOWN = ids.next();

let database: TestDatabase;
let source: DataSource;
const statements: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  source = new DataSource({
    type: 'postgres',
    url: database.url,
    entities: [
      WorkspaceEntity,
      ConnectionEntity,
      CalendarEntity,
      ConfigurationEntity,
      ConflictCalendarEntity,
    ],
    logger: {
      logQuery: (query) => void statements.push(query),
      logQueryError: () => undefined,
      logQuerySlow: () => undefined,
      logSchemaBuild: () => undefined,
      logMigration: () => undefined,
      log: () => undefined,
    },
    logging: true,
  });
  await source.initialize();
});

afterAll(async () => {
  await source.destroy();
  await database.drop();
});

/** Two workspaces, the first with three calendars, in both worlds. */
interface World {
  readonly configurations: Configurations;
  readonly clock: FixedClock;
  readonly home: string;
  readonly elsewhere: string;
  readonly calendars: readonly [string, string, string];
  readonly theirs: string;
}

const worldIds = (): Omit<World, 'configurations' | 'clock'> => ({
  home: ids.next(),
  elsewhere: ids.next(),
  calendars: [ids.next(), ids.next(), ids.next()],
  theirs: ids.next(),
});

async function memoryWorld(order: Ids = ids): Promise<World> {
  const clock = new FixedClock(NOON);
  return { configurations: new InMemoryConfigurations(order, clock), clock, ...worldIds() };
}

async function postgresWorld(order: Ids = ids): Promise<World> {
  const clock = new FixedClock(NOON);
  const world = worldIds();
  await addWorkspace(world.home, world.calendars);
  await addWorkspace(world.elsewhere, [world.theirs]);
  const rows = source.getRepository(ConfigurationEntity);
  return { configurations: new PostgresConfigurations(rows, order, clock), clock, ...world };
}

async function addWorkspace(workspaceId: string, calendarIds: readonly string[]): Promise<void> {
  const connectionId = ids.next();
  await source.query(`INSERT INTO workspaces (id, name, timezone) VALUES ($1, 'W', 'UTC')`, [workspaceId]);
  await source.query(
    `INSERT INTO connections (id, workspace_id, provider, account_email, auth_status)
     VALUES ($1, $2, 'google', 'ada@example.com', 'active')`,
    [connectionId, workspaceId],
  );
  await source.query(
    `INSERT INTO calendars (id, workspace_id, connection_id, external_id, name, timezone, access_role)
     SELECT id, $2, $3, id::text, 'C', 'UTC', 'owner' FROM unnest($1::uuid[]) AS id`,
    [calendarIds, workspaceId, connectionId],
  );
}

function draft(
  { calendars: [own] }: World,
  differences: Partial<ConfigurationDraft> = {},
): ConfigurationDraft {
  const {
    id: _id,
    workspaceId: _workspaceId,
    createdAt: _at,
    ...usual
  } = aConfiguration({ calendarId: own });
  return { ...usual, ...differences };
}

const names = (rows: readonly Configuration[]) => rows.map(({ name }) => name);

describe.each([
  ['InMemoryConfigurations', memoryWorld],
  ['PostgresConfigurations', postgresWorld],
])('%s', (_, makeWorld) => {
  it('gives back what was added', async () => {
    const world = await makeWorld();
    const [own, second, third] = world.calendars;
    const full = draft(world, {
      conflictCalendarIds: [third, own, second],
      slotIntervalMinutes: 15,
      toMinute: 1440,
      workdays: ['saturday', 'sunday'],
      dateOverrides: [
        { day: 20_901, hours: { fromMinute: 0, toMinute: 1440 } },
        { day: 20_900, hours: null },
      ],
      maxBookingsPerDay: 4,
      meetingLink: 'https://meet.example/room',
      onUnverified: 'block',
    });
    const added = await world.configurations.add(world.home, full);
    expect(added).toEqual({ ...full, id: added.id, workspaceId: world.home, createdAt: NOON });
    expect(await world.configurations.find(added.id, { workspaceId: world.home })).toEqual(added);
  });

  it('gives back nulls and empty lists as such', async () => {
    const world = await makeWorld();
    const added = await world.configurations.add(world.home, draft(world));
    expect(added).toMatchObject({
      conflictCalendarIds: [],
      slotIntervalMinutes: null,
      dateOverrides: [],
      maxBookingsPerDay: null,
      meetingLink: null,
    });
    expect(await world.configurations.find(added.id, 'all')).toEqual(added);
  });

  it('shows a configuration to its own workspace and to the admin only', async () => {
    const world = await makeWorld();
    const { configurations, home, elsewhere } = world;
    const { id } = await configurations.add(home, draft(world));
    const stranger = { workspaceId: elsewhere };
    expect(await configurations.find(id, stranger)).toBeNull();
    expect(await configurations.change(id, stranger, (row) => ({ ...row, name: 'Theirs' }))).toBeNull();
    expect(await configurations.remove(id, stranger)).toBe(false);
    expect((await configurations.list(stranger, { limit: 10 })).items).toEqual([]);
    expect((await configurations.find(id, 'all'))?.name).toBe('Consultation');
    expect(await configurations.find(UNKNOWN, 'all')).toBeNull();
  });

  it('lists page by page, oldest first, each once', async () => {
    const world = await makeWorld();
    const { configurations, clock, home } = world;
    for (const name of ['A', 'B', 'C', 'D', 'E']) {
      await configurations.add(home, draft(world, { name, conflictCalendarIds: [world.calendars[1]] }));
      clock.advance(1);
    }
    const first = await configurations.list({ workspaceId: home }, { limit: 2 });
    expect(names(first.items)).toEqual(['A', 'B']);
    expect(first.items[0]?.conflictCalendarIds).toEqual([world.calendars[1]]);
    const second = await configurations.list(
      { workspaceId: home },
      { limit: 2, cursor: first.next_cursor ?? '' },
    );
    expect(names(second.items)).toEqual(['C', 'D']);
    const last = await configurations.list(
      { workspaceId: home },
      { limit: 2, cursor: second.next_cursor ?? '' },
    );
    expect(names(last.items)).toEqual(['E']);
    expect(last.next_cursor).toBeNull();
  });

  it('changes what the edit returns, but never whose it is', async () => {
    const world = await makeWorld();
    const { configurations, home, calendars } = world;
    const [own, second, third] = calendars;
    const before = await configurations.add(home, draft(world, { conflictCalendarIds: [own, second] }));
    const wanted = {
      name: 'New',
      calendarId: second,
      conflictCalendarIds: [third, second],
      maxBookingsPerDay: 2,
      workdays: ['sunday'],
    } as const;
    const stolen = { id: UNKNOWN, workspaceId: world.elsewhere, createdAt: 0 };
    const after = await configurations.change(before.id, { workspaceId: home }, (row) => ({
      ...row,
      ...stolen,
      ...wanted,
    }));
    expect(after).toEqual({ ...before, ...wanted });
    expect(await configurations.find(before.id, 'all')).toEqual(after);
  });

  it('stays as it was when the edit throws', async () => {
    const world = await makeWorld();
    const before = await world.configurations.add(world.home, draft(world));
    const refused = world.configurations.change(before.id, 'all', () => {
      throw new Error('refused');
    });
    await expect(refused).rejects.toThrow('refused');
    expect(await world.configurations.find(before.id, 'all')).toEqual(before);
  });

  it('removes once, with its conflict calendars', async () => {
    const world = await makeWorld();
    const { configurations, home, calendars } = world;
    const { id } = await configurations.add(home, draft(world, { conflictCalendarIds: [calendars[2]] }));
    expect(await configurations.remove(id, { workspaceId: home })).toBe(true);
    expect(await configurations.remove(id, { workspaceId: home })).toBe(false);
    expect(await configurations.ofCalendars(calendars)).toEqual([]);
  });

  it('tells which configurations use a calendar, each once, oldest first', async () => {
    const world = await makeWorld();
    const { configurations, clock, home } = world;
    const [own, second, third] = world.calendars;
    const plans: Partial<ConfigurationDraft>[] = [
      { name: 'writes to second', calendarId: second, conflictCalendarIds: [second] },
      { name: 'checks second', conflictCalendarIds: [third, second] },
      { name: 'uses first', calendarId: own },
    ];
    for (const plan of plans) {
      await configurations.add(home, draft(world, plan));
      clock.advance(1);
    }
    expect(names(await configurations.ofCalendars([second]))).toEqual(['writes to second', 'checks second']);
    expect(names(await configurations.ofCalendars([third, own]))).toEqual(['checks second', 'uses first']);
    expect(await configurations.ofCalendars([UNKNOWN])).toEqual([]);
    expect(await configurations.ofCalendars([])).toEqual([]);
  });
});

describe('PostgresConfigurations and the rest of the database', () => {
  it('loads a configuration with all of its calendars in one statement', async () => {
    const world = await postgresWorld();
    const conflictCalendarIds = [...world.calendars];
    const { id } = await world.configurations.add(world.home, draft(world, { conflictCalendarIds }));
    statements.length = 0;
    const found = await world.configurations.find(id, { workspaceId: world.home });
    expect(found?.conflictCalendarIds).toEqual(conflictCalendarIds);
    expect(statements).toHaveLength(1);
  });

  it.each([
    ['calendar_id', { calendarId: UNKNOWN }],
    ['conflict_calendar_ids', { conflictCalendarIds: [UNKNOWN] }],
  ])(
    'names %s when its calendar vanished before the write, and writes nothing',
    async (field, differences) => {
      const world = await postgresWorld();
      const refusal = {
        code: 'validation_failed',
        details: { errors: [expect.objectContaining({ field })] },
      };
      await expect(world.configurations.add(world.home, draft(world, differences))).rejects.toMatchObject(
        refusal,
      );
      expect((await world.configurations.list({ workspaceId: world.home }, { limit: 1 })).items).toEqual([]);
      const before = await world.configurations.add(world.home, draft(world));
      const change = world.configurations.change(before.id, 'all', (row) => ({
        ...row,
        name: 'New',
        ...differences,
      }));
      await expect(change).rejects.toMatchObject(refusal);
      expect(await world.configurations.find(before.id, 'all')).toEqual(before);
    },
  );

  it('names workspace_id when the workspace vanished before the write', async () => {
    const world = await postgresWorld();
    await expect(world.configurations.add(UNKNOWN, draft(world))).rejects.toMatchObject({
      details: { errors: [{ field: 'workspace_id', message: 'no such workspace' }] },
    });
  });

  it('loses no change when many are made at once', async () => {
    const world = await postgresWorld();
    const { id } = await world.configurations.add(world.home, draft(world, { minNoticeMinutes: 0 }));
    await Promise.all(
      Array.from({ length: 20 }, () =>
        world.configurations.change(id, 'all', (row) => ({
          ...row,
          minNoticeMinutes: row.minNoticeMinutes + 1,
          conflictCalendarIds: [...world.calendars],
        })),
      ),
    );
    expect(await world.configurations.find(id, 'all')).toMatchObject({
      minNoticeMinutes: 20,
      conflictCalendarIds: world.calendars,
    });
  });

  it('forgets a conflict calendar that is deleted, and goes with its booking calendar', async () => {
    const world = await postgresWorld();
    const [own, second, third] = world.calendars;
    const conflictCalendarIds = [second, third];
    const { id } = await world.configurations.add(world.home, draft(world, { conflictCalendarIds }));
    await source.query('DELETE FROM calendars WHERE id = $1', [second]);
    expect((await world.configurations.find(id, 'all'))?.conflictCalendarIds).toEqual([third]);
    await source.query('DELETE FROM calendars WHERE id = $1', [own]);
    expect(await world.configurations.find(id, 'all')).toBeNull();
  });

  it('declares its tables exactly as the migration made them', async () => {
    const { upQueries } = await source.driver.createSchemaBuilder().log();
    const own = upQueries
      .map(({ query }) => query)
      .filter((query) => /configurations|conflict_calendars/.test(query));
    expect(own).toEqual([]);
  });
});
