import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { revokedGrant } from '../support/a-failure.js';
import { ConsentFlow } from '../support/consent-flow.js';
import { FaultBench, nth, until } from '../support/fault-bench.js';
import { startService, type Answer } from '../support/service.js';
import { control, type World } from '../support/world.js';

const DAY_MS = 86_400_000;
const PUBLISH = 'Publish the OAuth client (set its publishing status to In production)';

/** Authorizations whose time is limited, and how a limit of seven days shows an OAuth client in testing. */
describe('authorizations that end', () => {
  let bench: FaultBench;
  let world: World;
  let other: World;

  beforeAll(async () => {
    bench = await FaultBench.start();
    world = await bench.world({ accounts: 2 });
    other = await bench.world({ accounts: 1 });
  });

  beforeEach(async () => {
    await bench.heal();
    await bench.db.query('UPDATE connections SET consented_at = now(), refresh_token_expires_at = NULL');
  });

  afterAll(() => bench?.stop());

  const report = (of: World): Promise<Answer> =>
    bench.service.call('GET', '/api/calendar-health', { key: of.key });
  const adminReport = (): Promise<Answer> => bench.service.call('GET', '/api/admin/calendar-health');

  /** The connection stopped `days` after its consent, `daysAgo`. */
  async function stopped(connectionId: string, days: number, daysAgo: number): Promise<void> {
    await bench.db.query(
      `INSERT INTO connection_events (connection_id, kind, failure, consented_at, at)
       VALUES ($1, 'needs_reauth', $2, now() - ($3::float8 + $4::float8) * interval '1 day', now() - $4::float8 * interval '1 day')`,
      [connectionId, JSON.stringify(revokedGrant()), days, daysAgo],
    );
  }

  async function endsIn(connectionId: string, days: number, consentedDaysAgo = 0): Promise<void> {
    await bench.db.query(
      `UPDATE connections SET refresh_token_expires_at = now() + $2 * interval '1 day',
         consented_at = now() - $3 * interval '1 day' WHERE id = $1`,
      [connectionId, days, consentedDaysAgo],
    );
  }

  const connectionOf = (of: World, index: number): string => nth(of.connections, index).id;

  async function consentAgain(index: number): Promise<void> {
    const { id, account } = nth(world.connections, index);
    const flow = new ConsentFlow(bench, world.key);
    const answer = await flow.visit(await flow.consent({ connection_id: id }, { account }));
    expect(answer.status).toBe(200);
  }

  it('F12: a lifetime that the consent announces is stored, warned of three days ahead, and over with the next consent', async () => {
    const { id, account } = nth(world.connections, 1);
    await control(bench.google, 'POST', '/sandbox/settings', { refresh_token_lifetime_seconds: 5 * 86_400 });
    await consentAgain(1);
    expect((await report(world)).body).toMatchObject({ issues: [], recommendations: [] });
    await endsIn(id, 2.5);
    const { body } = await report(world);
    expect(body).toMatchObject({
      status: 'healthy',
      totals: { unhealthy_calendars: 0 },
      issues: [
        {
          connection_id: id,
          calendar_id: null,
          account_email: account,
          category: 'expired_tokens',
          severity: 'warning',
          message: expect.stringMatching(/^The authorization of the account ends at \d{4}-\d\d-\d\dT.*Z\.$/),
          resolution: expect.stringContaining('before then'),
          reauth_url: expect.stringContaining(`/api/oauth/google/reauthorize?link=${id}`),
        },
      ],
      recommendations: [
        {
          priority: 1,
          category: 'expired_tokens',
          message: `The authorization of ${account} runs out; 1 configuration and 0 upcoming bookings depend on it.`,
          affected: { calendars: 1, configurations: 1, upcoming_bookings: 0 },
        },
      ],
    });
    const hoursAgo = (Date.now() - Date.parse(body.issues[0].since)) / 3_600_000;
    expect(Math.round(hoursAgo)).toBe(12);
    await control(bench.google, 'POST', '/sandbox/settings', { refresh_token_lifetime_seconds: 7 * 86_400 });
    await consentAgain(1);
    const [row] = (
      await bench.db.query<{ lasts: number }>(
        `SELECT extract(epoch FROM refresh_token_expires_at - consented_at)::float8 AS lasts
         FROM connections WHERE id = $1`,
        [id],
      )
    ).rows;
    expect(Math.round((row?.lasts ?? 0) / 60)).toBe(7 * 24 * 60);
    expect((await report(world)).body).toMatchObject({
      issues: [],
      recommendations: [
        {
          message: expect.stringContaining(
            `${account} will lose their authorization seven days after consent`,
          ),
          action: expect.stringContaining(PUBLISH),
        },
      ],
    });
  });

  it('shows an OAuth client in testing by two accounts that stopped after seven days, to the admin only', async () => {
    await stopped(connectionOf(world, 1), 7.02, 3);
    await stopped(connectionOf(other, 0), 7.9, 10);
    const { body } = await adminReport();
    expect(body.recommendations).toMatchObject([
      {
        priority: 1,
        category: 'expired_tokens',
        message: expect.stringMatching(/^2 accounts lost their authorization seven days after consent/),
        action: expect.stringContaining(PUBLISH),
        affected: { calendars: 2, configurations: 2, upcoming_bookings: 0 },
      },
    ]);
    expect(body.status).toBe('healthy');
    for (const one of [world, other]) expect((await report(one)).body.recommendations).toEqual([]);
  });

  it('names the cause before the single accounts that wait for their owners', async () => {
    const id = connectionOf(world, 1);
    await stopped(id, 7.01, 8);
    await stopped(id, 7.01, 0.5);
    await bench.db.query(
      `UPDATE connections SET auth_status = 'needs_reauth', last_error = $2 WHERE id = $1`,
      [id, JSON.stringify({ ...revokedGrant(), at: Date.now() - DAY_MS / 2, count: 1 })],
    );
    const { body } = await report(world);
    expect(body.recommendations).toMatchObject([
      { priority: 1, category: 'expired_tokens', action: expect.stringContaining(PUBLISH) },
      { priority: 2, category: 'expired_tokens', action: expect.stringMatching(/^Send .* link\.$/) },
    ]);
    expect((await report(other)).body.recommendations).toEqual([]);
  });

  it('takes no sign from ends at other times, of long ago, or from before the client was published', async () => {
    await stopped(connectionOf(world, 0), 3, 1);
    await stopped(connectionOf(world, 1), 9, 1);
    await stopped(connectionOf(world, 0), 7, 31);
    await stopped(connectionOf(world, 1), 7, 31);
    expect((await report(world)).body.recommendations).toEqual([]);
    await stopped(connectionOf(world, 0), 7, 5);
    await stopped(connectionOf(world, 1), 7, 5);
    expect((await report(world)).body.recommendations).toHaveLength(1);
    await bench.db.query(`UPDATE connections SET consented_at = now() - interval '9 days' WHERE id = $1`, [
      connectionOf(world, 0),
    ]);
    expect((await report(world)).body.recommendations).toEqual([]);
  });

  it('F12: the daily check logs one warning for each account whose authorization ends soon', async () => {
    await endsIn(connectionOf(world, 0), 1);
    await endsIn(connectionOf(other, 0), 4);
    const never = '0 0 29 2 *';
    const service = await startService({
      databaseUrl: bench.database.url,
      google: bench.google,
      env: {
        SCHEDULER_ENABLED: 'true',
        HEALTH_CHECK_CRON: '* * * * * *',
        TOKEN_REFRESH_CRON: never,
        CLEANUP_CRON: never,
        RECONCILE_CRON: never,
      },
    });
    const logged = (event: string) => service.log().filter((line) => line.event === event);
    try {
      await until(() => logged('connection.authorization_ending').length > 0);
    } finally {
      await service.stop();
    }
    const warnings = logged('connection.authorization_ending');
    expect(warnings.length).toBeLessThanOrEqual(logged('health.checked').length);
    expect(warnings[0]).toMatchObject({
      level: 'warn',
      connection_id: connectionOf(world, 0),
      workspace_id: world.workspaceId,
      ends_at: expect.stringMatching(/Z$/),
    });
    expect(new Set(warnings.map((line) => line['connection_id'])).size).toBe(1);
  });
});
