import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { startGoogleServer, type GoogleServer } from '../../src/sandbox/google-server.js';
import { badTexts, badValues } from '../support/bad-values.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { operationsOf, type Operation } from '../support/operations.js';
import { expectProblem, expectRefusal, namedFields } from '../support/problems.js';
import { rawRequest, type RawCall } from '../support/raw-request.js';
import { sampleBody, UNKNOWN_ID } from '../support/sample-body.js';
import { ADMIN_KEY, startService, type Answer, type Service } from '../support/service.js';
import { aWorld, type World } from '../support/world.js';

let database: TestDatabase;
let google: GoogleServer;
let service: Service;
let world: World;
let webhookId: string;
let operations: Operation[];

beforeAll(async () => {
  [database, google] = await Promise.all([createTestDatabase(), startGoogleServer()]);
  service = await startService({ databaseUrl: database.url, google });
  world = await aWorld(service, google, { accounts: 1 });
  operations = await operationsOf(service);
  const webhook = { url: 'http://127.0.0.1:9/', active: false };
  webhookId = (await service.call('POST', '/api/webhooks', { key: world.key, body: webhook })).body.id;
  google.state.requests.clear();
});

afterAll(async () => {
  await service?.stop();
  await google?.close();
  await database?.drop();
});

const keyOf = ({ access }: Operation): string | null =>
  access === 'public' ? null : access === 'admin' ? ADMIN_KEY : world.key;

/** The path with the ids of things that exist, where the world has any. */
function pathOf({ path }: Operation): string {
  return path
    .replace('/workspaces/{id}', `/workspaces/${world.workspaceId}`)
    .replace('/connections/{id}', `/connections/${world.connections[0]?.id}`)
    .replace('/configurations/{id}', `/configurations/${world.configurationId}`)
    .replace('/webhooks/{id}', `/webhooks/${webhookId}`)
    .replaceAll(/\{\w+\}/g, UNKNOWN_ID);
}

function send(operation: Operation, body: unknown): Promise<Answer> {
  return service.call(operation.method, pathOf(operation), { key: keyOf(operation), body });
}

/** What was sent and what came back where `field` is not named by a 400. */
function miss(operation: Operation, value: unknown, field: string, answer: Answer): string[] {
  if (answer.status === 400 && namedFields(answer).includes(field)) return [];
  const sent = JSON.stringify(value)?.slice(0, 80);
  const came = JSON.stringify(answer.body).slice(0, 200);
  return [`${operation.method} ${operation.path} ${field}=${sent}: ${answer.status} ${came}`];
}

describe('bodies', () => {
  it('of every operation refuse every bad value of every field by its name', async () => {
    const misses: string[] = [];
    for (const operation of operations)
      for (const field of operation.body ?? [])
        for (const value of badValues(field)) {
          const answer = await send(operation, { ...sampleBody(operation), [field.name]: value });
          misses.push(...miss(operation, value, field.name, answer));
        }
    expect(misses).toEqual([]);
  });

  it('of every operation refuse unknown fields by their names, also those of Object.prototype', async () => {
    const misses: string[] = [];
    for (const operation of operations.filter(({ body, method }) => body !== null || method === 'POST'))
      for (const name of ['surprise', 'id', '__proto__', 'constructor', 'toString', '']) {
        const members = JSON.stringify(sampleBody(operation)).slice(1, -1);
        const answer = await send(operation, `{${members}${members && ','}${JSON.stringify(name)}:{"x":1}}`);
        misses.push(...miss(operation, name, name, answer));
      }
    expect(misses).toEqual([]);
  });

  it('that lack what is needed are refused by the first missing field, however they are empty', async () => {
    const needy = operations.filter(({ body }) => body?.some(({ required }) => required));
    expect(needy.length).toBeGreaterThan(3);
    for (const operation of needy) {
      const missing = operation.body?.find(({ required }) => required)?.name ?? '';
      for (const body of [undefined, '', '{}', 'null']) expectRefusal(await send(operation, body), missing);
    }
  });

  it.each(['[]', '[{}]', '"text"', '5', 'true', '1e999'])('that are %s are no objects', async (body) => {
    for (const operation of operations.filter((each) => each.body !== null))
      expectRefusal(await send(operation, body), 'body');
  });

  it.each(['{', '{"a":}', "{'a':1}", '{"a":1}x', 'NaN', '{"a":NaN}', '\u0000', '{"name":"a\nb"}'])(
    'that are not JSON are refused with and without a key: %j',
    async (body) => {
      for (const key of [ADMIN_KEY, null])
        expectRefusal(await service.call('POST', '/api/admin/workspaces', { key, body }), 'body');
    },
  );

  it('may start with a byte order mark, and are read as UTF-8 only', async () => {
    const json = '{"name":"Zoë"}';
    const marked = await raw({ body: Buffer.from(`\ufeff${json}`) });
    expect(marked).toMatchObject({ status: 201, body: { name: 'Zoë' } });
    expectRefusal(await raw({ body: Buffer.from(json, 'latin1') }), 'body');
    expectRefusal(await raw({ body: Buffer.from(json, 'utf16le') }), 'body');
  });

  it('over 100 kB are 413, at 100 kB they are read', async () => {
    const title = { title: 'x'.repeat(1_000_000) };
    const path = `/api/calendars/configurations/${world.configurationId}/book-appointment`;
    expectProblem(await raw({ path, body: JSON.stringify(title), key: world.key }), 413, 'payload_too_large');
    const full = JSON.stringify({ name: '' }).length;
    expectRefusal(await raw({ body: JSON.stringify({ name: 'x'.repeat(100_000 - full) }) }), 'name');
    expectProblem(
      await raw({ body: JSON.stringify({ name: 'x'.repeat(100_001 - full) }) }),
      413,
      'payload_too_large',
    );
  });

  it.each(['text/plain', 'text/xml', 'application/x-www-form-urlencoded', 'multipart/form-data', ';;;', 'a'])(
    'of the type %s are 415',
    async (type) => {
      const answer = await raw({ body: 'name=x', headers: { 'Content-Type': type } });
      expectProblem(answer, 415, 'unsupported_media_type');
    },
  );

  it('nested deep are refused by the field that nests', async () => {
    const nested = `${'['.repeat(200)}${']'.repeat(200)}`;
    const answer = await raw({ body: `{"name":${nested}}` });
    expectProblem(answer, 400, 'validation_failed');
    expect(namedFields(answer)).toContain('name');
    expectRefusal(await raw({ body: '['.repeat(90_000) }), 'body');
    expectRefusal(await raw({ body: `${'['.repeat(45_000)}${']'.repeat(45_000)}` }), 'body');
  });
});

describe('query parameters', () => {
  it('of every operation refuse every bad value by their names', async () => {
    const misses: string[] = [];
    for (const operation of operations)
      for (const field of operation.query)
        for (const value of badTexts(field)) {
          const query = `?${field.name}=${encodeURIComponent(value)}`;
          const answer = await service.call(operation.method, pathOf(operation) + query, {
            key: keyOf(operation),
            ...(operation.body === null ? {} : { body: sampleBody(operation) }),
          });
          misses.push(...miss(operation, value, field.name, answer));
        }
    expect(misses).toEqual([]);
  });

  it.each([
    'garbage',
    '',
    'a'.repeat(4000),
    cursor('1:x'),
    cursor(`1:${'0'.repeat(36)}`),
    cursor(`-1:${UNKNOWN_ID}`),
    cursor(`9999999999999999:${UNKNOWN_ID}`),
    cursor(`1:${UNKNOWN_ID};`),
    '%00',
    '%ff%fe',
    'a&cursor=b',
  ])('refuse the cursor %j', async (value) => {
    const lists = operations.filter(({ query }) => query.some(({ name }) => name === 'cursor'));
    for (const list of lists)
      expectRefusal(await service.call('GET', `${pathOf(list)}?cursor=${value}`, {}), 'cursor');
  });

  it('that nobody knows are left alone', async () => {
    expect(await service.call('GET', '/api/bookings?surprise=1&id=x')).toMatchObject({ status: 200 });
    expectRefusal(await service.call('GET', '/api/bookings?__proto__=x'), '__proto__');
  });
});

describe('paths', () => {
  it('with a malformed id are refused by the name of the id', async () => {
    const ids = [
      '1',
      'null',
      'undefined',
      '%20',
      `${UNKNOWN_ID}x`,
      '%00',
      "'",
      '%E0%A4%A',
      '%ff',
      'x'.repeat(5000),
    ];
    for (const operation of operations.filter(({ pathIds }) => pathIds.length > 0))
      for (const name of operation.pathIds)
        for (const id of ids) {
          const path = pathOf({ ...operation, path: operation.path.replace(`{${name}}`, id) });
          const body = operation.body === null ? {} : { body: JSON.stringify(sampleBody(operation)) };
          const answer = await raw({ ...body, method: operation.method, path, key: keyOf(operation) ?? '' });
          expectRefusal(answer, name);
        }
  });

  it('that lead nowhere, and methods that a path has not, are 404', async () => {
    const nowhere = [
      '/',
      '/api',
      '/api/',
      '/api/nope',
      '/api//bookings',
      '/API/bookings',
      '/docs/../package.json',
    ];
    for (const path of [...nowhere, '/api/bookings/%2e%2e', '/docs/..%2f..%2fpackage.json', '/%', '/api/%ff'])
      for (const method of ['GET', 'POST', 'DELETE']) {
        const answer = await raw({ method, path });
        if (answer.status !== 400) expectProblem(answer, 404, 'not_found');
      }
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'])
      expectProblem(await raw({ method, path: '/api/bookings' }), 404, 'not_found');
  });

  it('answer HEAD as GET without its body', async () => {
    const head = await raw({ method: 'HEAD', path: '/api/health/live' });
    expect(head).toMatchObject({ status: 200, text: '' });
    expect((await raw({ method: 'HEAD', path: `/api/bookings/${UNKNOWN_ID}` })).status).toBe(404);
  });

  it('may be longer than any id, but not longer than the headers may be', async () => {
    const long = await raw({ method: 'GET', path: `/api/bookings?x=${'a'.repeat(10_000)}` });
    expect(long.status).toBe(200);
    const tooLong = await raw({ method: 'GET', path: `/api/bookings?x=${'a'.repeat(20_000)}` });
    expectProblem(tooLong, 431, 'headers_too_large');
  });
});

describe('headers', () => {
  it.each([
    'Bearer',
    'Bearer ',
    'Basic YTpi',
    'Bearer a b',
    'Bearer wrong',
    'x',
    '',
    `Bearer ${'k'.repeat(8000)}`,
  ])('with the authorization %j are 401', async (authorization) => {
    const headers = { Authorization: authorization };
    const answer = await raw({ method: 'GET', path: '/api/bookings', headers });
    expectProblem(answer, 401, 'unauthenticated');
  });

  it('that nobody asked for change nothing', async () => {
    for (const [name, value] of Object.entries({
      Expect: '200-maybe',
      'Accept-Version': '9',
      'X-HTTP-Method-Override': 'DELETE',
      'Content-Encoding': 'gzip',
      Accept: 'application/x-nothing',
      'If-None-Match': '*',
      Range: 'bytes=0-1',
    })) {
      const answer = await raw({ body: '{"name":""}', headers: { [name]: value } });
      expectRefusal(answer, 'name');
    }
  });

  it('over 16 kB are 431', async () => {
    const headers = { 'X-Large': 'a'.repeat(20_000) };
    const answer = await raw({ method: 'GET', path: '/api/bookings', headers });
    expectProblem(answer, 431, 'headers_too_large');
  });

  it('and all else that is no HTTP is answered with a problem, too', async () => {
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
    socket.end('HELLO?\r\n\r\n');
    const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 400 Bad Request\r\nContent-Type: application\/problem\+json/);
    const problem: { code: string; request_id: string } = JSON.parse(body);
    expect(problem.code).toBe('validation_failed');
    expect(head).toContain(problem.request_id);
    while (!service.log().some((line) => line['request_id'] === problem.request_id)) await delay(5);
  });
});

describe('nothing of all this', () => {
  it('reached Google, failed inside, or was logged on more than one line', async () => {
    expect(google.state.requests.list()).toEqual([]);
    const lines = service.log();
    expect(lines.filter(({ status, level }) => Number(status) >= 500 || level === 'error')).toEqual([]);
    const others = service
      .output()
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('{'));
    expect(others.filter((line) => /Error:|nhandled|^ +at /.test(line))).toEqual([]);
  });
});

type RawInput = Partial<RawCall> & { readonly key?: string };

async function raw(call: RawInput): Promise<Answer & { readonly text: string }> {
  const { method = 'POST', path = '/api/admin/workspaces', key = ADMIN_KEY, headers = {}, body } = call;
  const answer = await rawRequest(service.url, {
    method,
    path,
    body,
    headers: {
      ...(key === '' ? {} : { Authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
  });
  const isJson = String(answer.headers['content-type']).includes('json');
  return {
    status: answer.status,
    text: answer.text,
    headers: new Headers(
      Object.entries(answer.headers).map(([name, value]): [string, string] => [name, String(value)]),
    ),
    body: isJson && answer.text !== '' ? JSON.parse(answer.text) : answer.text,
  };
}

function cursor(content: string): string {
  return Buffer.from(content).toString('base64url');
}
