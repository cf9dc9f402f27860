import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startGoogleServer, type GoogleServer } from '../../src/sandbox/google-server.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { operationsOf, type Operation } from '../support/operations.js';
import { expectProblem, expectRefusal } from '../support/problems.js';
import { sampleBody, UNKNOWN_ID } from '../support/sample-body.js';
import { ADMIN_KEY, startService, type Answer, type Service } from '../support/service.js';
import { aWorld, dayFromNow, type World } from '../support/world.js';

let database: TestDatabase;
let google: GoogleServer;
let service: Service;
let ours: World;
let theirs: World;
let operations: Operation[];
/** By the word that comes before an id in a path. */
let theirIds: Record<string, string>;
/** Of those that stand before another id in a path. */
let ourIds: Record<string, string>;

beforeAll(async () => {
  [database, google] = await Promise.all([createTestDatabase(), startGoogleServer()]);
  service = await startService({ databaseUrl: database.url, google });
  ours = await aWorld(service, google, { accounts: 1 });
  theirs = await aWorld(service, google, { accounts: 2 });
  operations = await operationsOf(service);
  theirIds = await idsOf(theirs);
  ourIds = await ourWebhook();
});

afterAll(async () => {
  await service?.stop();
  await google?.close();
  await database?.drop();
});

async function ourWebhook(): Promise<Record<string, string>> {
  const body = { url: 'http://127.0.0.1:9/', active: false };
  const { body: webhook } = await service.call('POST', '/api/webhooks', { key: ours.key, body });
  return { webhooks: webhook.id };
}

async function idsOf(world: World): Promise<Record<string, string>> {
  const path = `/api/calendars/configurations/${world.configurationId}`;
  const book = await service.call('POST', `${path}/book-appointment`, {
    key: world.key,
    body: { start_time: `${dayFromNow(5)}T18:00:00Z`, title: 'Visit', attendee_email: 'pat@example.com' },
  });
  expect(book.status).toBe(201);
  const hold = await service.call('POST', `${path}/holds`, {
    key: world.key,
    body: { start_time: `${dayFromNow(6)}T18:00:00Z`, ttl_seconds: 3600 },
  });
  expect(hold.status).toBe(201);
  const webhook = await service.call('POST', '/api/webhooks', {
    key: world.key,
    body: { url: 'http://127.0.0.1:9/' },
  });
  expect(webhook.status).toBe(201);
  const test = await service.call('POST', `/api/webhooks/${webhook.body.id}/test`, { key: world.key });
  return {
    workspaces: world.workspaceId,
    connections: world.connections[0]?.id ?? '',
    calendars: world.calendars[0]?.id ?? '',
    configurations: world.configurationId,
    bookings: book.body.booking_id,
    holds: hold.body.id,
    webhooks: webhook.body.id,
    deliveries: test.body.id,
  };
}

/** The path with an id in each of its places, by the word before it: what the id is of. */
function withIds({ path }: Operation, idOf: (thing: string) => string): string {
  return path.replaceAll(/([\w-]+)\/\{\w+\}/g, (_, thing: string) => `${thing}/${idOf(thing)}`);
}

function thingsOf({ path }: Operation): string[] {
  return [...path.matchAll(/([\w-]+)\/\{\w+\}/g)].map(([, thing = '']) => thing);
}

function idIn(ids: Readonly<Record<string, string>>, thing: string): string {
  const id = ids[thing];
  if (id === undefined) throw new Error(`No id is known of ${thing}: add it to idsOf()`);
  return id;
}

/** Which of the ids in a path are foreign: all, and where there are several each single one among our own. */
function mixesOf(things: readonly string[]): string[][] {
  return things.length === 1 ? [[...things]] : [[...things], ...things.map((thing) => [thing])];
}

const ofWorkspaces = (): Operation[] =>
  operations.filter(({ access, pathIds }) => access === 'workspace' && pathIds.length > 0);

function send(operation: Operation, path: string, key: string): Promise<Answer> {
  const body = operation.body === null ? {} : { body: sampleBody(operation) };
  return service.call(operation.method, path, { key, ...body });
}

/** The whole answer but for what differs between any two requests. */
function comparable({ status, headers, body }: Answer): unknown {
  return { status, type: headers.get('content-type'), body: { ...body, request_id: null } };
}

/** All that a workspace's own key shows. */
async function everything(world: World): Promise<unknown> {
  const paths = ['connections', 'calendars', 'calendars/configurations', 'bookings', 'webhooks'];
  const lists = await Promise.all(
    paths.map((path) => service.call('GET', `/api/${path}`, { key: world.key })),
  );
  return lists.map(({ body }) => body);
}

describe('an id of another workspace', () => {
  it('in a path is 404 like an id that nobody has, and neither Google nor the other workspace notices', async () => {
    const before = await everything(theirs);
    google.state.requests.clear();
    expect(ofWorkspaces().length).toBeGreaterThanOrEqual(10);
    for (const operation of ofWorkspaces()) {
      for (const foreign of mixesOf(thingsOf(operation))) {
        const idOf = (thing: string): string =>
          foreign.includes(thing) ? idIn(theirIds, thing) : (ourIds[thing] ?? UNKNOWN_ID);
        const answer = await send(operation, withIds(operation, idOf), ours.key);
        expectProblem(answer, 404, 'not_found');
        const nobodys = withIds(operation, () => UNKNOWN_ID);
        const unknown = await send(operation, nobodys, ours.key);
        expect(comparable(answer)).toEqual(comparable(unknown));
      }
    }
    expect(google.state.requests.list()).toEqual([]);
    expect(await everything(theirs)).toEqual(before);
  });

  it('of another kind is 404, too', async () => {
    for (const operation of ofWorkspaces())
      for (const [kind, id] of Object.entries(await idsOfKinds()))
        if (!thingsOf(operation).includes(kind)) {
          const answer = await send(
            operation,
            withIds(operation, () => id),
            ours.key,
          );
          expectProblem(answer, 404, 'not_found');
        }
  });

  it('in a body is 400, names its field, and reads like an id that nobody has', async () => {
    const bodies = (id: string): [string, string, string, Record<string, unknown>][] => [
      ['POST', '/api/calendars/configurations', 'calendar_id', { ...NEW, calendar_id: id }],
      [
        'POST',
        '/api/calendars/configurations',
        'conflict_calendar_ids',
        { ...NEW, calendar_id: ours.calendars[0]?.id, conflict_calendar_ids: [id] },
      ],
      ['PATCH', `/api/calendars/configurations/${ours.configurationId}`, 'calendar_id', { calendar_id: id }],
      [
        'PATCH',
        `/api/calendars/configurations/${ours.configurationId}`,
        'conflict_calendar_ids',
        { conflict_calendar_ids: [ours.calendars[0]?.id, id] },
      ],
    ];
    const foreign = bodies(theirIds['calendars'] ?? '');
    for (const [index, [method, path, field, body]] of foreign.entries()) {
      const answer = await service.call(method, path, { key: ours.key, body });
      expectRefusal(answer, field);
      const unknown = await service.call(method, path, {
        key: ours.key,
        body: bodies(UNKNOWN_ID)[index]?.[3],
      });
      const text = JSON.stringify(comparable(answer)).replaceAll(theirIds['calendars'] ?? '', UNKNOWN_ID);
      expect(JSON.parse(text)).toEqual(comparable(unknown));
    }
  });

  it('of a hold cannot be spent, and reads like one that nobody has', async () => {
    const path = `/api/calendars/configurations/${ours.configurationId}/book-appointment`;
    const spend = (id: string | undefined): Promise<Answer> =>
      service.call('POST', path, {
        key: ours.key,
        body: {
          start_time: `${dayFromNow(6)}T18:00:00Z`,
          title: 'Visit',
          attendee_email: 'pat@example.com',
          hold_id: id,
        },
      });
    const answer = await spend(theirIds['holds']);
    expectRefusal(answer, 'hold_id');
    expect(comparable(answer)).toEqual(comparable(await spend(UNKNOWN_ID)));
    const { body } = await service.call('GET', '/api/bookings', { key: ours.key });
    expect(body.items).toEqual([]);
  });

  it('cannot be re-authorized, named as the workspace, or filtered by', async () => {
    const authorize = '/api/oauth/google/authorize';
    const connection = await service.call('POST', authorize, {
      key: ours.key,
      body: { connection_id: theirIds['connections'] },
    });
    expectRefusal(connection, 'connection_id');
    for (const id of [theirs.workspaceId, UNKNOWN_ID, '', 'null', '0']) {
      const body = { workspace_id: id };
      expectRefusal(await service.call('POST', authorize, { key: ours.key, body }), 'workspace_id');
      const query = `?workspace_id=${id}`;
      expectRefusal(await service.call('GET', `/api/bookings${query}`, { key: ours.key }), 'workspace_id');
    }
    for (const [path, id] of [
      ['bookings?configuration_id', theirIds['configurations']],
      ['calendars?connection_id', theirIds['connections']],
    ])
      expect((await service.call('GET', `/api/${path}=${id}`, { key: ours.key })).body.items).toEqual([]);
  });

  it('is never in a list', async () => {
    for (const { path } of operations.filter(
      ({ method, access }) => method === 'GET' && access === 'workspace',
    )) {
      if (path.includes('{')) continue;
      const answer = await service.call('GET', path, { key: ours.key });
      expect(answer.status).toBe(200);
      for (const id of Object.values(theirIds)) expect(JSON.stringify(answer.body)).not.toContain(id);
    }
  });

  it('given away inside a cursor shows nothing of its workspace', async () => {
    const first = await service.call('GET', '/api/calendars?limit=1', { key: theirs.key });
    const path = `/api/calendars?cursor=${first.body.next_cursor}`;
    const theirRest = await service.call('GET', path, { key: theirs.key });
    expect(theirRest.body.items).toHaveLength(1);
    const ourRest = await service.call('GET', path, { key: ours.key });
    expect(JSON.stringify(ourRest.body)).not.toContain(theirRest.body.items[0].id);
  });
});

describe('a workspace key', () => {
  it('is 403 on every admin operation, whatever its ids and bodies are', async () => {
    const admin = operations.filter(({ access }) => access === 'admin');
    expect(admin.length).toBeGreaterThanOrEqual(10);
    for (const operation of admin)
      for (const id of [ours.workspaceId, theirs.workspaceId, UNKNOWN_ID, 'malformed']) {
        const path = operation.path.replaceAll(/\{\w+\}/g, id);
        expectProblem(await send(operation, path, ours.key), 403, 'forbidden');
      }
  });

  it('may name its own workspace', async () => {
    const path = `/api/bookings?workspace_id=${ours.workspaceId.toUpperCase()}`;
    expect((await service.call('GET', path, { key: ours.key })).status).toBe(200);
  });

  it('opens nothing any more once it is revoked or its workspace is gone', async () => {
    const workspace = await service.call('POST', '/api/admin/workspaces', { body: { name: 'Short-lived' } });
    const path = `/api/admin/workspaces/${workspace.body.id}`;
    const key = await service.call('POST', `${path}/api-keys`, { body: { name: 'Second' } });
    const use = (secret: string): Promise<Answer> => service.call('GET', '/api/bookings', { key: secret });
    expect((await use(key.body.api_key)).status).toBe(200);

    const foreign = `/api/admin/workspaces/${theirs.workspaceId}/api-keys/${key.body.id}`;
    expectProblem(await service.call('DELETE', foreign), 404, 'not_found');
    expect((await service.call('DELETE', `${path}/api-keys/${key.body.id}`)).status).toBe(204);
    expectProblem(await use(key.body.api_key), 401, 'unauthenticated');

    expect((await use(workspace.body.api_key)).status).toBe(200);
    expect((await service.call('DELETE', path)).status).toBe(204);
    expectProblem(await use(workspace.body.api_key), 401, 'unauthenticated');
  });
});

describe('the admin key', () => {
  it('sees what every workspace has, and one only when it names it', async () => {
    for (const path of ['connections', 'calendars', 'calendars/configurations', 'bookings']) {
      const all = await service.call('GET', `/api/${path}`);
      const named = await service.call('GET', `/api/${path}?workspace_id=${theirs.workspaceId}`);
      const their = await service.call('GET', `/api/${path}`, { key: theirs.key });
      expect(named.body).toEqual(their.body);
      expect(all.body.items).toEqual(expect.arrayContaining(their.body.items));
    }
    for (const path of ['connections', 'calendars/configurations', 'bookings']) {
      const id = theirIds[path.split('/').at(-1) ?? ''];
      expect((await service.call('GET', `/api/${path}/${id}`)).status).toBe(200);
      const elsewhere = await service.call('GET', `/api/${path}/${id}?workspace_id=${ours.workspaceId}`);
      expectProblem(elsewhere, 404, 'not_found');
    }
  });

  it('must name a workspace that exists where something is made in one', async () => {
    const creations: [string, Record<string, unknown>][] = [
      ['/api/calendars/configurations', { ...NEW, calendar_id: theirIds['calendars'] }],
      ['/api/oauth/google/authorize', {}],
    ];
    for (const [path, body] of creations) {
      expectRefusal(await service.call('POST', path, { body }), 'workspace_id');
      for (const id of [UNKNOWN_ID, '', 'x', null, 5, [theirs.workspaceId]]) {
        const answer = await service.call('POST', path, { body: { ...body, workspace_id: id } });
        expectRefusal(answer, 'workspace_id');
      }
      const made = await service.call('POST', path, { body: { ...body, workspace_id: theirs.workspaceId } });
      expect([200, 201]).toContain(made.status);
      const mixed = { ...body, workspace_id: ours.workspaceId };
      if ('calendar_id' in body)
        expectRefusal(await service.call('POST', path, { body: mixed }), 'calendar_id');
    }
  });
});

describe('without a key that is valid', () => {
  it('every operation but the public ones is 401, before anything else is looked at', async () => {
    for (const operation of operations.filter(({ access }) => access !== 'public'))
      for (const key of [null, 'wrong', `${ADMIN_KEY}x`, ADMIN_KEY.slice(0, -1), `slk_${'a'.repeat(43)}`]) {
        const path = operation.path.replaceAll(/\{\w+\}/g, 'malformed');
        const answer = await service.call(operation.method, path, {
          key,
          ...(operation.body === null ? {} : { body: { surprise: 1 } }),
        });
        expectProblem(answer, 401, 'unauthenticated');
      }
  });

  it('only what must be public is', () => {
    expect(operations.filter(({ access }) => access === 'public').map(({ path }) => path)).toEqual(
      expect.arrayContaining(['/api/health/live', '/api/health/ready', '/api/oauth/google/callback']),
    );
    const known =
      /^\/api\/(health\/(live|ready)|oauth\/google\/(callback|reauthorize(\/consent)?)|google\/notifications|admin\/session)$/;
    for (const { path, access } of operations) if (access === 'public') expect(path).toMatch(known);
  });
});

const NEW = {
  name: 'Another',
  duration_minutes: 30,
  from_time: '09:00',
  to_time: '17:00',
  workdays: ['monday'],
};

/** Ids that exist in our own workspace, each of one kind. */
async function idsOfKinds(): Promise<Record<string, string>> {
  return {
    workspaces: ours.workspaceId,
    connections: ours.connections[0]?.id ?? '',
    calendars: ours.calendars[0]?.id ?? '',
    configurations: ours.configurationId,
  };
}
