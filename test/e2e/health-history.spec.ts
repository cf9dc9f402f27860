import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { formatInstant, localDayOf, weekdayOf } from '../../src/shared/time.js';
import { ConsentFlow } from '../support/consent-flow.js';
import { FaultBench, nth } from '../support/fault-bench.js';
import type { Answer } from '../support/service.js';
import { control, dayFromNow, type World } from '../support/world.js';

const HEALTH = '/api/admin/calendar-health';
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** What a running service remembers of its calendars' health, by checks and by ordinary traffic. */
describe('the history of calendar health', () => {
  let bench: FaultBench;
  let world: World;

  beforeAll(async () => {
    bench = await FaultBench.start();
  });

  beforeEach(async () => {
    await bench.heal();
    world = await bench.world({ accounts: 2 });
  });

  afterAll(() => bench?.stop());

  const get = (path: string): Promise<Answer> => bench.service.call('GET', `${HEALTH}/${path}`);
  const ofWorld = (path: string, query = ''): Promise<Answer> =>
    get(`${path}?workspace_id=${world.workspaceId}${query}`);
  const check = (): Promise<Answer> =>
    bench.service.call('POST', `${HEALTH}/check`, { body: { workspace_id: world.workspaceId } });
  const report = (): Promise<Answer> => bench.service.call('GET', '/api/calendar-health', { key: world.key });

  const ask = (): Promise<Answer> =>
    bench.service.call('POST', `/api/calendars/configurations/${world.configurationId}/check-availability`, {
      key: world.key,
      body: { date: dayFromNow(3) },
    });

  async function levelOf(index: number) {
    const { body } = await ofWorld('sla');
    const { id } = nth(world.calendars, index);
    return body.calendars.find((one: { calendar_id: string }) => one.calendar_id === id);
  }

  it('opens and closes an outage by ordinary reads', async () => {
    expect((await ask()).body.calendar_health.status).toBe('healthy');
    bench.fault({
      endpoint: 'freeBusy',
      account: nth(world.connections, 1).account,
      effect: { kind: 'respond', status: 403, body: {} },
    });
    expect((await ask()).body.calendar_health.status).toBe('partial');
    await ask();
    const failing = await levelOf(1);
    expect(failing).toMatchObject({
      outage_count: 1,
      mean_time_to_recovery_minutes: null,
      outages: [{ ended_at: null, category: 'permission_error' }],
    });
    const [issue] = (await report()).body.issues;
    expect(issue.since).toBe(failing.outages[0].started_at);
    await bench.heal();
    await ask();
    expect(await levelOf(1)).toMatchObject({
      outage_count: 1,
      outages: [{ started_at: failing.outages[0].started_at, ended_at: expect.any(String) }],
    });
    expect(await levelOf(0)).toMatchObject({ availability: 1, error_budget_remaining: 1, outages: [] });
  });

  it('dates an outage from the stop of the account to its next consent, without any read', async () => {
    const { id, account } = nth(world.connections, 0);
    await check();
    await control(bench.google, 'POST', '/sandbox/tokens/revoke', { account });
    const refused = await bench.service.call('POST', `/api/connections/${id}/refresh`, { key: world.key });
    expect(refused.status).toBe(401);
    expect(await levelOf(0)).toMatchObject({ outages: [{ ended_at: null, category: 'expired_tokens' }] });
    const flow = new ConsentFlow(bench, world.key);
    await flow.visit(await flow.consent({ connection_id: id }, { account }));
    expect(await levelOf(0)).toMatchObject({ outages: [{ ended_at: expect.any(String) }] });
    expect((await report()).body).toMatchObject({ issues: [], totals: { unhealthy_calendars: 0 } });
  });

  it('adds up calendars, workspaces and all, and says what the numbers mean', async () => {
    await check();
    const { status, body } = await ofWorld('sla', '&window=24h&target=0.99');
    expect(status).toBe(200);
    expect(Date.parse(body.to) - Date.parse(body.from)).toBe(86_400_000);
    expect(body).toMatchObject({
      target: 0.99,
      basis: expect.stringMatching(/counts as neither up nor down/),
      // Two when the accounts were connected, two now.
      total: { availability: 1, checks: 4, failed_checks: 0, downtime_minutes: 0 },
      workspaces: [{ workspace_id: world.workspaceId, availability: 1, outage_count: 0 }],
    });
    expect(body.calendars).toHaveLength(2);
    const { observed_minutes: observed, unknown_minutes: unknown } = body.calendars[0];
    expect(observed).toBeLessThan(5);
    expect(observed + unknown).toBeCloseTo(1440, 1);
    expect((await get('sla')).body.workspaces.length).toBeGreaterThan(1);
  });

  it('shows the trend of a workspace and of one calendar', async () => {
    await check();
    const daily = await ofWorld('history');
    expect(daily).toMatchObject({ status: 200, body: { step: '1d', timezone: 'UTC' } });
    expect(daily.body.points).toHaveLength(30);
    expect(daily.body.points.at(-1)).toMatchObject({ availability: 1, checks: 4, failed_checks: 0 });
    expect(daily.body.points[0]).toMatchObject({ availability: null, observed_minutes: 0, checks: 0 });
    const from = formatInstant(Date.now() - 3_600_000, 'UTC');
    const { body } = await get(
      `history?calendar_id=${nth(world.calendars, 0).id}&step=10m&from=${encodeURIComponent(from)}`,
    );
    const checks: number[] = body.points.map((point: { checks: number }) => point.checks);
    expect(checks.reduce((a, b) => a + b, 0)).toBe(2);
  });

  it('names the parameter that it cannot read', async () => {
    const day = encodeURIComponent('2027-03-10T00:00:00Z');
    const bad: [path: string, field: string][] = [
      ['history?workspace_id=x', 'workspace_id'],
      ['history?calendar_id=x', 'calendar_id'],
      ['history?calendar_id=00000000-0000-4000-8000-00000000dead', 'calendar_id'],
      ['history?from=yesterday', 'from'],
      [`history?to=2026-13-01T00:00:00Z`, 'to'],
      [`history?from=${encodeURIComponent('1999-01-01T00:00:00Z')}`, 'from'],
      [`history?from=${day}&to=${encodeURIComponent('2026-03-09T00:00:00Z')}`, 'from'],
      ['history?step=1y', 'step'],
      ['history?step=1m', 'step'],
      ['history?step=1d&step=2d', 'step'],
      ['sla?window=month', 'window'],
      ['sla?window=400d', 'window'],
      ['sla?target=100', 'target'],
      ['sla?workspace_id=00000000-0000-4000-8000-00000000dead', 'workspace_id'],
    ];
    for (const [path, field] of bad)
      expect({ path, ...(await get(path)) }).toMatchObject({
        path,
        status: 400,
        body: { code: 'validation_failed', errors: [{ field }] },
      });
  });

  it('is for the admin key only', async () => {
    for (const path of ['history', 'sla']) {
      const call = (key: string | null): Promise<Answer> =>
        bench.service.call('GET', `${HEALTH}/${path}`, { key });
      expect((await call(world.key)).status).toBe(403);
      expect((await call(null)).status).toBe(401);
    }
  });

  it('recommends by what depends on an account, and until when', async () => {
    const { id, account } = nth(world.connections, 0);
    const start = (await ask()).body.available_slots[0].start_time;
    const booked = await bench.service.call(
      'POST',
      `/api/calendars/configurations/${world.configurationId}/book-appointment`,
      { key: world.key, body: { start_time: start, title: 'Visit', attendee_email: 'pat@example.com' } },
    );
    expect(booked.status).toBe(201);
    await control(bench.google, 'POST', '/sandbox/tokens/revoke', { account });
    await bench.service.call('POST', `/api/connections/${id}/refresh`, { key: world.key });
    const { body } = await report();
    const day = WEEKDAYS[weekdayOf(localDayOf(Date.parse(start), 'UTC'))];
    expect(body.recommendations[0]).toMatchObject({
      message: `1 calendar of ${account} cannot be read; 1 configuration and 1 upcoming booking until ${day} depend on it.`,
      action: `Send ${account} the re-authorization link.`,
      reauth_url: body.issues[0].reauth_url,
      affected: { calendars: 1, configurations: 1, upcoming_bookings: 1 },
      configurations: [{ configuration_id: world.configurationId }],
    });
    expect(Date.parse(body.recommendations[0].affected.last_booking_at)).toBe(Date.parse(start));
    expect(body.workspaces[0].connections).toMatchObject([
      { connection_id: id, auth_status: 'needs_reauth', status: 'critical', unhealthy_calendars: 1 },
      { auth_status: 'active', status: 'healthy', unhealthy_calendars: 0 },
    ]);
  });

  it('goes on with a check of all accounts where one was killed', async () => {
    const { rows } = await bench.db.query<{ id: string; account_email: string }>(
      `SELECT id, account_email FROM connections WHERE auth_status <> 'disconnected' ORDER BY id`,
    );
    const before = Math.floor(rows.length / 2);
    const sweep = {
      connections: before,
      failedConnections: 0,
      calendars: before,
      failedCalendars: 0,
      unjudged: {},
    };
    await bench.db.query(`INSERT INTO sweep_progress (job, after, sweep) VALUES ('health-check', $1, $2)`, [
      nth(rows, before - 1).id,
      JSON.stringify(sweep),
    ]);
    const asked = (): Set<string | null> =>
      new Set(bench.google.state.requests.list({ endpoint: 'freeBusy' }).map(({ account }) => account));
    bench.google.state.requests.clear();
    const { body } = await bench.service.call('POST', `${HEALTH}/check`, { body: {} });
    expect(body.check).toMatchObject({ complete: true, connections: rows.length });
    const done = rows.slice(0, before).filter(({ account_email }) => asked().has(account_email));
    expect(done).toEqual([]);
    expect(asked().size).toBeGreaterThan(0);
    expect(await bench.count('sweep_progress')).toBe(0);
  });
});
