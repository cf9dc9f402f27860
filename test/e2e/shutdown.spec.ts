import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Agent, request } from 'node:http';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { startGoogleServer, type GoogleServer } from '../../src/sandbox/google-server.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startService } from '../support/service.js';
import { aWorld, dayFromNow } from '../support/world.js';

describe('the end of the service', () => {
  let database: TestDatabase;
  let google: GoogleServer;

  beforeAll(async () => {
    [database, google] = await Promise.all([createTestDatabase(), startGoogleServer()]);
  });

  afterAll(async () => {
    await google?.close();
    await database?.drop();
  });

  it('lets a request under way end, and does not wait for its connection to go idle (F54)', async () => {
    const service = await startService({ databaseUrl: database.url, google });
    const world = await aWorld(service, google, { accounts: 1 });
    google.state.faults.add({ endpoint: 'freeBusy', effect: { kind: 'latency', ms: 1500 } });
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
});
