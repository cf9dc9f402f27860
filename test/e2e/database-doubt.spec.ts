import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { startGoogleServer, type GoogleServer } from '../../src/sandbox/google-server.js';
import { at, Caller, liveEvents } from '../support/booking-scene.js';
import { startCuttingProxy, type CuttingProxy } from '../support/cutting-proxy.js';
import { allowConnections, createTestDatabase, type TestDatabase } from '../support/database.js';
import { expectProblem } from '../support/problems.js';
import { startService, type Service } from '../support/service.js';
import { aWorld, control } from '../support/world.js';

let database: TestDatabase;
let google: GoogleServer;
let proxy: CuttingProxy;
let service: Service;
let admin: Client;
let visitor: Caller;

beforeAll(async () => {
  [database, google] = await Promise.all([createTestDatabase(), startGoogleServer()]);
  proxy = await startCuttingProxy(database.url);
  service = await startService({ databaseUrl: proxy.url, google });
  admin = new Client({ connectionString: database.url });
  await admin.connect();
  await admin.query('CREATE SEQUENCE refusals');
});

afterAll(async () => {
  await admin?.end();
  await service?.stop();
  await proxy?.close();
  await google?.close();
  await database?.drop();
});

beforeEach(async () => {
  google.state.requests.clear();
  visitor = new Caller(
    service,
    await aWorld(service, google, { accounts: 1, configuration: { timezone: 'UTC' } }),
  );
});

const pidOf = async (client: Client): Promise<number> =>
  (await client.query('SELECT pg_backend_pid() AS pid')).rows[0].pid;

const rows = async (): Promise<unknown[]> => {
  const sql = 'SELECT status FROM bookings WHERE workspace_id = $1';
  return (await admin.query(sql, [visitor.world.workspaceId])).rows;
};

describe('a connection that breaks after the commit (F50)', () => {
  const STATEMENTS = [
    ['the claim', 'INSERT INTO bookings'],
    ['the confirmation', `SET status = 'confirmed'`],
  ] as const;

  it.each(STATEMENTS)('of %s: what is stored counts', async (_name, statement) => {
    const before = proxy.cuts();
    proxy.cutAfter(statement);
    const booked = await visitor.book({ start_time: at('10:00') }, 'the-key');
    expect(proxy.cuts()).toBe(before + 1);
    expect(booked).toMatchObject({ status: 201, body: { status: 'confirmed' } });
    expect(await visitor.book({ start_time: at('10:00') }, 'the-key')).toMatchObject({
      status: 201,
      body: { booking_id: booked.body.booking_id },
    });
    expect(await rows()).toEqual([{ status: 'confirmed' }]);
    expect(liveEvents(google, visitor.world)).toHaveLength(1);
  });

  it('of a move: the booking has moved', async () => {
    const { booking_id: id } = (await visitor.book({ start_time: at('10:00') })).body;
    proxy.cutAfter('moved_from_start_at = start_at');
    expect(await visitor.reschedule(id, { start_time: at('14:00') })).toMatchObject({
      status: 200,
      body: { status: 'confirmed', start_time: at('14:00') },
    });
    const [event, ...others] = liveEvents(google, visitor.world);
    expect(Date.parse(event?.start.dateTime ?? '')).toBe(Date.parse(at('14:00')));
    expect(others).toEqual([]);
  });

  it('of a cancellation: it is cancelled', async () => {
    const { booking_id: id } = (await visitor.book({ start_time: at('10:00') })).body;
    proxy.cutAfter(`SET status = 'cancelled'`);
    expect(await visitor.cancel(id)).toMatchObject({ status: 200, body: { status: 'cancelled' } });
    expect(liveEvents(google, visitor.world)).toEqual([]);
  });
});

describe('a rotated token whose write the database does not answer (F50)', () => {
  const WRITE = 'refresh_token = coalesce($4, refresh_token)';

  const rotate = (on: boolean): Promise<unknown> =>
    control(google, 'POST', '/sandbox/settings', { rotate_refresh_tokens: on });

  beforeEach(() => rotate(true));
  afterEach(() => rotate(false));

  const expire = (): Promise<unknown> =>
    admin.query(`UPDATE connections SET token_expires_at = now() - interval '1 s',
      last_refreshed_at = now() - interval '1 h'`);

  const version = async (): Promise<number> => {
    const sql = 'SELECT token_version FROM connections WHERE workspace_id = $1';
    return (await admin.query(sql, [visitor.world.workspaceId])).rows[0].token_version;
  };

  /** Its connection ends on the way, and for a moment there is no other. */
  const loseWrite = async (): Promise<void> => {
    const write = proxy.hold([WRITE], 'before');
    await write.reached;
    await allowConnections(database, false, await pidOf(admin));
    write.release();
    await allowConnections(database, true);
  };

  const DOUBTS = [
    ['was committed', () => proxy.cutAfter(WRITE)],
    ['never arrived', () => void loseWrite()],
  ] as const;

  it.each(DOUBTS)('is not lost when the write %s', async (_name, doubt) => {
    const before = await version();
    await expire();
    doubt();
    expect(await visitor.offered()).toContain('10:00');
    expect(await version()).toBe(before + 1);
    // The one before it has ended at Google, so that only the stored one can get the next.
    await expire();
    expect(await visitor.offered()).toContain('10:00');
    const refreshes = google.state.requests.list().filter(({ endpoint }) => endpoint === 'token.refresh');
    expect(refreshes.map(({ status }) => status)).toEqual([200, 200]);
  });
});

describe('a statement that others are in the way of (F49)', () => {
  /** The first `times` statements that write a claim are rolled back with `state`. */
  const refuse = async (state: string, times: number): Promise<void> => {
    await admin.query(`
      ALTER SEQUENCE refusals RESTART;
      CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF nextval('refusals') <= ${times} THEN RAISE EXCEPTION 'not now' USING ERRCODE = '${state}'; END IF;
        RETURN NEW;
      END $$;
      CREATE OR REPLACE TRIGGER refuse BEFORE INSERT ON slot_claims FOR EACH ROW EXECUTE FUNCTION refuse()`);
  };

  afterAll(() => admin.query('DROP TRIGGER IF EXISTS refuse ON slot_claims'));

  it.each(['40001', '40P01', '55P03', '57014'])('%s is repeated', async (state) => {
    await refuse(state, 3);
    expect(await visitor.book({ start_time: at('10:00') })).toMatchObject({ status: 201 });
    expect(await rows()).toEqual([{ status: 'confirmed' }]);
  });

  it.each(['40001', '40P01', '55P03', '57014'])('%s for ever is 503, and nothing is left', async (state) => {
    await refuse(state, 1000);
    expectProblem(await visitor.book({ start_time: at('10:00') }), 503, 'service_unavailable');
    expect(await rows()).toEqual([]);
    expect(google.state.requests.count({ endpoint: 'events.insert' })).toBe(0);
  });
});
