import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { Client } from 'pg';
import { startGoogleServer, type GoogleServer } from '../../src/sandbox/google-server.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { safetyConstraint } from '../support/safety-constraint.js';
import { startService, type Service } from '../support/service.js';

/** Stands between the service and its database, and can stop answering without closing anything. */
class Gate {
  #frozen = false;
  readonly #sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async before(databaseUrl: string): Promise<Gate> {
    const target = new URL(databaseUrl);
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const url = new URL(databaseUrl);
    url.port = String(address.port);
    const gate = new Gate(server, url.href);
    server.on('connection', (client) => gate.#join(client, connect(Number(target.port), target.hostname)));
    return gate;
  }

  freeze(frozen: boolean): void {
    this.#frozen = frozen;
    for (const socket of this.#sockets)
      if (frozen) socket.pause();
      else socket.resume();
  }

  /** Refuses connections from now on. */
  async shut(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  #join(client: Socket, database: Socket): void {
    for (const [from, to] of [
      [client, database],
      [database, client],
    ] as const) {
      this.#sockets.add(from);
      from.on('data', (chunk) => to.write(chunk));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      if (this.#frozen) from.pause();
    }
  }
}

describe('readiness', () => {
  let database: TestDatabase;
  let google: GoogleServer;
  let gate: Gate;
  let service: Service;
  let db: Client;

  beforeAll(async () => {
    [database, google] = await Promise.all([createTestDatabase(), startGoogleServer()]);
    gate = await Gate.before(database.url);
    service = await startService({ databaseUrl: gate.url, google });
    db = new Client({ connectionString: database.url });
    await db.connect();
  });

  afterAll(async () => {
    await service?.stop();
    await gate?.shut();
    await db?.end();
    await google?.close();
    await database?.drop();
  });

  afterEach(() => gate.freeze(false));

  const live = () => service.call('GET', '/api/health/live', { key: null });
  const ready = () => service.call('GET', '/api/health/ready', { key: null });

  it('is public, and names what it looked at', async () => {
    expect(await live()).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await ready()).toMatchObject({
      status: 200,
      body: { status: 'ok', checks: { database: 'ok', migrations: 'ok', constraints: 'ok' } },
    });
  });

  it('ends while a migration of this version has not run', async () => {
    await db.query('CREATE TABLE kept AS SELECT * FROM migrations');
    await db.query('DELETE FROM migrations WHERE id = (SELECT max(id) FROM migrations)');
    const answer = await ready();
    await db.query('TRUNCATE migrations');
    await db.query('INSERT INTO migrations SELECT * FROM kept');
    expect(answer).toMatchObject({
      status: 503,
      body: { checks: { migrations: 'failed', constraints: 'ok' } },
    });
    expect((await ready()).status).toBe(200);
  });

  it('does not mind a migration that it does not know', async () => {
    await db.query(`INSERT INTO migrations (timestamp, name) VALUES (9999999999999, 'FromTheFuture')`);
    expect((await ready()).status).toBe(200);
  });

  it('ends when the constraint against double bookings is missing, says something else or does not hold (F52)', async () => {
    const constraint = await safetyConstraint(db);
    await db.query('UPDATE pg_index SET indisvalid = false WHERE indexrelid = $1::regclass', [
      'ex_slot_claims_no_overlap',
    ]);
    expect(await ready()).toMatchObject({ status: 503, body: { checks: { constraints: 'failed' } } });
    await constraint.drop();
    const answer = await ready();
    expect(answer).toMatchObject({
      status: 503,
      body: {
        status: 503,
        code: 'not_ready',
        checks: { database: 'ok', migrations: 'ok', constraints: 'failed' },
        retry_after_seconds: 5,
      },
    });
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.headers.get('retry-after')).toBe('5');
    await constraint.replace('EXCLUDE USING gist (calendar_id WITH =, during WITH &&)');
    expect(await ready()).toMatchObject({ status: 503, body: { checks: { constraints: 'failed' } } });
    await constraint.restore();
    expect((await ready()).status).toBe(200);
  });

  it('ends within two seconds when the database hangs, while the process counts as alive', async () => {
    gate.freeze(true);
    const startedAt = performance.now();
    const answer = await ready();
    expect(performance.now() - startedAt).toBeLessThan(2000);
    expect(answer).toMatchObject({
      status: 503,
      body: { checks: { database: 'failed', migrations: 'unknown', constraints: 'unknown' } },
    });
    expect((await live()).status).toBe(200);
    gate.freeze(false);
    expect((await ready()).status).toBe(200);
  });

  it('ends when the database is gone, while the process counts as alive', async () => {
    await gate.shut();
    const startedAt = performance.now();
    expect(await ready()).toMatchObject({ status: 503, body: { checks: { database: 'failed' } } });
    expect(performance.now() - startedAt).toBeLessThan(2000);
    expect((await live()).status).toBe(200);
  });
});
