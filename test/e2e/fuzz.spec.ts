import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { startGoogleServer, type GoogleServer } from '../../src/sandbox/google-server.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { Fuzz, type FuzzCall } from '../support/fuzz.js';
import { operationsOf, type Operation } from '../support/operations.js';
import { rawRequest, type RawAnswer } from '../support/raw-request.js';
import { UNKNOWN_ID } from '../support/sample-body.js';
import { ADMIN_KEY, startService, type Service } from '../support/service.js';
import { aWorld, dayFromNow } from '../support/world.js';

/** `FUZZ_REQUESTS=20000 FUZZ_SEED=1` looks longer, or elsewhere. */
const REQUESTS = Number(process.env['FUZZ_REQUESTS'] ?? 2000);
const SEED = Number(process.env['FUZZ_SEED'] ?? 59);
const MAX_P99_MS = 250;
const MAX_GROWTH_MB = 50;
const WARM_UP = 1000;
/** A small heap is collected often, so that what stays is what leaks. */
const NODE_OPTIONS = '--max-old-space-size=128';

let database: TestDatabase;
let google: GoogleServer;
let service: Service;
let fuzz: Fuzz;

beforeAll(async () => {
  [database, google] = await Promise.all([createTestDatabase(), startGoogleServer()]);
  service = await startService({
    databaseUrl: database.url,
    google,
    env: { LOG_LEVEL: 'info', NODE_OPTIONS },
  });
  const world = await aWorld(service, google, { accounts: 2 });
  const booked = await service.call(
    'POST',
    `/api/calendars/configurations/${world.configurationId}/book-appointment`,
    {
      key: world.key,
      body: { start_time: `${dayFromNow(5)}T18:00:00Z`, title: 'Visit', attendee_email: 'pat@example.com' },
    },
  );
  expect(booked.status).toBe(201);
  const webhook = await service.call('POST', '/api/webhooks', {
    key: world.key,
    body: { url: 'http://127.0.0.1:9/' },
  });
  fuzz = new Fuzz(
    {
      operations: await operationsOf(service),
      keys: { admin: ADMIN_KEY, workspace: world.key, public: 'none' },
      ids: {
        workspaces: world.workspaceId,
        connections: world.connections[1]?.id ?? UNKNOWN_ID,
        configurations: world.configurationId,
        bookings: booked.body.booking_id,
        webhooks: webhook.body.id,
      },
    },
    SEED,
  );
});

afterAll(async () => {
  await service?.stop();
  await google?.close();
  await database?.drop();
});

/** Answers to valid requests may rest on what Google said; a refusal for what was sent may not. */
const ASKING = new Set([401, 409]);

/** What is wrong with an answer; empty when it keeps the contract. */
function faultsOf(call: FuzzCall, answer: RawAnswer, upstreamCalls: number): string[] {
  const { status } = answer;
  if (status >= 500) return [`status ${status}`];
  if (status < 400) return [];
  const asked = upstreamCalls > 0 && !ASKING.has(status) ? ['Google was asked'] : [];
  return [...asked, ...problemFaults(answer, call)];
}

function problemFaults({ status, headers, text }: RawAnswer, { operation }: FuzzCall): string[] {
  if (!String(headers['content-type']).startsWith('application/problem+json')) return ['no problem'];
  const { request_id: id, code, status: told }: Record<string, unknown> = JSON.parse(text);
  return [
    ...(typeof id === 'string' && id === headers['x-request-id'] ? [] : ['no request id']),
    ...(told === status ? [] : ['the status differs']),
    ...(isDocumented(operation, status, code) ? [] : ['not documented']),
  ];
}

/** What is refused for its size or type reaches no operation, and is documented where a body belongs. */
const TRANSPORT = new Set([413, 415, 431]);

function isDocumented(operation: Operation | null, status: number, code: unknown): boolean {
  if (operation === null || TRANSPORT.has(status)) return true;
  return operation.problems[status]?.includes(String(code)) ?? false;
}

function describeCall({ method, path, headers, body }: FuzzCall): string {
  return `${method} ${path.slice(0, 200)} ${JSON.stringify(headers).slice(0, 200)} ${String(body).slice(0, 300)}`;
}

/** Resident memory of the service, where the system tells it. */
function residentMb(): number {
  try {
    const status = readFileSync(`/proc/${service.process.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

describe(`${REQUESTS} generated requests (seed ${SEED})`, () => {
  it(
    'are all answered as the contract says, and none of them fails inside',
    async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const faults: string[] = [];
      const times: number[] = [];
      const statuses = new Map<number, number>();
      let baseline = 0;
      for (let index = 0; index < REQUESTS; index += 1) {
        const call = fuzz.next();
        const callsBefore = google.state.requests.count();
        const startedAt = performance.now();
        const answer = await rawRequest(service.url, { ...call, agent });
        times.push(performance.now() - startedAt);
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        const found = faultsOf(call, answer, google.state.requests.count() - callsBefore);
        if (found.length > 0)
          faults.push(`#${index} ${found.join(', ')}: ${describeCall(call)} -> ${answer.text.slice(0, 300)}`);
        if (index === WARM_UP) baseline = residentMb();
      }
      agent.destroy();
      expect(faults).toEqual([]);
      // Garbage alone would prove little: many requests must get through to the handlers, too.
      const served = [...statuses]
        .filter(([status]) => status < 300)
        .reduce((sum, [, count]) => sum + count, 0);
      expect(served).toBeGreaterThan(REQUESTS / 20);
      expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 400, 401, 404, 413, 415]));
      const p99 = times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? 0;
      expect(p99).toBeLessThan(MAX_P99_MS);
      if (baseline > 0) expect(residentMb() - baseline).toBeLessThan(MAX_GROWTH_MB);
      if (process.env['FUZZ_REQUESTS'] !== undefined)
        console.log({ statuses: Object.fromEntries(statuses), p99, baseline, end: residentMb() });
    },
    60_000 + REQUESTS * 30,
  );

  it('leave one line of the log each, no unhandled rejection, and a service that works', async () => {
    const others = service
      .output()
      .split('\n')
      .filter((line) => line !== '' && !isJsonObject(line));
    // What is greeted with at the start is the only other text.
    expect(others.filter((line) => /rror|nhandled|reject|^ +at /.test(line))).toEqual([]);
    const lines = service.log();
    expect(lines.filter(({ event, level }) => event === 'request.bug' || level === 'error')).toEqual([]);
    const requests = lines.filter(({ event }) => event.startsWith('request.'));
    expect(requests.length).toBeGreaterThanOrEqual(REQUESTS);
    expect((await service.call('GET', '/api/health/ready', { key: null })).status).toBe(200);
  });
});

function isJsonObject(line: string): boolean {
  try {
    return typeof JSON.parse(line) === 'object';
  } catch {
    return false;
  }
}
