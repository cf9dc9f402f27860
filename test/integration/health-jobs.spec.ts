import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { startGoogleServer, type GoogleServer } from '../../src/sandbox/google-server.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startService, type LogLine, type Service } from '../support/service.js';
import { aWorld, control } from '../support/world.js';

const EVERY_SECOND = '* * * * * *';
const NEVER = '0 0 29 2 *';
const PATIENCE_MS = 10_000;

describe('scheduled health work', () => {
  let database: TestDatabase;
  let google: GoogleServer;
  let db: Client;
  let service: Service | undefined;

  beforeAll(async () => {
    [database, google] = await Promise.all([createTestDatabase(), startGoogleServer()]);
    db = new Client({ connectionString: database.url });
    await db.connect();
  });

  afterAll(async () => {
    await service?.stop();
    await db?.end();
    await google?.close();
    await database?.drop();
  });

  async function restarted(crons: Readonly<Record<string, string>>): Promise<Service> {
    await service?.stop();
    const all = {
      HEALTH_CHECK_CRON: NEVER,
      TOKEN_REFRESH_CRON: NEVER,
      CLEANUP_CRON: NEVER,
      RECONCILE_CRON: NEVER,
    };
    const env = { SCHEDULER_ENABLED: 'true', ...all, ...crons };
    service = await startService({ databaseUrl: database.url, google, env });
    return service;
  }

  async function line(running: Service, event: string): Promise<LogLine> {
    const endsAt = performance.now() + PATIENCE_MS;
    while (performance.now() < endsAt) {
      const found = running.log().find((one) => one.event === event);
      if (found !== undefined) return found;
      await delay(50);
    }
    throw new Error(`No ${event} within ${PATIENCE_MS} ms:\n${running.output()}`);
  }

  it('checks all calendars and logs one line of counts', async () => {
    const running = await restarted({});
    const world = await aWorld(running, google, { accounts: 2 });
    await control(google, 'DELETE', `/sandbox/calendars/${world.calendars[1]?.externalId}`);
    expect(await line(await restarted({ HEALTH_CHECK_CRON: EVERY_SECOND }), 'health.checked')).toMatchObject({
      level: 'info',
      connections: 2,
      failed_connections: 1,
      calendars: 2,
      failed_calendars: 1,
    });
    const { rows } = await db.query('SELECT health_status FROM calendars ORDER BY health_status');
    expect(rows).toEqual([{ health_status: 'healthy' }, { health_status: 'unhealthy' }]);
  });

  it('refreshes tokens that are about to expire', async () => {
    await db.query(`UPDATE connections SET token_expires_at = now() + interval '10 seconds',
      last_refreshed_at = now() - interval '1 hour'`);
    const running = await restarted({ TOKEN_REFRESH_CRON: EVERY_SECOND });
    expect(await line(running, 'tokens.swept')).toMatchObject({ checked: 2, refreshed: 2, failed: 0 });
    const { rows } = await db.query(
      `SELECT count(*)::int AS fresh FROM connections WHERE token_expires_at > now() + interval '30 minutes'`,
    );
    expect(rows).toEqual([{ fresh: 2 }]);
  });

  it('removes sign-ins that nobody finished and busy times of days that are over', async () => {
    await db.query(`INSERT INTO oauth_states (state_hash, workspace_id, provider, code_verifier, expires_at)
      SELECT '\\x01', id, 'google', '', now() - interval '1 day' FROM workspaces LIMIT 1`);
    await db.query(`INSERT INTO busy_days (calendar_id, day, busy, read_at)
      SELECT id, 1000, '{}', now() FROM calendars LIMIT 1`);
    const running = await restarted({ CLEANUP_CRON: EVERY_SECOND });
    expect(await line(running, 'cleanup.done')).toMatchObject({ oauth_states: 1, busy_days: 1 });
  });

  it('removes history that had its time', async () => {
    await db.query(`INSERT INTO calendar_checks (calendar_id, at, duration_ms)
      SELECT id, now() - days * interval '1 day', 5 FROM calendars, unnest('{29, 31, 400}'::int[]) AS days`);
    await db.query(`INSERT INTO calendar_outages (calendar_id, started_at, ended_at, category)
      SELECT id, now() - days * interval '1 day', now() - days * interval '1 day', 'rate_limited'
      FROM calendars, unnest('{31, 400}'::int[]) AS days`);
    const running = await restarted({ CLEANUP_CRON: EVERY_SECOND });
    expect(await line(running, 'history.forgotten')).toMatchObject({ checks: 4, check_hours: 0, outages: 2 });
  });
});
