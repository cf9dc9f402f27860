import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FaultBench, until } from '../support/fault-bench.js';
import { operationsOf, type Operation } from '../support/operations.js';
import { sampleBody, UNKNOWN_ID } from '../support/sample-body.js';
import type { Answer } from '../support/service.js';
import { control, dayFromNow, type World } from '../support/world.js';

const LOG = '/api/admin/audit-log';

interface Entry {
  readonly actor: string;
  readonly actor_name: string | null;
  readonly workspace_id: string | null;
  readonly action: string;
  readonly object_type: string | null;
  readonly object_id: string | null;
  readonly request_id: string | null;
  readonly outcome: string;
  readonly code: string | null;
}

let bench: FaultBench;
let world: World;
let keyId: string;

beforeAll(async () => {
  bench = await FaultBench.start();
  world = await bench.world({ accounts: 2 });
  const keys = await bench.service.call('GET', `/api/admin/workspaces/${world.workspaceId}/api-keys`);
  keyId = keys.body.items[0].id;
});

afterAll(() => bench?.stop());

const read = (query = ''): Promise<Answer> => bench.service.call('GET', `${LOG}?limit=200${query}`);

/** What the log tells of the request behind an answer. */
async function entriesOf({ headers }: Answer): Promise<Entry[]> {
  const { items }: { items: Entry[] } = (await read()).body;
  return items.filter((entry) => entry.request_id === headers.get('x-request-id'));
}

async function act(method: string, path: string, body?: object, key: string | null = world.key) {
  const answer = await bench.service.call(method, path, { key, ...(body === undefined ? {} : { body }) });
  return { answer, entries: await entriesOf(answer) };
}

const byKey = () => ({ actor: `key:${keyId}`, actor_name: 'default', workspace_id: world.workspaceId });
const done = { outcome: 'done', code: null };
const configuration = (): string => `/api/calendars/configurations/${world.configurationId}`;
const slot = (days: number, hour = 15): object => ({ start_time: `${dayFromNow(days)}T${hour}:00:00Z` });
const VISIT = { title: 'A confidential visit', attendee_email: 'pat@example.com' };

describe('the audit log', () => {
  it('F67: has an action for every operation that changes something, and for none that only asks', async () => {
    const operations = await operationsOf(bench.service);
    const document = (await bench.service.call('GET', '/docs/openapi.json', { key: null })).body;
    const noted = ({ path, method }: Operation): Record<string, unknown> =>
      document.paths[path][method.toLowerCase()];
    const nameOf = ({ path, method }: Operation): string => `${method} ${path}`;
    const mutating = operations.filter(
      (operation) => operation.method !== 'GET' && noted(operation)['x-reads-only'] !== true,
    );
    expect(mutating.filter((operation) => !noted(operation)['x-audit-action']).map(nameOf)).toEqual([]);
    expect(operations.filter((operation) => noted(operation)['x-reads-only']).map(nameOf)).toEqual([
      'POST /api/calendars/configurations/{id}/check-availability',
    ]);
    const audited = operations.filter((operation) => noted(operation)['x-audit-action']).map(nameOf);
    expect(audited.filter((name) => name.startsWith('GET'))).toEqual([
      'GET /api/oauth/google/reauthorize',
      'GET /api/oauth/google/reauthorize/consent',
      'GET /api/oauth/google/callback',
    ]);
    const actions = operations.map((operation) => noted(operation)['x-audit-action']).filter(Boolean);
    // Both addresses of a re-authorization link start the same.
    expect(new Set(actions).size).toBe(actions.length - 1);
    for (const action of actions) expect(action).toMatch(/^[a-z_]+\.[a-z_]+$/);
  });

  it('F67: has one entry for each request to such an operation, also of an object that is not the caller’s', async () => {
    const operations = await operationsOf(bench.service);
    for (const operation of operations.filter(({ method }) => method !== 'GET')) {
      const path = operation.path.replaceAll(/\{\w+\}/g, UNKNOWN_ID);
      const body = operation.body === null ? undefined : sampleBody(operation);
      const { answer, entries } = await act(operation.method, path, body);
      // Whoever signs in has no key of a workspace.
      const who = path.endsWith('/admin/session') ? { actor: 'public', actor_name: null } : byKey();
      if (path.endsWith('/check-availability')) expect(entries).toEqual([]);
      else
        expect([operation.path, answer.status, entries]).toEqual([
          operation.path,
          answer.status,
          [
            expect.objectContaining({
              ...who,
              outcome: answer.status < 400 ? 'done' : 'refused',
              code: answer.body.code ?? null,
            }),
          ],
        ]);
    }
  });

  it('tells of bookings and holds, and nothing of what is in them', async () => {
    const booked = await act('POST', `${configuration()}/book-appointment`, { ...slot(3), ...VISIT });
    const id = booked.answer.body.booking_id;
    const booking = { ...byKey(), object_type: 'booking', object_id: id };
    expect(booked.entries).toMatchObject([{ ...booking, action: 'booking.booked', ...done }]);
    const again = await act('POST', `${configuration()}/book-appointment`, {
      ...slot(3),
      ...VISIT,
      title: 'B',
    });
    expect(again.entries).toMatchObject([
      { object_id: null, outcome: 'refused', code: again.answer.body.code },
    ]);
    const moved = await act('POST', `/api/bookings/${id}/reschedule`, slot(3, 16));
    expect(moved.entries).toMatchObject([{ ...booking, action: 'booking.rescheduled', ...done }]);
    const cancelled = await act('POST', `/api/bookings/${id.toUpperCase()}/cancel`, {
      reason: 'A confidential reason',
    });
    expect(cancelled.entries).toMatchObject([{ ...booking, action: 'booking.cancelled', ...done }]);
    const held = await act('POST', `${configuration()}/holds`, slot(4));
    const hold = { ...byKey(), object_type: 'hold', object_id: held.answer.body.id };
    expect(held.entries).toMatchObject([{ ...hold, action: 'hold.created', ...done }]);
    const released = await act('DELETE', `/api/holds/${held.answer.body.id}`);
    expect(released.entries).toMatchObject([{ ...hold, action: 'hold.released', ...done }]);
    const { body } = await read();
    expect(JSON.stringify(body)).not.toMatch(/confidential|pat@example/i);
  });

  it('tells of what is refused before it is looked at: a body that is wrong, a rule, a key that may not', async () => {
    const wrong = await act('POST', `${configuration()}/holds`, { start_time: 'soon' });
    expect(wrong.entries).toMatchObject([
      { action: 'hold.created', outcome: 'refused', code: 'validation_failed' },
    ]);
    const past = await act('POST', `${configuration()}/book-appointment`, { ...slot(-3), ...VISIT });
    expect(past.entries).toMatchObject([{ outcome: 'refused', code: 'rules_violation' }]);
    const forbidden = await act('POST', '/api/admin/workspaces', { name: 'Mine' });
    expect(forbidden.entries).toMatchObject([
      { ...byKey(), action: 'workspace.created', outcome: 'refused', code: 'forbidden' },
    ]);
    const nobody = await act('POST', '/api/admin/workspaces', { name: 'Mine' }, null);
    expect(nobody.entries).toEqual([]);
  });

  it('tells of the admin, and of a workspace also when that is gone', async () => {
    const admin = 'admin-key-of-the-tests';
    const byAdmin = { actor: 'admin', actor_name: null };
    const made = await act('POST', '/api/admin/workspaces', { name: 'Short-lived' }, admin);
    const id = made.answer.body.id;
    const workspace = { ...byAdmin, workspace_id: id, object_type: 'workspace', object_id: id };
    expect(made.entries).toMatchObject([{ ...workspace, action: 'workspace.created', ...done }]);
    const issued = await act('POST', `/api/admin/workspaces/${id}/api-keys`, { name: 'Second' }, admin);
    const key = { ...byAdmin, workspace_id: id, object_type: 'api_key', object_id: issued.answer.body.id };
    expect(issued.entries).toMatchObject([{ ...key, action: 'api_key.issued', ...done }]);
    const path = `/api/admin/workspaces/${id}/api-keys/${issued.answer.body.id}`;
    const revoked = await act('DELETE', path, undefined, admin);
    expect(revoked.entries).toMatchObject([{ ...key, action: 'api_key.revoked', ...done }]);
    const refreshed = await act(
      'POST',
      '/api/admin/calendar-health/refresh-tokens',
      { workspace_id: id },
      admin,
    );
    expect(refreshed.entries).toMatchObject([
      { ...byAdmin, workspace_id: id, action: 'admin.tokens_refreshed', object_type: null, object_id: null },
    ]);
    await act('DELETE', `/api/admin/workspaces/${id}`, undefined, admin);
    const { items }: { items: Entry[] } = (await read(`&workspace_id=${id}`)).body;
    expect(items.map(({ action }) => action)).toEqual([
      'workspace.created',
      'api_key.issued',
      'api_key.revoked',
      'admin.tokens_refreshed',
      'workspace.deleted',
    ]);
    expect(JSON.stringify(items)).not.toContain('slk_');
  });

  it('tells of consents, without the codes and states that came with them', async () => {
    const connection = world.connections[1];
    const ofConnection = {
      workspace_id: world.workspaceId,
      object_type: 'connection',
      object_id: connection?.id,
    };
    const { items }: { items: Entry[] } = (await read(`&object_id=${connection?.id}`)).body;
    expect(items).toMatchObject([
      { ...ofConnection, actor: 'public', action: 'connection.connected', ...done },
    ]);
    const begun = await act('POST', '/api/oauth/google/authorize', { connection_id: connection?.id });
    expect(begun.entries).toMatchObject([
      { ...ofConnection, action: 'connection.authorization_started', ...done },
    ]);
    const declined = await act(
      'GET',
      `/api/oauth/google/callback?error=access_denied&state=${begun.answer.body.state}`,
      undefined,
      null,
    );
    expect(declined.entries).toMatchObject([
      { ...ofConnection, action: 'connection.reauthorized', outcome: 'refused', code: 'validation_failed' },
    ]);
    const disconnected = await act('DELETE', `/api/connections/${connection?.id}`);
    expect(disconnected.entries).toMatchObject([
      { ...ofConnection, action: 'connection.disconnected', ...done },
    ]);
    const forged = await act('GET', '/api/oauth/google/callback?code=1&state=forged', undefined, null);
    expect(forged.entries).toEqual([]);
  });

  it('tells who followed a re-authorization link, and that it mended the connection', async () => {
    const { id, account } = world.connections[0] ?? { id: '', account: '' };
    await control(bench.google, 'POST', '/sandbox/tokens/revoke', { account });
    const refused = await act('POST', `/api/connections/${id}/refresh`);
    expect(refused.entries).toMatchObject([
      { action: 'connection.refreshed', outcome: 'refused', code: 'calendar_reauth_required' },
    ]);
    const link = refused.answer.body.reauth_url.replace(bench.service.url, '');
    const followed = await act('GET', link, undefined, null);
    expect(followed.entries).toMatchObject([
      { actor: 'public', action: 'connection.reauthorization_started', object_id: id, ...done },
    ]);
    const consent = await control(bench.google, 'POST', '/sandbox/consent', {
      authorization_url: followed.answer.headers.get('location'),
      account,
    });
    const back = String(consent['redirect_url']).replace(bench.service.url, '');
    const mended = await act('GET', back, undefined, null);
    expect(mended.entries).toMatchObject([
      { actor: 'public', action: 'connection.reauthorized', object_id: id, ...done },
    ]);
    const forged = await act('GET', '/api/oauth/google/reauthorize?link=forged', undefined, null);
    expect(forged.entries).toEqual([]);
  });

  it('is read by actor, action, object and time, page by page, by the admin only', async () => {
    const first = (await bench.service.call('GET', `${LOG}?limit=2`)).body;
    const second = (await bench.service.call('GET', `${LOG}?limit=2&cursor=${first.next_cursor}`)).body;
    expect([...first.items, ...second.items].map(({ id }) => id)).toHaveLength(4);
    expect(second.items[0].at >= first.items[1].at).toBe(true);
    const actors = async (query: string): Promise<unknown[]> => [
      ...new Set((await read(query)).body.items.map(({ actor }: Entry) => actor)),
    ];
    expect(await actors('&actor=public')).toEqual(['public']);
    expect(await actors(`&actor=key:${keyId}&action=hold.created`)).toEqual([`key:${keyId}`]);
    const since = encodeURIComponent(second.items[1].at);
    expect((await read(`&to=${since}`)).body.items.length).toBeGreaterThanOrEqual(1);
    expect((await read('&from=2199-01-01T00:00:00Z')).body.items).toEqual([]);
    expect(await read('&from=yesterday')).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'from' }] },
    });
    expect(await read('&object_id=12')).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'object_id' }] },
    });
    const asWorkspace = await bench.service.call('GET', LOG, { key: world.key });
    expect(asWorkspace).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });

  it('costs read-only requests no statement, and others one', async () => {
    const inserted = async (): Promise<number> => bench.count('audit_log');
    const before = await inserted();
    for (const path of ['/api/connections', '/api/bookings', configuration(), '/api/calendar-health'])
      await bench.service.call('GET', path, { key: world.key });
    await bench.availability(world);
    expect(await inserted()).toBe(before);
    await act('POST', `${configuration()}/holds`, slot(6));
    expect(await inserted()).toBe(before + 1);
  });

  it('becomes lines of the log when it cannot be written, and the answer stands', async () => {
    await bench.db.query('ALTER TABLE audit_log RENAME TO audit_log_away');
    const hold = { key: world.key, body: slot(7) };
    const answer = await bench.service.call('POST', `${configuration()}/holds`, hold);
    await bench.db.query('ALTER TABLE audit_log_away RENAME TO audit_log');
    expect(answer.status).toBe(201);
    await until(() => bench.log('audit.unwritten').length > 0);
    const [line] = bench.log('audit.unwritten');
    expect(line).toMatchObject({
      level: 'error',
      action: 'hold.created',
      actor: `key:${keyId}`,
      outcome: 'done',
    });
    expect(line?.['object_id']).toBe(answer.body.id);
  });
});
