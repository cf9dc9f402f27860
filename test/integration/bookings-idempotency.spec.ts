import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import type { IdempotencyKeys, KeyedRequest } from '../../src/booking/idempotency-keys.js';
import { IdempotencyKeyEntity } from '../../src/booking/persistence/idempotency-key.entity.js';
import { PostgresIdempotencyKeys } from '../../src/booking/persistence/postgres-idempotency-keys.js';
import { databaseOptions } from '../../src/data-source.js';
import { RandomIds } from '../../src/shared/ids.js';
import { InMemoryIdempotencyKeys } from '../fakes/in-memory-idempotency-keys.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const LEASE_MS = 60_000;
const ids = new RandomIds();

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

const inPostgres = (): IdempotencyKeys =>
  new PostgresIdempotencyKeys(source.getRepository(IdempotencyKeyEntity));

async function aRequest(): Promise<KeyedRequest> {
  const workspaceId = ids.next();
  await source.query(`INSERT INTO workspaces (id, name, timezone) VALUES ($1, 'W', 'UTC')`, [workspaceId]);
  return { workspaceId, key: 'the key', hash: 'book a' };
}

describe.each([
  ['InMemoryIdempotencyKeys', (): IdempotencyKeys => new InMemoryIdempotencyKeys()],
  ['PostgresIdempotencyKeys', inPostgres],
])('%s', (_, make) => {
  let keys: IdempotencyKeys;
  let request: KeyedRequest;

  beforeEach(async () => {
    keys = make();
    request = await aRequest();
  });

  const begin = (differences: Partial<KeyedRequest> = {}, bookingId = ids.next(), leaseMs = LEASE_MS) =>
    keys.begin({ ...request, ...differences }, bookingId, leaseMs);

  it('gives a key to the first, and says of it what it is in', async () => {
    const bookingId = ids.next();
    expect(await begin({}, bookingId)).toEqual({ state: 'first', bookingId });
    expect(await begin()).toEqual({ state: 'running' });
    expect(await begin({ hash: 'book b' })).toEqual({ state: 'other_request' });
    expect(await begin({ key: 'another' })).toMatchObject({ state: 'first' });
    expect(await begin({ workspaceId: (await aRequest()).workspaceId })).toMatchObject({ state: 'first' });
  });

  it('gives a key to one of many', async () => {
    const turns = await Promise.all(Array.from({ length: 10 }, () => begin()));
    expect(turns.map(({ state }) => state).filter((state) => state === 'first')).toHaveLength(1);
    expect(turns.map(({ state }) => state).filter((state) => state === 'running')).toHaveLength(9);
  });

  it('keeps the answer, to the letter', async () => {
    await begin();
    const answer = { status: 201, body: { b: 1, a: [null, 'Zoë', { z: 0.1 }] } };
    await keys.settle(request, answer);
    const turn = await begin();
    expect(turn).toEqual({ state: 'answered', answer });
    expect(JSON.stringify('answer' in turn && turn.answer)).toBe(JSON.stringify(answer));
    expect(await begin({ hash: 'book b' })).toEqual({ state: 'other_request' });
  });

  it('keeps the first answer', async () => {
    await begin();
    await keys.settle(request, { status: 201, body: 'first' });
    await keys.settle(request, { status: 201, body: 'late' });
    await keys.release({ ...request, key: 'another' });
    expect(await begin()).toMatchObject({ answer: { body: 'first' } });
  });

  it('is free again after a refusal, also for another request', async () => {
    await begin();
    await keys.release(request);
    expect(await begin({ hash: 'book b' })).toMatchObject({ state: 'first' });
  });

  it('goes to the same request again when its owner is gone, with the booking id it had', async () => {
    const bookingId = ids.next();
    await begin({}, bookingId, 0);
    expect(await begin({ hash: 'book b' })).toEqual({ state: 'other_request' });
    expect(await begin()).toEqual({ state: 'again', bookingId });
    expect(await begin()).toEqual({ state: 'running' });
  });
});

describe('PostgresIdempotencyKeys', () => {
  const made = async (status: string): Promise<{ request: KeyedRequest; bookingId: string }> => {
    const request = await aRequest();
    const bookingId = ids.next();
    await inPostgres().begin(request, bookingId, LEASE_MS);
    await source.query(
      `WITH connection AS (
         INSERT INTO connections (id, workspace_id, provider, account_email, auth_status)
         VALUES ($2, $2, 'google', 'ada@example.com', 'active') RETURNING id
       ), calendar AS (
         INSERT INTO calendars (id, workspace_id, connection_id, external_id, name, timezone, access_role)
         SELECT $2, $2, id, 'ada@example.com', 'Ada', 'UTC', 'owner' FROM connection RETURNING id
       )
       INSERT INTO bookings (id, workspace_id, calendar_id, config_name, status, start_at, end_at, timezone, title,
         attendee_email, meeting_type, create_meet_link, event_id)
       SELECT $1, $2, id, 'C', $3, now(), now() + interval '1 h', 'UTC', 'T', 'pat@example.com', 'phone', false, 'e'
       FROM calendar`,
      [bookingId, request.workspaceId, status],
    );
    return { request, bookingId };
  };

  it('keeps a key under which a booking stands, and lets the next request take it up at once', async () => {
    const { request, bookingId } = await made('pending');
    await inPostgres().release(request);
    expect(await inPostgres().begin(request, ids.next(), LEASE_MS)).toEqual({ state: 'again', bookingId });
  });

  it('frees a key whose booking failed', async () => {
    const { request } = await made('failed');
    await inPostgres().release(request);
    expect(await inPostgres().begin(request, ids.next(), LEASE_MS)).toMatchObject({ state: 'first' });
  });

  it('forgets keys after 24 hours', async () => {
    const [old, young] = [await aRequest(), await aRequest()];
    for (const request of [old, young]) await inPostgres().begin(request, ids.next(), LEASE_MS);
    await source.query(
      `UPDATE idempotency_keys SET created_at = now() - interval '24 h' WHERE workspace_id = $1`,
      [old.workspaceId],
    );
    expect(await inPostgres().forget()).toBe(1);
    const left = await source.query('SELECT key FROM idempotency_keys WHERE workspace_id = ANY ($1)', [
      [old.workspaceId, young.workspaceId],
    ]);
    expect(left).toHaveLength(1);
  });
});
