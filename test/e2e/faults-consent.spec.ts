import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ConsentFlow } from '../support/consent-flow.js';
import { FaultBench, nth } from '../support/fault-bench.js';
import type { Answer } from '../support/service.js';
import { connectAccount, control, type World } from '../support/world.js';

const RETURN_URL = 'https://app.example.com/connected';

/** From consent to disconnect. Numbers are those of the fault matrix. */
describe('faults of consent', () => {
  let bench: FaultBench;
  let world: World;
  let account: string;
  let connectionId: string;
  let flow: ConsentFlow;

  beforeAll(async () => {
    bench = await FaultBench.start({ ALLOWED_RETURN_URLS: RETURN_URL });
    world = await bench.world({ accounts: 2 });
    ({ account, id: connectionId } = nth(world.connections, 1));
    flow = new ConsentFlow(bench, world.key);
  });

  beforeEach(() => bench.heal());
  afterAll(() => bench?.stop());

  it('F14: a first consent without a refresh token asks to start again, and connects nothing', async () => {
    const email = await flow.newcomer();
    bench.fault({ endpoint: 'token.code', effect: { kind: 'patch_body', unset: ['refresh_token'] } });
    const answer = await flow.visit(await flow.consent({}, { account: email }));
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: 'refresh_token' }] } });
    expect(answer.body.detail).toMatch(/start again/i);
    expect(await flow.connectionsOf(email)).toBe(0);
  });

  it('F14: a repeated consent without a refresh token keeps the stored one', async () => {
    const before = await bench.connection(connectionId);
    bench.fault({ endpoint: 'token.code', effect: { kind: 'patch_body', unset: ['refresh_token'] } });
    expect((await flow.visit(await flow.consent({ connection_id: connectionId }, { account }))).status).toBe(
      200,
    );
    const after = await bench.connection(connectionId);
    expect(after).toMatchObject({
      refresh_token: before.refresh_token,
      token_version: before.token_version + 1,
    });
  });

  it.each([
    ['invalid_client401', 'invalid_client'],
    ['deleted_client', 'deleted_client'],
  ] as const)('F05, F06: %s at the exchange alerts the operator once', async (preset, code) => {
    bench.fault({ endpoint: 'token.code', effect: preset });
    for (let consents = 0; consents < 2; consents += 1) {
      const answer = await flow.visit(await flow.consent({}, { account: await flow.newcomer() }));
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: 'code' }] } });
      expect(answer.body.detail).toContain('operator');
    }
    const alerts = bench.log('operator.alert').filter((line) => line['code'] === code);
    expect(alerts).toMatchObject([{ level: 'error', connection_id: null, upstream_status: 401 }]);
  });

  it('F16: a consent with too few permissions is kept as needing another, never as active', async () => {
    const email = await flow.newcomer();
    const answer = await flow.visit(await flow.consent({}, { account: email, scopes: ['openid', 'email'] }));
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: 'scope' }] } });
    expect(answer.body.detail).toContain('https://www.googleapis.com/auth/calendar.events');
    const { rows } = await bench.db.query('SELECT * FROM connections WHERE account_email = $1', [email]);
    expect(rows).toEqual([
      expect.objectContaining({
        auth_status: 'needs_reauth',
        access_token: null,
        last_error: expect.objectContaining({
          code: 'insufficient_scope',
          actor: 'user',
          reason: expect.stringContaining('calendar.events.freebusy'),
        }),
      }),
    ]);
    expect(bench.calls('freeBusy', email)).toBe(0);

    const second = await flow.visit(await flow.consent({}, { account: email }));
    expect(second).toMatchObject({
      status: 200,
      body: { connection: { auth_status: 'active', last_error: null } },
    });
    expect(await flow.connectionsOf(email)).toBe(1);
  });

  it('F16: unticked permissions do not take down a connection that works', async () => {
    const before = await bench.connection(connectionId);
    const path = await flow.consent(
      { connection_id: connectionId },
      { account, scopes: ['openid', 'email'] },
    );
    // Google adds what was granted before, so the narrower grant is told by the token endpoint only.
    bench.fault({ endpoint: 'token.code', effect: { kind: 'patch_body', set: { scope: 'openid email' } } });
    expect((await flow.visit(path)).status).toBe(400);
    expect(await bench.connection(connectionId)).toMatchObject({
      auth_status: 'active',
      access_token: before.access_token,
      token_version: before.token_version,
    });
  });

  it('F65: a refused consent changes nothing and says that it was cancelled', async () => {
    const before = await bench.connection(connectionId);
    const page = await flow.visit(await flow.consent({ connection_id: connectionId }, { deny: true }), {
      Accept: 'text/html',
    });
    expect(page.status).toBe(400);
    expect(page.body).toContain('cancelled');
    const back = await flow.visit(await flow.consent({ return_url: RETURN_URL }, { deny: true }));
    expect(back.status).toBe(302);
    expect(back.headers.get('location')).toBe(`${RETURN_URL}?status=error&error=access_denied`);
    expect(await bench.connection(connectionId)).toEqual({ ...before, lifetime_seconds: expect.any(Number) });
    expect(bench.calls('token')).toBe(0);
  });

  it.each([['text/html'], ['application/json']])(
    'F65: an error from the address bar is never echoed as %s',
    async (accept) => {
      const { state } = await flow.authorize();
      const evil = encodeURIComponent('<script>alert(1)</script>');
      for (const path of [
        `error=${evil}&state=${state}`,
        `error=${evil}&state=${evil}`,
        `error_description=${evil}`,
      ]) {
        const answer = await flow.visit(`/api/oauth/google/callback?${path}`, { Accept: accept });
        expect(answer.status).toBe(400);
        expect(JSON.stringify(answer.body)).not.toMatch(/script|alert/);
      }
    },
  );

  it('F66: another Google account cannot take a connection over', async () => {
    const before = await bench.connection(connectionId);
    const stranger = await flow.newcomer();
    const answer = await flow.visit(
      await flow.consent({ connection_id: connectionId }, { account: stranger }),
    );
    expect(answer).toMatchObject({
      status: 409,
      body: { code: 'account_mismatch', connection_id: connectionId },
    });
    expect(await bench.connection(connectionId)).toEqual({ ...before, lifetime_seconds: expect.any(Number) });
    expect(await flow.connectionsOf(stranger)).toBe(0);
  });

  it('F66: the same address with another sub is another account', async () => {
    const before = await bench.connection(connectionId);
    await bench.db.query(`UPDATE connections SET account_sub = 'somebody-else' WHERE id = $1`, [
      connectionId,
    ]);
    const answer = await flow.visit(await flow.consent({}, { account }));
    expect(answer).toMatchObject({ status: 409, body: { code: 'account_mismatch' } });
    const { access_token } = await bench.connection(connectionId);
    expect(access_token).toBe(before.access_token);
    const sub = Reflect.get(before, 'account_sub');
    await bench.db.query('UPDATE connections SET account_sub = $2 WHERE id = $1', [connectionId, sub]);
  });

  it('F66: the same account mends its connection in place', async () => {
    await control(bench.google, 'POST', '/sandbox/tokens/revoke', { account });
    await bench.expire(connectionId);
    await bench.availability(world);
    const before = await bench.connection(connectionId);
    expect(before).toMatchObject({ auth_status: 'needs_reauth' });
    const booked = await bench.book(world);
    expect(booked.status).toBe(201);

    const answer = await flow.visit(await flow.consent({ connection_id: connectionId }, { account }));
    expect(answer).toMatchObject({
      status: 200,
      body: { connection: { id: connectionId, auth_status: 'active' } },
    });
    const after = await bench.connection(connectionId);
    expect(after).toMatchObject({
      auth_status: 'active',
      last_error: null,
      token_version: before.token_version + 1,
    });
    expect(after.refresh_token).not.toBe(before.refresh_token);
    const { calendars } = (await bench.availability(world)).body.calendar_health;
    expect(calendars.map((calendar: { calendar_id: string }) => calendar.calendar_id)).toEqual(
      world.calendars.map(({ id }) => id),
    );
    expect((await bench.availability(world)).body.calendar_health.status).toBe('healthy');
    const kept = await bench.service.call('GET', `/api/bookings/${booked.body.booking_id}`, {
      key: world.key,
    });
    expect(kept).toMatchObject({ status: 200, body: { status: 'confirmed' } });
  });

  it.each([
    ['a new consent', 'invalid_grant'],
    ['a new consent', 'insufficientScope403'],
    ['a forced refresh', 'insufficientScope403'],
  ] as const)('after %s its calendars are read at once, and healthy again: %s', async (cure, preset) => {
    if (preset === 'invalid_grant') await bench.expire(connectionId);
    const endpoint = preset === 'invalid_grant' ? 'token.refresh' : 'freeBusy';
    bench.fault({ endpoint, account, effect: preset });
    await bench.availability(world);
    expect(await shownHealth()).toEqual(['unhealthy', 'unhealthy']);
    bench.google.state.faults.clear();

    if (cure === 'a new consent') {
      const answer = await flow.visit(await flow.consent({ connection_id: connectionId }, { account }));
      expect(answer.body.calendars).toMatchObject([{ health: { status: 'healthy', category: null } }]);
    } else {
      const path = `/api/connections/${connectionId}/refresh`;
      expect(await bench.service.call('POST', path, { key: world.key })).toMatchObject({ status: 200 });
    }
    expect(await shownHealth()).toEqual(['healthy', 'healthy']);
  });

  it('a new consent shows at once which calendars still cannot be read', async () => {
    bench.fault({ endpoint: 'freeBusy', account, effect: 'forbidden403' });
    const answer = await flow.visit(await flow.consent({ connection_id: connectionId }, { account }));
    expect(answer.body.connection).toMatchObject({ auth_status: 'active' });
    expect(answer.body.calendars).toMatchObject([
      { health: { status: 'unhealthy', category: 'permission_error' } },
    ]);
    expect(await shownHealth()).toEqual(['unhealthy', 'unhealthy']);
  });

  /** Of the account's calendar, by the report and by the list. */
  async function shownHealth(): Promise<unknown[]> {
    const get = (path: string): Promise<Answer> => bench.service.call('GET', path, { key: world.key });
    const [report, list] = await Promise.all([
      get('/api/calendar-health'),
      get(`/api/calendars?connection_id=${connectionId}`),
    ]);
    const id = nth(world.calendars, 1).id;
    const [reported] = report.body.workspaces[0].calendars.filter(
      (one: { calendar_id: string }) => one.calendar_id === id,
    );
    return [reported.status, list.body.items[0].health.status];
  }

  it('F71: a disconnect spares the grant that another workspace lives on; the last one ends it', async () => {
    const other = await bench.world({ accounts: 1 });
    const email = await flow.newcomer();
    expect((await flow.visit(await flow.consent({}, { account: email }))).status).toBe(200);
    const mine = await flow.connectionIdOf(email);
    const theirFlow = new ConsentFlow(bench, other.key);
    const connected = await theirFlow.visit(await theirFlow.consent({}, { account: email }));
    const theirs = connected.body.connection.id;

    const gone = await bench.service.call('DELETE', `/api/connections/${mine}`, { key: world.key });
    expect(gone.status).toBe(204);
    expect(bench.calls('revoke')).toBe(0);
    expect(await bench.connection(mine)).toMatchObject({
      auth_status: 'disconnected',
      access_token: null,
      refresh_token: null,
    });
    const works = await bench.service.call('POST', `/api/connections/${theirs}/refresh`, { key: other.key });
    expect(works).toMatchObject({ status: 200, body: { auth_status: 'active' } });

    await bench.service.call('DELETE', `/api/connections/${theirs}`, { key: other.key });
    expect(bench.calls('revoke')).toBe(1);
    expect(await bench.connection(theirs)).toMatchObject({
      auth_status: 'disconnected',
      refresh_token: null,
    });
  });

  it('F71: a disconnect holds even when the provider cannot be told', async () => {
    const { id } = await connectAccount(bench.service, bench.google, world.key, {
      email: 'leaver@example.com',
      calendars: [{ id: 'leaver@example.com', name: 'Leaver' }],
    });
    bench.fault({ endpoint: 'revoke', effect: 'unavailable503' });
    expect((await bench.service.call('DELETE', `/api/connections/${id}`, { key: world.key })).status).toBe(
      204,
    );
    expect(await bench.connection(id)).toMatchObject({ auth_status: 'disconnected', refresh_token: null });
  });
});
