import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { FaultSpec } from '../../src/sandbox/faults/fault.js';
import { allowConnections } from '../support/database.js';
import { FaultBench, nth } from '../support/fault-bench.js';
import { linesOf } from '../support/log-lines.js';
import { rawBytes } from '../support/raw-request.js';
import { expectTold, NOT_THE_PROVIDER } from '../support/told-requests.js';
import type { World } from '../support/world.js';

const LONGEST_LINE = 3000;

let bench: FaultBench;
let world: World;
/** Where the greeting of a start by hand is over. */
let welcome: number;

beforeAll(async () => {
  bench = await FaultBench.start({
    PROVIDER_TIMEOUT_MS: '300',
    PROVIDER_DEADLINE_MS: '1000',
    BOOKING_DEADLINE_MS: '1500',
  });
  world = await bench.world({ accounts: 2 });
  await linesOf(bench.service);
  welcome = bench.service.output().length;
});

beforeEach(() => bench.heal());
afterAll(() => bench?.stop());

/** Every line is one JSON object, and none is long. */
function expectShortLines(): void {
  const lines = bench.service.output().slice(welcome).split('\n').slice(0, -1);
  expect(lines.filter((line) => !line.startsWith('{"level":'))).toEqual([]);
  for (const line of lines) JSON.parse(line);
  expect(lines.filter((line) => line.length > LONGEST_LINE)).toEqual([]);
}

describe('what the provider says', () => {
  const MARK = 'a-text-of-the-provider-';
  const LONG = MARK.repeat(200);
  const error = { code: 400, message: LONG, errors: [{ domain: LONG, reason: LONG, message: LONG }] };

  it.each<[string, FaultSpec['effect']]>([
    ['a page', { kind: 'respond', status: 503, body: `<html>${LONG}</html>` }],
    ['an error with a message', { kind: 'respond', status: 500, body: { error } }],
    ['a refusal with a reason', { kind: 'respond', status: 400, body: { error } }],
    ['an OAuth error', { kind: 'respond', status: 400, body: { error: LONG, error_description: LONG } }],
    ['a subtype', { kind: 'respond', status: 400, body: { error: 'invalid_grant', error_subtype: LONG } }],
    ['a header', { kind: 'respond', status: 429, headers: { 'retry-after': LONG }, body: LONG }],
    ['a good answer that is text', { kind: 'respond', status: 200, body: LONG }],
    ['a good answer that is a list', { kind: 'respond', status: 200, body: [LONG] }],
    ['an answer that is cut', { kind: 'respond', status: 200, body: `{"calendars":{"${LONG}` }],
    ['a token that is none', { kind: 'respond', status: 200, body: { access_token: [LONG], scope: LONG } }],
    ['a reason for one calendar', { kind: 'calendar_error', reason: LONG, domain: LONG }],
    ['periods that are none', { kind: 'busy_entries', entries: [{ start: LONG, end: LONG }, LONG] }],
  ])('in %s is in no line of the log, nor is any line long', async (_what, effect) => {
    const before = bench.service.output().length;
    bench.fault({ endpoint: 'freeBusy', effect });
    bench.fault({ endpoint: 'events.insert', effect });
    bench.fault({ endpoint: 'token', effect });
    await bench.expire(nth(world.connections, 1).id);
    await Promise.all([bench.availability(world), bench.book(world)]);
    await linesOf(bench.service);
    const told = bench.service.output().slice(before);
    expect(told.length).toBeGreaterThan(0);
    expect(told).not.toContain(MARK.repeat(2));
    expectShortLines();
  });
});

describe('a request id that could break the log', () => {
  const ask = (...headers: (string | Buffer)[]): Buffer =>
    Buffer.concat([
      Buffer.from('GET /api/nope HTTP/1.1\r\nHost: x\r\nConnection: close\r\n'),
      ...headers.map((header) => Buffer.concat([Buffer.from('X-Request-Id: '), Buffer.from(header)])),
      Buffer.from('\r\n\r\n'),
    ]);

  it.each<[string, Buffer]>([
    ['a line feed', ask('one\nlevel: error')],
    ['a carriage return', ask('one\rtwo')],
    ['a folded line', ask('one\r\n two')],
    ['a second header', ask('one\r\n', 'two')],
    ['a forged line', ask('{"level":"error","event":"forged"}')],
    ['a tabulator', ask('one\ttwo')],
    ['a zero', ask('one\0two')],
    ['an escape', ask('\u001b[31mred')],
    ['letters of Unicode', ask('idée-✓-🙂')],
    ['a line separator', ask('one\u2028two')],
    ['bytes that are no UTF-8', ask(Buffer.from([0x61, 0xff, 0xfe, 0x80]))],
    ['a thousand letters', ask('x'.repeat(1000))],
    ['twenty thousand letters', ask('x'.repeat(20_000))],
  ])('is replaced or refused, and leaves one line: %s', async (_what, bytes) => {
    const [head = '', body = ''] = (await rawBytes(bench.service.url, bytes)).split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 4(00|04|31) /);
    const id = /^X-Request-Id: ([\w-]+)$/im.exec(head)?.[1];
    expect(JSON.parse(body)).toMatchObject({ request_id: id });
    const [lines] = await linesOf(bench.service, id);
    expect(lines).toMatchObject([{ level: 'info', event: 'request.refused', ...NOT_THE_PROVIDER }]);
    expect(bench.log('forged')).toEqual([]);
    expectShortLines();
  });
});

describe('while the database is away', () => {
  beforeAll(async () => {
    const { rows } = await bench.db.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await allowConnections(bench.database, false, nth(rows, 0).pid);
  });
  afterAll(() => allowConnections(bench.database, true));

  it('a request is told like any other', async () => {
    const facts = { ...NOT_THE_PROVIDER, configuration_id: world.configurationId };
    await expectTold(bench.service, await bench.book(world), 503, 'service_unavailable', facts);
    const ready = await bench.service.call('GET', '/api/health/ready', { key: null });
    await expectTold(bench.service, ready, 503, 'not_ready', NOT_THE_PROVIDER);
  });
});

describe('the log of all this', () => {
  it('has no error: nobody had to act', () => {
    expect(bench.service.log().filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('has one sentence in each line', () => {
    const own = bench.service.log().filter(({ event }) => event !== 'nest');
    for (const message of new Set(own.map((line) => line['message']))) expect(message).toMatch(/^[A-Z].*\.$/);
  });
});

describe('a request that arrives while the service stops', () => {
  it('is told like any other', async () => {
    const port = Number(new URL(bench.service.url).port);
    const late = connect(port, '127.0.0.1');
    await once(late, 'connect');
    late.write('GET /api/bookings HTTP/1.1\r\nHost: x\r\n');
    await linesOf(bench.service);
    const stopped = bench.service.stop();
    while (await listens(port)) await delay(5);
    late.end('\r\n');
    const [head = '', body = ''] = (await text(late)).split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 503 [^]*retry-after: 5/i);
    const problem: { code: string; request_id: string } = JSON.parse(body);
    expect(problem.code).toBe('service_unavailable');
    expect(await stopped).toBe(0);
    const lines = bench.service.log().filter((line) => line['request_id'] === problem.request_id);
    expect(lines).toMatchObject([{ level: 'warn', event: 'request.failed', route: '/api/bookings' }]);
  });
});

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
