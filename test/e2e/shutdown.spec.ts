import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Agent, request } from 'node:http';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { startGoogleServer, type GoogleServer } from '../../src/sandbox/google-server.js';
import { disagreements } from '../support/agreement.js';
import { at, Caller, eventually, liveEvents } from '../support/booking-scene.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startService, type Service } from '../support/service.js';
import { aWorld, dayFromNow } from '../support/world.js';

/** A connection that is refused is no answer either. */
const isReady = async (service: Service): Promise<boolean> => {
  const answer = await service.call('GET', '/api/health/ready', { key: null }).catch(() => null);
  return answer?.status === 200;
};

describe('the end of the service', () => {
  let database: TestDatabase;
  let google: GoogleServer;
  let db: Client;

  beforeAll(async () => {
    [database, google] = await Promise.all([createTestDatabase(), startGoogleServer()]);
    db = new Client({ connectionString: database.url });
    await db.connect();
  });

  afterAll(async () => {
    await db?.end();
    await google?.close();
    await database?.drop();
  });

  it('lets a request under way end, and does not wait for its connection to go idle (F54)', async () => {
    const service = await startService({ databaseUrl: database.url, google });
    const world = await aWorld(service, google, { accounts: 1 });
    google.state.faults.add({ endpoint: 'freeBusy', effect: { kind: 'latency', ms: 1500 } });
    google.state.requests.clear();
    const agent = new Agent({ keepAlive: true });
    const asked = request(
      `${service.url}/api/calendars/configurations/${world.configurationId}/check-availability`,
      {
        agent,
        method: 'POST',
        headers: { Authorization: `Bearer ${world.key}`, 'Content-Type': 'application/json' },
      },
    );
    asked.end(JSON.stringify({ date: dayFromNow(3) }));
    const answered = once(asked, 'response');
    while (google.state.requests.count({ endpoint: 'freeBusy' }) === 0) await delay(20);

    const ended = service.stop();
    const [answer] = await answered;
    answer.resume();
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['connection']).toBe('close');
    expect(await ended).toBe(0);
    agent.destroy();
  });

  it('under load takes no more, answers all that it took, and loses no booking (F54)', async () => {
    const service = await startService({ databaseUrl: database.url, google });
    const worlds = await Promise.all(
      Array.from({ length: 3 }, () =>
        aWorld(service, google, { accounts: 1, configuration: { timezone: 'UTC' } }),
      ),
    );
    const callers = worlds.map((world) => new Caller(service, world));
    const { faults, requests } = google.state;
    // A refresh is under way as well, and its lease is given back.
    await db.query(`UPDATE connections SET token_expires_at = now() - interval '1 s' WHERE id = $1`, [
      worlds[0]?.connections[0]?.id,
    ]);
    faults.clear();
    faults.add({ endpoint: 'token.refresh', effect: { kind: 'latency', ms: 1500 } });
    faults.add({ endpoint: 'freeBusy', effect: { kind: 'latency', ms: 300 } });
    faults.add({ endpoint: 'events.insert', effect: { kind: 'latency', ms: 4000 } });
    requests.clear();

    let answered = 0;
    const asked = callers.flatMap((caller) => [
      ...['10:00', '11:00', '12:00', '13:00'].map((time) => caller.book({ start_time: at(time) })),
      ...Array.from({ length: 4 }, (_, n) => caller.availability(dayFromNow(4 + n, 'UTC'))),
    ]);
    const answers = Promise.all(asked.map((answer) => answer.finally(() => (answered += 1))));
    while (requests.count({ endpoint: 'events.insert' }) < 8) await delay(20);

    const ended = service.stop();
    while (await isReady(service)) await delay(5);
    expect(answered).toBeLessThan(asked.length);
    const late = await callers[0]?.list().catch(() => null);
    expect([undefined, 503]).toContain(late?.status);
    const statuses = (await answers).map(({ status }) => status);
    expect(await ended).toBe(0);
    expect(statuses.filter((status) => ![200, 201, 202, 503].includes(status))).toEqual([]);
    const leased = 'SELECT FROM connections WHERE refresh_lease_until > now()';
    expect((await db.query(leased)).rows).toEqual([]);

    faults.clear();
    const next = await startService({
      databaseUrl: database.url,
      google,
      env: { SCHEDULER_ENABLED: 'true', RECONCILE_CRON: '* * * * * *' },
    });
    try {
      const query = async (sql: string, values: unknown[] = []) => (await db.query(sql, values)).rows;
      await eventually(async () => expect(await disagreements({ query, google }, worlds)).toEqual([]));
      for (const { status, body } of await answers) {
        if (body.booking_id === undefined || status === 503) continue;
        const sql = 'SELECT status FROM bookings WHERE id = $1';
        expect(await query(sql, [body.booking_id])).toEqual([{ status: 'confirmed' }]);
      }
      const booked = statuses.filter((status) => [201, 202].includes(status));
      expect(booked.length).toBeGreaterThan(0);
      const events = worlds.flatMap((world) => liveEvents(google, world));
      expect(events.length).toBeGreaterThanOrEqual(booked.length);
    } finally {
      await next.stop();
    }
  });
});
