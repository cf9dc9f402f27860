import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startGoogleServer, type GoogleServer } from '../../src/sandbox/google-server.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { linesOf } from '../support/log-lines.js';
import { operationsOf, type Operation } from '../support/operations.js';
import { expectProblem } from '../support/problems.js';
import { sampleBody, UNKNOWN_ID } from '../support/sample-body.js';
import { ADMIN_KEY, startService, type Answer, type Service } from '../support/service.js';
import { aWorld, type World } from '../support/world.js';

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

describe('a request id', () => {
  it.each(['my.id:1', 'a', 'A-b_c', 'x'.repeat(128)])('that the caller sends is its own: %s', async (id) => {
    const answer = await service.call('GET', '/api/nope', { headers: { 'X-Request-Id': id } });
    expectProblem(answer, 404, 'not_found');
    expect(answer.headers.get('x-request-id')).toBe(id);
    expect(await linesOf(service, id)).toEqual([[expect.anything()]]);
  });

  it.each(['', 'a b', 'x'.repeat(129), '{"a":1}', 'é'])(
    'that could break a log line is replaced: %j',
    async (id) => {
      const answer = await service.call('GET', '/api/health/live', { headers: { 'X-Request-Id': id } });
      expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    },
  );
});

describe('a refused request', () => {
  it('is one line of the log that tells who asked for what, and how it ended', async () => {
    const key = world.key;
    const connection = world.connections[0]?.id;
    const refused: [Answer, Record<string, unknown>][] = [
      [
        await service.call('GET', `/api/bookings/${UNKNOWN_ID}`, { key }),
        { status: 404, code: 'not_found', workspace_id: world.workspaceId, booking_id: UNKNOWN_ID },
      ],
      [
        await service.call(
          'POST',
          `/api/calendars/configurations/${world.configurationId}/check-availability/`,
          {
            key,
            body: {},
          },
        ),
        {
          status: 400,
          code: 'validation_failed',
          workspace_id: world.workspaceId,
          configuration_id: world.configurationId,
        },
      ],
      [
        await service.call('POST', `/api/connections/${connection}/test?workspace_id=${world.workspaceId}`, {
          body: { surprise: 1 },
        }),
        { status: 400, workspace_id: world.workspaceId, connection_id: connection },
      ],
      [
        await service.call('GET', `/api/admin/workspaces/${UNKNOWN_ID}`),
        { status: 404, workspace_id: UNKNOWN_ID },
      ],
      [
        await service.call('GET', '/api/bookings/malformed', { key }),
        { status: 400, workspace_id: world.workspaceId },
      ],
      [await service.call('GET', '/api/bookings', { key: null }), { status: 401, workspace_id: null }],
      [
        await service.call('GET', '/nowhere', { key: null }),
        { status: 404, route: null, workspace_id: null },
      ],
      [
        await service.call('POST', '/api/admin/workspaces', { body: '{' }),
        { status: 400, route: '/api/admin/workspaces', workspace_id: null },
      ],
    ];
    const logged = await linesOf(service, ...refused.map(([{ body }]) => body.request_id));
    for (const [index, [, facts]] of refused.entries()) {
      const lines = logged[index] ?? [];
      expect(lines).toEqual([expect.objectContaining({ level: 'info', event: 'request.refused', ...facts })]);
      expect(lines[0]).toEqual(
        expect.objectContaining({ duration_ms: expect.any(Number), method: expect.any(String) }),
      );
      expect(lines[0]).toHaveProperty('route');
    }
  });

  it('of any kind has exactly one line, on every operation', async () => {
    const ids: unknown[] = [];
    for (const operation of operations) {
      const path = operation.path.replaceAll(/\{\w+\}/g, 'malformed');
      for (const key of [null, ADMIN_KEY]) {
        const body = operation.method === 'GET' ? {} : { body: '[' };
        const answer = await service.call(operation.method, path, { key, ...body });
        if (answer.status >= 400) ids.push(answer.body.request_id);
      }
    }
    expect(ids.length).toBeGreaterThan(operations.length);
    expect(await linesOf(service, ...ids)).toEqual(ids.map(() => [expect.anything()]));
  });
});

describe('every path', () => {
  it('works with a slash at its end, too', async () => {
    for (const operation of operations.filter(({ method }) => method === 'GET')) {
      const path = operation.path
        .replace('/workspaces/{id}', `/workspaces/${world.workspaceId}`)
        .replace('/connections/{id}', `/connections/${world.connections[0]?.id}`)
        .replace('/configurations/{id}', `/configurations/${world.configurationId}`)
        .replaceAll(/\{\w+\}/g, UNKNOWN_ID);
      const key = operation.access === 'admin' ? ADMIN_KEY : world.key;
      const plain = await service.call('GET', path, { key });
      const slashed = await service.call('GET', `${path}/`, { key });
      expect(slashed.status).toBe(plain.status);
      const members = ({ body }: Answer): unknown => (typeof body === 'string' ? 'text' : Object.keys(body));
      expect(members(slashed)).toEqual(members(plain));
    }
    const check = operations.find(({ path }) => path.endsWith('/check-availability'));
    if (check === undefined) throw new Error('check-availability is gone');
    const answer = await service.call('POST', `${check.path.replace('{id}', world.configurationId)}/`, {
      key: world.key,
      body: sampleBody(check),
    });
    expect(answer.status).toBe(200);
  });
});

describe('a list', () => {
  let path: string;
  let names: string[];

  beforeAll(async () => {
    path = `/api/admin/workspaces/${world.workspaceId}/api-keys`;
    const made = Array.from({ length: 12 }, (_, index) => `Key ${index}`);
    await Promise.all(made.map((name) => service.call('POST', path, { body: { name } })));
    names = ['default', ...made];
  });

  async function pages(limit: number): Promise<string[][]> {
    const found: string[][] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const next: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const { body } = await service.call('GET', `${path}?limit=${limit}${next}`);
      found.push(body.items.map(({ name }: { name: string }) => name));
      cursor = body.next_cursor;
    }
    return found;
  }

  it.each([1, 2, 5, 13, 14, 200])('has each item once, in pages of %i', async (limit) => {
    const found = await pages(limit);
    expect(found.flat().toSorted()).toEqual(names.toSorted());
    expect(found.slice(0, -1).every((page) => page.length === limit)).toBe(true);
    expect(found.length).toBe(Math.ceil(names.length / limit));
  });

  it('has 50 items to a page unless told otherwise', async () => {
    const more = Array.from({ length: 40 }, (_, index) => `More ${index}`);
    await Promise.all(more.map((name) => service.call('POST', path, { body: { name } })));
    const { body } = await service.call('GET', path);
    expect(body.items).toHaveLength(50);
    expect(body.next_cursor).toEqual(expect.any(String));
  });

  it('stays whole while items are added and the one at the cursor is removed', async () => {
    const first = await service.call('GET', `${path}?limit=3`);
    await service.call('DELETE', `${path}/${first.body.items[2].id}`);
    await service.call('POST', path, { body: { name: 'Late' } });
    const { body } = await service.call('GET', `${path}?limit=200&cursor=${first.body.next_cursor}`);
    const rest = body.items.map(({ name }: { name: string }) => name);
    const seen = first.body.items.map(({ name }: { name: string }) => name);
    expect(rest).toContain('Late');
    expect(rest.filter((name: string) => seen.includes(name))).toEqual([]);
    expect(seen.length + rest.length).toBe(names.length + 40 + 1);
  });
});
