import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { startGoogleServer, type GoogleServer } from '../../src/sandbox/google-server.js';
import { allowConnections, createTestDatabase, type TestDatabase } from '../support/database.js';
import { operationsOf, type Operation } from '../support/operations.js';
import { expectProblem } from '../support/problems.js';
import { sampleBody } from '../support/sample-body.js';
import { ADMIN_KEY, startService, type Answer, type Service } from '../support/service.js';
import { aWorld, dayFromNow, type World } from '../support/world.js';

const ANSWERED_MS = 3000;

let database: TestDatabase;
let google: GoogleServer;
let service: Service;
let world: World;
let operations: Operation[];

beforeAll(async () => {
  [database, google] = await Promise.all([createTestDatabase(), startGoogleServer()]);
  service = await startService({ databaseUrl: database.url, google });
  world = await aWorld(service, google, { accounts: 1 });
  operations = await operationsOf(service);
});

afterAll(async () => {
  await service?.stop();
  await google?.close();
  await database?.drop();
});

const book = (): Promise<Answer> =>
  service.call('POST', `/api/calendars/configurations/${world.configurationId}/book-appointment`, {
    key: world.key,
    body: { start_time: `${dayFromNow(5)}T18:00:00Z`, title: 'Visit', attendee_email: 'pat@example.com' },
  });

describe('while the database is away', () => {
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
    const ready = await service.call('GET', '/api/health/ready', { key: null });
    expectProblem(ready, 503, 'not_ready');
    expect(ready.body.checks.database).toBe('failed');
    expect((await service.call('GET', '/docs', { key: null })).status).toBe(200);
    expectProblem(await service.call('GET', '/api/bookings', { key: null }), 401, 'unauthenticated');
  });
});

describe('when the database is back', () => {
  it('everything works again within seconds, in the same process', async () => {
    const endsAt = performance.now() + 5000;
    let ready = await service.call('GET', '/api/health/ready', { key: null });
    while (ready.status !== 200 && performance.now() < endsAt) {
      await delay(50);
      ready = await service.call('GET', '/api/health/ready', { key: null });
    }
    expect(ready.status).toBe(200);
    expect(service.process.exitCode).toBeNull();
    expect(await book()).toMatchObject({ status: 201, body: { status: 'confirmed' } });
    const bookings = await service.call('GET', '/api/bookings', { key: world.key });
    expect(bookings.body.items).toHaveLength(1);
    expect(service.output()).not.toMatch(/nhandled/);
    expect(service.log().filter(({ event }) => event === 'request.bug')).toEqual([]);
  });
});
