import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { DataSource } from 'typeorm';
import { databaseOptions } from '../../src/data-source.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let source: DataSource;

beforeAll(async () => {
  database = await createTestDatabase();
  source = await new DataSource(databaseOptions(database.url)).initialize();
});

afterAll(async () => {
  await source.destroy();
  await database.drop();
});

/** What TypeORM would change to make the tables those of the entities. */
async function differences(): Promise<string[]> {
  const { upQueries } = await source.driver.createSchemaBuilder().log();
  return upQueries.map(({ query }) => query);
}

async function executed(): Promise<string[]> {
  const rows: { name: string }[] = await source.query('SELECT name FROM migrations ORDER BY id');
  return rows.map(({ name }) => name);
}

/** All that migrations can leave behind in the schema. */
async function objects(): Promise<string[]> {
  const rows: { name: string }[] = await source.query(`
    SELECT c.relname AS name FROM pg_class c
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind <> 'i' AND c.relname !~ '^migrations'
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    UNION ALL
    SELECT p.proname FROM pg_proc p
      WHERE p.pronamespace = 'public'::regnamespace
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    ORDER BY name`);
  return rows.map(({ name }) => name);
}

describe('migrations', () => {
  it('are all listed where the service looks for them, in the order of their files', () => {
    const files = readdirSync(new URL('../../migrations/', import.meta.url)).sort();
    const listed = source.migrations.map(({ name = '' }) => /\d{13}$/.exec(name)?.[0]);
    expect(files.map((file) => file.split('-')[0])).toEqual(listed);
  });

  it('make the tables that the entities describe', async () => {
    expect(source.entityMetadatas).not.toHaveLength(0);
    expect(await differences()).toEqual([]);
  });

  it('would show a table that no entity describes any more', async () => {
    await source.query('ALTER TABLE workspaces ADD COLUMN forgotten text');
    try {
      expect(await differences()).toEqual(['ALTER TABLE "workspaces" DROP COLUMN "forgotten"']);
    } finally {
      await source.query('ALTER TABLE workspaces DROP COLUMN forgotten');
    }
  });

  it('can all be taken back, leaving nothing, and made again', async () => {
    const all = await executed();
    const made = await objects();
    expect(all).toHaveLength(source.migrations.length);

    for (const _ of all) await source.undoLastMigration();
    expect(await executed()).toEqual([]);
    expect(await objects()).toEqual([]);

    await source.runMigrations();
    expect(await executed()).toEqual(all);
    expect(await objects()).toEqual(made);
    expect(await differences()).toEqual([]);
  });
});
