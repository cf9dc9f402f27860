import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { prepared, PreparingClient } from '../../src/shared/prepared-statements.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let client: PreparingClient;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new PreparingClient({ connectionString: database.url });
  await client.connect();
});

afterAll(async () => {
  await client?.end();
  await database?.drop();
});

const rows = async (statement: string, values: unknown[] = []): Promise<unknown[]> =>
  (await client.query(statement, values)).rows;

const kept = (): Promise<unknown[]> => rows('SELECT name FROM pg_prepared_statements ORDER BY name');

describe('a prepared statement', () => {
  it('is planned once for a connection, and answers as any other', async () => {
    const sum = prepared('sum', 'SELECT $1::int + $2::int AS sum');
    expect(await rows(sum, [1, 2])).toEqual([{ sum: 3 }]);
    expect(await rows(sum, [3, 4])).toEqual([{ sum: 7 }]);
    expect(await kept()).toEqual([{ name: 'sum' }]);
  });

  it('that failed can be repeated', async () => {
    const ratio = prepared('ratio', 'SELECT $1::int / $2::int AS ratio');
    await expect(rows(ratio, [1, 0])).rejects.toThrow('division by zero');
    expect(await rows(ratio, [6, 3])).toEqual([{ ratio: 2 }]);
  });

  it('is only what has a name', async () => {
    const before = await kept();
    expect(await rows('SELECT $1::int AS one', [1])).toEqual([{ one: 1 }]);
    expect(await kept()).toEqual(before);
  });
});
