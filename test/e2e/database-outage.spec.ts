import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { startGoogleServer, type GoogleServer } from '../../src/sandbox/google-server.js';
import { startCuttingProxy, type CuttingProxy } from '../support/cutting-proxy.js';
import {
  allowConnections,
  createTestDatabase,
  makeReadOnly,
  type TestDatabase,
} from '../support/database.js';
import { operationsOf, type Operation } from '../support/operations.js';
import { expectProblem } from '../support/problems.js';
import { sampleBody } from '../support/sample-body.js';
import { ADMIN_KEY, startService, type Answer, type Service } from '../support/service.js';
import { aWorld, dayFromNow, type World } from '../support/world.js';

/** Two seconds and five, and time to spare for a machine that is busy with other tests. */
const ANSWERED_MS = 3000;
const BACK_MS = 10_000;

let database: TestDatabase;
let google: GoogleServer;
let proxy: CuttingProxy;
let service: Service;
let world: World;
let operations: Operation[];

beforeAll(async () => {
  [database, google] = await Promise.all([createTestDatabase(), startGoogleServer()]);
  proxy = await startCuttingProxy(database.url);
  service = await startService({ databaseUrl: proxy.url, google });
  world = await aWorld(service, google, { accounts: 1 });
  operations = await operationsOf(service);
});

afterAll(async () => {
  await service?.stop();
  await proxy?.close();
  await google?.close();
  await database?.drop();
});

const ask = (what: string, body: unknown): Promise<Answer> =>
  service.call('POST', `/api/calendars/configurations/${world.configurationId}/${what}`, {
    key: world.key,
    body,
  });

const book = (hour = 18): Promise<Answer> =>
  ask('book-appointment', {
    start_time: `${dayFromNow(5)}T${hour}:00:00Z`,
    title: 'Visit',
    attendee_email: 'pat@example.com',
  });

const ready = (): Promise<Answer> => service.call('GET', '/api/health/ready', { key: null });

const untilReady = async (): Promise<void> => {
  const endsAt = performance.now() + BACK_MS;
  while ((await ready()).status !== 200 && performance.now() < endsAt) await delay(50);
  expect(await ready()).toMatchObject({ status: 200 });
};

describe('while the database is away (F48)', () => {
  beforeAll(async () => {
    await allowConnections(database, false);
    google.state.requests.clear();
  });
  afterAll(() => allowConnections(database, true));

  it('every operation that needs it answers 503 in time, and asks nothing of Google', async () => {
    const needing = operations.filter(({ access }) => access !== 'public');
    for (const operation of needing) {
      const startedAt = performance.now();
      const path = operation.path.replaceAll(/\{\w+\}/g, world.configurationId);
      const answer = await service.call(operation.method, path, {
        key: world.key,
        ...(operation.body === null ? {} : { body: sampleBody(operation) }),
      });
      expectProblem(answer, 503, 'service_unavailable');
      expect(performance.now() - startedAt).toBeLessThan(ANSWERED_MS);
    }
    expectProblem(await book(), 503, 'service_unavailable');
    expectProblem(await service.call('GET', '/api/bookings', { key: ADMIN_KEY }), 503, 'service_unavailable');
    expect(google.state.requests.list()).toEqual([]);
  });

  it('many requests at once wait no longer than one', async () => {
    const startedAt = performance.now();
    const answers = await Promise.all(Array.from({ length: 60 }, book));
    expect(performance.now() - startedAt).toBeLessThan(2 * ANSWERED_MS);
    for (const answer of answers) expectProblem(answer, 503, 'service_unavailable');
  });

  it('the process lives but is not ready, and what needs no database works', async () => {
    expect(await service.call('GET', '/api/health/live', { key: null })).toMatchObject({ status: 200 });
    const answer = await ready();
    expectProblem(answer, 503, 'not_ready');
    expect(answer.body.checks.database).toBe('failed');
    expect((await service.call('GET', '/docs', { key: null })).status).toBe(200);
    expectProblem(await service.call('GET', '/api/bookings', { key: null }), 401, 'unauthenticated');
  });
});

describe('when the database is back (F48)', () => {
  it('everything works again within seconds, in the same process', async () => {
    await untilReady();
    expect(service.process.exitCode).toBeNull();
    expect(await book()).toMatchObject({ status: 201, body: { status: 'confirmed' } });
    const bookings = await service.call('GET', '/api/bookings', { key: world.key });
    expect(bookings.body.items).toHaveLength(1);
    expect(service.output()).not.toMatch(/nhandled/);
    expect(service.log().filter(({ event }) => event === 'request.bug')).toEqual([]);
  });
});

const OUTAGES = [
  ['refuses connections', (begins: boolean) => proxy.refuse(begins)],
  ['is read-only', (begins: boolean) => makeReadOnly(database, begins)],
] as const;

describe.each(OUTAGES)('a database that %s (F48)', (_name, outage) => {
  it('is 503 to all that needs it and no insert at Google, and over without a restart', async () => {
    await outage(true);
    google.state.requests.clear();
    const asks = [
      () => ask('check-availability', { date: dayFromNow(5) }),
      () => book(19),
      () => ask('holds', { start_time: `${dayFromNow(5)}T20:00:00Z` }),
    ];
    for (const asked of asks) {
      const startedAt = performance.now();
      const answer = await asked();
      expectProblem(answer, 503, 'service_unavailable');
      expect(answer.headers.get('retry-after')).toBe('5');
      expect(performance.now() - startedAt).toBeLessThan(ANSWERED_MS);
    }
    expectProblem(await ready(), 503, 'not_ready');
    expect(await service.call('GET', '/api/health/live', { key: null })).toMatchObject({ status: 200 });
    expect(google.state.requests.count({ endpoint: 'events.insert' })).toBe(0);

    await outage(false);
    await untilReady();
    const [seen, booked, held] = [await asks[0]?.(), await asks[1]?.(), await asks[2]?.()];
    expect([seen?.status, booked?.status, held?.status]).toEqual([200, 201, 201]);
    // For the next of them.
    await service.call('DELETE', `/api/holds/${held?.body.id}`, { key: world.key });
    await service.call('POST', `/api/bookings/${booked?.body.booking_id}/cancel`, { key: world.key });
    expect(service.process.exitCode).toBeNull();
    expect(service.log().filter(({ event }) => event === 'request.bug')).toEqual([]);
  });
});
