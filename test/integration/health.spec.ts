import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startGoogleServer, type GoogleServer } from '../../src/sandbox/google-server.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startService, type Answer, type Service } from '../support/service.js';
import { aWorld, connectAccount, control, type World } from '../support/world.js';

const HEALTH = '/api/admin/calendar-health';

describe('calendar health', () => {
  let database: TestDatabase;
  let google: GoogleServer;
  let service: Service;

  beforeAll(async () => {
    [database, google] = await Promise.all([createTestDatabase(), startGoogleServer()]);
    service = await startService({ databaseUrl: database.url, google });
  });

  afterAll(async () => {
    await service?.stop();
    await google?.close();
    await database?.drop();
  });

  const check = (world: World): Promise<Answer> =>
    service.call('POST', `${HEALTH}/check`, { body: { workspace_id: world.workspaceId } });
  const report = (world: World): Promise<Answer> =>
    service.call('GET', '/api/calendar-health', { key: world.key });
  const revoke = async (account: string | undefined): Promise<void> => {
    await control(google, 'POST', '/sandbox/tokens/revoke', { account });
    await control(google, 'POST', '/sandbox/tokens/expire', { account });
  };
  const askedGoogle = (): number => google.state.requests.count();

  it('knows from the consent on which calendars can be read, before the first check', async () => {
    const world = await aWorld(service, google);
    expect((await report(world)).body).toMatchObject({
      status: 'healthy',
      totals: { workspaces: 1, connections: 5, calendars: 5, healthy_calendars: 5, unknown_calendars: 0 },
      issues: [],
      recommendations: [],
    });
  });

  it('asks every calendar on a check, and nobody when the report is read', async () => {
    const world = await aWorld(service, google);
    const checked = await check(world);
    expect(checked).toMatchObject({
      status: 200,
      body: {
        status: 'healthy',
        totals: { calendars: 5, healthy_calendars: 5, healthy_workspaces: 1 },
        check: { complete: true, connections: 5, failed_connections: 0, calendars: 5, unjudged: [] },
      },
    });
    expect(checked.body.workspaces[0].calendars[0]).toMatchObject({
      calendar_id: world.calendars[0]?.id,
      name: 'Main',
      account_email: world.connections[0]?.account,
      connection_id: world.connections[0]?.id,
      status: 'healthy',
      category: null,
      message: null,
      since: null,
      checked_at: expect.stringMatching(/Z$/),
    });
    const before = askedGoogle();
    expect((await report(world)).body.totals).toEqual(checked.body.totals);
    expect(askedGoogle()).toBe(before);
  });

  it('tells what a revoked account breaks, since when, and how to mend it', async () => {
    const world = await aWorld(service, google);
    const [main] = world.connections;
    await revoke(main?.account);
    const { body } = await check(world);
    expect(body).toMatchObject({
      status: 'partial',
      totals: { unhealthy_calendars: 1, partial_workspaces: 1 },
      issues: [
        {
          workspace_id: world.workspaceId,
          connection_id: main?.id,
          calendar_id: world.calendars[0]?.id,
          account_email: main?.account,
          category: 'expired_tokens',
          severity: 'critical',
        },
      ],
      recommendations: [
        {
          priority: 1,
          category: 'expired_tokens',
          message: `1 calendar of ${main?.account} cannot be read; 1 configuration and 0 upcoming bookings depend on it.`,
          affected: { calendars: 1, configurations: 1, upcoming_bookings: 0 },
        },
      ],
    });
    expect(body.issues[0].reauth_url).toContain(`/api/oauth/google/reauthorize?link=${main?.id}`);
    expect(body.issues[0].resolution).toMatch(/re-authorization link/);
    const before = askedGoogle();
    const again = await check(world);
    expect(again.body.issues[0].since).toBe(body.issues[0].since);
    expect(google.state.requests.count({ account: main?.account ?? '' })).toBeGreaterThan(0);
    // Busy times and the list of each account that may still be asked.
    expect(askedGoogle() - before).toBe(2 * 4);
  });

  it('is critical when more than half of the calendars fail', async () => {
    const world = await aWorld(service, google);
    for (const { account } of world.connections.slice(0, 3)) await revoke(account);
    expect((await check(world)).body).toMatchObject({
      status: 'critical',
      totals: { unhealthy_calendars: 3, critical_workspaces: 1 },
    });
  });

  it('warns of a calendar that is gone from its account and only checked for conflicts', async () => {
    const world = await aWorld(service, google);
    const gone = world.calendars[2];
    await control(google, 'DELETE', `/sandbox/calendars/${gone?.externalId}`);
    const { body } = await check(world);
    expect(body.issues).toMatchObject([
      { calendar_id: gone?.id, category: 'calendar_not_found', severity: 'warning', reauth_url: null },
    ]);
  });

  it('forgets calendars of a disconnected account, unless a configuration uses them', async () => {
    const world = await aWorld(service, google);
    const spare = await connectAccount(service, google, world.key, {
      email: `spare.${world.workspaceId}@example.com`,
      calendars: [{ name: 'Spare' }],
    });
    const used = world.connections[1]?.id;
    for (const id of [spare.id, used])
      await service.call('DELETE', `/api/connections/${id}`, { key: world.key });
    const { body } = await check(world);
    expect(body).toMatchObject({
      totals: { connections: 4, calendars: 5, unhealthy_calendars: 1 },
      issues: [{ connection_id: used, category: 'missing_tokens', severity: 'critical' }],
    });
  });

  it('keeps a calendar in view that left the list of its account while a configuration uses it', async () => {
    const world = await aWorld(service, google, { accounts: 1 });
    const shared = await connectAccount(service, google, world.key, {
      email: `two.${world.workspaceId}@example.com`,
      calendars: [{ name: 'Stays' }, { id: `leaves-${world.workspaceId}`, name: 'Leaves' }],
    });
    const leaves = shared.calendars.find(({ name }) => name === 'Leaves');
    await service.call('PATCH', `/api/calendars/configurations/${world.configurationId}`, {
      key: world.key,
      body: { conflict_calendar_ids: [leaves?.id] },
    });
    await control(
      google,
      'DELETE',
      `/sandbox/accounts/two.${world.workspaceId}@example.com/calendars/${leaves?.externalId}`,
    );
    await service.call('POST', `/api/connections/${shared.id}/refresh`, { key: world.key });
    const first = await check(world);
    expect(first.body.issues).toMatchObject([{ calendar_id: leaves?.id, category: 'calendar_not_found' }]);
    const second = await check(world);
    expect(second.body.issues[0].since).toBe(first.body.issues[0].since);
  });

  it('does not hold a mended account to what was read before', async () => {
    const world = await aWorld(service, google, { accounts: 1 });
    const [main] = world.connections;
    await revoke(main?.account);
    expect((await check(world)).body.status).toBe('critical');
    const authorize = await service.call('POST', '/api/oauth/google/authorize', {
      key: world.key,
      body: { connection_id: main?.id },
    });
    const consent = await control(google, 'POST', '/sandbox/consent', {
      authorization_url: authorize.body.authorization_url,
      account: main?.account,
    });
    await service.call('GET', String(consent['redirect_url']).replace(service.url, ''), { key: null });
    expect((await report(world)).body).toMatchObject({
      status: 'healthy',
      totals: { unhealthy_calendars: 0 },
    });
    expect((await check(world)).body.totals.healthy_calendars).toBe(1);
  });

  it('shows a workspace its own calendars only, and the admin all or one', async () => {
    const [one, other] = [await aWorld(service, google, { accounts: 1 }), await aWorld(service, google)];
    const own = (await report(one)).body;
    expect(own.workspaces.map((w: { workspace_id: string }) => w.workspace_id)).toEqual([one.workspaceId]);
    expect(own.totals.calendars).toBe(1);
    const narrowed = await service.call('GET', `${HEALTH}?workspace_id=${other.workspaceId}`);
    expect(narrowed.body.totals).toMatchObject({ workspaces: 1, calendars: 5 });
    const all = await service.call('GET', HEALTH);
    expect(all.body.totals.workspaces).toBeGreaterThan(2);
  });

  it('exports the issues, all or those of one workspace', async () => {
    const world = await aWorld(service, google, { accounts: 2 });
    await revoke(world.connections[1]?.account);
    await check(world);
    const all = await service.call('GET', `${HEALTH}/issues`);
    const own = await service.call('GET', `${HEALTH}/issues?workspace_id=${world.workspaceId}`);
    expect(Object.keys(own.body)).toEqual(['generated_at', 'version', 'issues']);
    expect(own.body).toMatchObject({ version: 1, issues: [{ workspace_id: world.workspaceId }] });
    expect(all.body.issues.length).toBeGreaterThan(1);
    expect(JSON.stringify(all.body)).not.toMatch(/ya29|1\/\/|refresh_token|access_token/);
  });

  it('refreshes tokens that are due, or all by force, and counts what became of them', async () => {
    const world = await aWorld(service, google, { accounts: 3 });
    const refresh = (body: object): Promise<Answer> =>
      service.call('POST', `${HEALTH}/refresh-tokens`, {
        body: { workspace_id: world.workspaceId, ...body },
      });
    expect(await refresh({})).toMatchObject({
      status: 200,
      body: { checked: 3, refreshed: 0, needs_reauth: 0, failed: 0 },
    });
    await revoke(world.connections[0]?.account);
    google.state.faults.add({
      endpoint: 'token',
      account: world.connections[1]?.account ?? '',
      effect: { kind: 'respond', status: 503, body: {} },
    });
    expect((await refresh({ force: true })).body).toEqual({
      checked: 3,
      refreshed: 1,
      needs_reauth: 1,
      failed: 1,
    });
    google.state.faults.clear();
    const before = askedGoogle();
    expect((await refresh({})).body).toMatchObject({ refreshed: 0, needs_reauth: 1, failed: 0 });
    expect(askedGoogle()).toBe(before);
  });

  it('leaves the admin paths to the admin key, and names a bad workspace_id', async () => {
    const world = await aWorld(service, google, { accounts: 1 });
    const admins = [
      ['GET', HEALTH],
      ['GET', `${HEALTH}/issues`],
      ['POST', `${HEALTH}/check`],
      ['POST', `${HEALTH}/refresh-tokens`],
    ] as const;
    for (const [method, path] of admins) {
      expect((await service.call(method, path, { key: world.key })).status).toBe(403);
      expect((await service.call(method, path, { key: null })).status).toBe(401);
    }
    for (const workspace_id of ['x', '', null, 1, '00000000-0000-4000-8000-00000000dead'])
      expect(await service.call('POST', `${HEALTH}/check`, { body: { workspace_id } })).toMatchObject({
        status: 400,
        body: { code: 'validation_failed', errors: [{ field: 'workspace_id' }] },
      });
    expect((await service.call('POST', `${HEALTH}/check`, { body: { scope: 'all' } })).status).toBe(400);
    expect((await service.call('POST', `${HEALTH}/refresh-tokens`, { body: { force: 'yes' } })).status).toBe(
      400,
    );
  });
});
