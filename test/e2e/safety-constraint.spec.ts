import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { startGoogleServer, type GoogleServer } from '../../src/sandbox/google-server.js';
import { at, Caller } from '../support/booking-scene.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { expectProblem } from '../support/problems.js';
import { safetyConstraint, type SafetyConstraint } from '../support/safety-constraint.js';
import { startService, type Service } from '../support/service.js';
import { aWorld } from '../support/world.js';

let database: TestDatabase;
let google: GoogleServer;
let service: Service;
let admin: Client;
let constraint: SafetyConstraint;

beforeAll(async () => {
  [database, google] = await Promise.all([createTestDatabase(), startGoogleServer()]);
  service = await startService({ databaseUrl: database.url, google });
  admin = new Client({ connectionString: database.url });
  await admin.connect();
  constraint = await safetyConstraint(admin);
});

afterAll(async () => {
  await admin?.end();
  await service?.stop();
  await google?.close();
  await database?.drop();
});

const DAMAGES = [
  ['missing', () => constraint.drop()],
  ['another', () => constraint.replace('EXCLUDE USING gist (calendar_id WITH =, during WITH &&)')],
] as const;

describe.each(DAMAGES)('with the constraint against double bookings %s (F52)', (_name, damage) => {
  let visitor: Caller;
  let bookingId: string;

  beforeEach(async () => {
    const world = await aWorld(service, google, { accounts: 1, configuration: { timezone: 'UTC' } });
    visitor = new Caller(service, world);
    bookingId = (await visitor.book({ start_time: at('09:00') })).body.booking_id;
    await damage();
    google.state.requests.clear();
  });

  afterEach(() => constraint.restore());

  const claims = [
    ['a booking', 201, () => visitor.book({ start_time: at('10:00') })],
    ['a hold', 201, () => visitor.hold({ start_time: at('11:00') })],
    ['a move', 200, () => visitor.reschedule(bookingId, { start_time: at('12:00') })],
  ] as const;

  it.each(claims)('%s is refused, and works once it is back', async (_claim, status, claim) => {
    const refused = await claim();
    expectProblem(refused, 503, 'service_unavailable');
    expect(refused.headers.get('retry-after')).toBe('5');
    const writes = google.state.requests.list().filter(({ endpoint }) => endpoint.startsWith('events.'));
    expect(writes).toEqual([]);
    expect(await visitor.show(bookingId)).toMatchObject({
      body: { status: 'confirmed', start_time: at('09:00') },
    });
    await constraint.restore();
    expect(await claim()).toMatchObject({ status });
  });

  it('the service starts, says so, is not ready, and offers times', async () => {
    const started = await startService({ databaseUrl: database.url, google, until: 'live' });
    try {
      const said = started.log().filter(({ event }) => event === 'database.unguarded');
      expect(said).toMatchObject([{ level: 'error', message: expect.stringContaining('no_overlap') }]);
      expectProblem(await started.call('GET', '/api/health/ready', { key: null }), 503, 'not_ready');
      const offered = await new Caller(started, visitor.world).offered();
      expect(offered).toContain('10:00');
      await constraint.restore();
      expect(await started.call('GET', '/api/health/ready', { key: null })).toMatchObject({ status: 200 });
    } finally {
      await started.stop();
    }
  });
});
