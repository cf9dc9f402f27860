import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { telling } from '../../src/outbox/outbox.module.js';
import { FaultBench, nth, until } from '../support/fault-bench.js';
import { expectProblem, expectRefusal } from '../support/problems.js';
import { startReceiver, verified, type Received, type Receiver } from '../support/receiver.js';
import type { Answer, Service } from '../support/service.js';
import { control, dayFromNow, type World } from '../support/world.js';

const NEVER = '0 0 29 2 *';
const WORKING = {
  SCHEDULER_ENABLED: 'true',
  HEALTH_CHECK_CRON: NEVER,
  TOKEN_REFRESH_CRON: NEVER,
  CLEANUP_CRON: NEVER,
  RECONCILE_CRON: NEVER,
};

/** Its own service answers, and leaves the queue to others. */
let bench: FaultBench;
let worker: Service;
let world: World;
let receiver: Receiver;
let webhook: { readonly id: string; readonly secret: string };

beforeAll(async () => {
  bench = await FaultBench.start();
  worker = await bench.another(WORKING);
  world = await bench.world({ accounts: 2 });
});

beforeEach(async () => {
  receiver = await startReceiver();
  webhook = (await call('POST', '', { url: `${receiver.url}/hook` })).body;
});

afterEach(async () => {
  await call('DELETE', `/${webhook.id}`);
  await receiver.close();
  await bench.heal();
});

afterAll(() => bench?.stop());

function call(method: string, path: string, body?: unknown, at: Service = bench.service): Promise<Answer> {
  return at.call(method, `/api/webhooks${path}`, { key: world.key, ...(body === undefined ? {} : { body }) });
}

/** Puts events into the outbox as a change of state does. */
async function tell(count = 1): Promise<void> {
  const news = `SELECT gen_random_uuid(), $1::uuid, 'calendar.failing', gen_random_uuid(), '{"n": 1}'::jsonb
    FROM generate_series(1, $2::int)`;
  await bench.db.query(`WITH ${telling(news)} SELECT`, [world.workspaceId, count]);
}

const deliveries = async (): Promise<Answer['body'][]> =>
  (await call('GET', `/${webhook.id}/deliveries`)).body.items;

const came = (count: number): Promise<void> => until(() => receiver.received.length >= count, 10_000);
const settled = (status: string): Promise<void> =>
  until(async () => (await deliveries()).every((delivery) => delivery.status === status), 10_000);

const payloadOf = (request: Received): Record<string, unknown> => verified(webhook.secret, request);
const idsOf = (requests: readonly Received[]): unknown[] =>
  requests.map(({ headers }) => headers['webhook-id']);

describe('a webhook', () => {
  it('shows its secret when it is made and when it is rotated, and never again', async () => {
    expect(webhook.secret).toMatch(/^whsec_/);
    const shown = await call('GET', `/${webhook.id}`);
    expect(shown.body).toMatchObject({
      id: webhook.id,
      active: true,
      disabled_at: null,
      failing_since: null,
    });
    const rotated = await call('POST', `/${webhook.id}/rotate-secret`);
    expect(rotated).toMatchObject({ status: 200, body: { id: webhook.id } });
    const texts = [
      shown.body,
      (await call('GET', '')).body,
      (await call('PATCH', `/${webhook.id}`, {})).body,
    ];
    expect(JSON.stringify(texts)).not.toMatch(/whsec_|secret/);

    await call('POST', `/${webhook.id}/test`);
    const request = nth(receiver.received, 0);
    expect(verified(rotated.body.secret, request)).toEqual(verified(webhook.secret, request));
    const printed = bench.service.output() + worker.output();
    expect(printed).not.toMatch(/whsec_/);
    expect(printed).not.toContain(receiver.url);
  });

  it('is told that a connection stopped and that it works again, in an order that can be seen', async () => {
    const connection = nth(world.connections, 1);
    await control(bench.google, 'POST', '/sandbox/tokens/revoke', { account: connection.account });
    await control(bench.google, 'POST', '/sandbox/tokens/expire', { account: connection.account });
    await Promise.all(Array.from({ length: 10 }, () => bench.availability(world)));
    await came(2);
    const payloads = receiver.received.map(payloadOf);
    const stopped = payloads.find(({ type }) => type === 'connection.needs_reauth');
    expect(stopped).toMatchObject({
      timestamp: expect.stringMatching(/Z$/),
      data: {
        workspace_id: world.workspaceId,
        connection_id: connection.id,
        account_email: connection.account,
        category: 'expired_tokens',
        actor: 'user',
        reauth_url: expect.stringContaining('/api/oauth/google/reauthorize?link='),
      },
    });
    expect(payloads.find(({ type }) => type === 'calendar.failing')).toMatchObject({
      data: { connection_id: connection.id, name: 'Calendar A' },
    });

    const { reauth_url: link } = (stopped?.['data'] ?? {}) as Record<string, string>;
    const { pathname, search } = new URL(String(link));
    const consent = await bench.service.call('GET', pathname + search, { key: null });
    const back = await control(bench.google, 'POST', '/sandbox/consent', {
      authorization_url: consent.headers.get('location'),
      account: connection.account,
    });
    await bench.service.call('GET', String(back['redirect_url']).replace(bench.service.url, ''), {
      key: null,
    });
    await bench.availability(world, { date: dayFromNow(4) });
    await came(4);
    const all = receiver.received.map(payloadOf) as { type: string; data: { sequence: number } }[];
    const sequenceOf = (type: string): number =>
      all.find((one) => one.type === type)?.data.sequence ?? Number.NaN;
    expect(all.map(({ type }) => type).sort()).toEqual([
      'calendar.failing',
      'calendar.recovered',
      'connection.needs_reauth',
      'connection.recovered',
    ]);
    expect(sequenceOf('connection.recovered')).toBeGreaterThan(sequenceOf('connection.needs_reauth'));
    expect(sequenceOf('calendar.recovered')).toBeGreaterThan(sequenceOf('calendar.failing'));
    await settled('delivered');
  });

  it('is told only of what it asked for, and of nothing while it is not active', async () => {
    await call('PATCH', `/${webhook.id}`, { events: ['booking.confirmed'] });
    await tell();
    await call('PATCH', `/${webhook.id}`, { events: ['calendar.failing'], active: false });
    await tell();
    await call('PATCH', `/${webhook.id}`, { active: true });
    await tell();
    await came(1);
    await settled('delivered');
    expect(await deliveries()).toHaveLength(1);
  });

  it('that fails is tried again at its time, and what it was told stays the same', async () => {
    receiver.answer(500);
    await tell();
    await until(async () => (await deliveries())[0]?.attempts === 1);
    const [waiting] = await deliveries();
    expect(waiting).toMatchObject({
      event_type: 'calendar.failing',
      status: 'pending',
      response_status: 500,
      failure: 'answer',
    });
    expect(Date.parse(waiting.next_attempt_at) - Date.parse(waiting.attempted_at)).toBeGreaterThanOrEqual(
      5000,
    );
    expect((await call('GET', `/${webhook.id}`)).body.failing_since).not.toBeNull();

    receiver.answer(200);
    await bench.db.query(`UPDATE graphile_worker._private_jobs SET run_at = now()`);
    await settled('delivered');
    expect(new Set(idsOf(receiver.received))).toEqual(new Set([waiting.event_id]));
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
    expect((await call('GET', `/${webhook.id}`)).body.failing_since).toBeNull();
  });

  it('shows what came of a test, and what was sent can be sent again', async () => {
    receiver.answer(
      (response) => void response.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
    );
    const failed = await call('POST', `/${webhook.id}/test`);
    expect(failed).toMatchObject({
      status: 200,
      body: {
        event_type: 'webhook.test',
        status: 'failed',
        attempts: 1,
        response_status: 302,
        failure: 'answer',
      },
    });
    expect((await call('GET', `/${webhook.id}`)).body.failing_since).toBeNull();
    receiver.answer(200);
    const again = await call('POST', `/${webhook.id}/deliveries/${failed.body.id}/redeliver`);
    expect(again).toMatchObject({ status: 200, body: { status: 'pending' } });
    await settled('delivered');
    expect(idsOf(receiver.received)).toEqual([failed.body.event_id, failed.body.event_id]);
    expect(await deliveries()).toMatchObject([{ id: failed.body.id, attempts: 2, response_status: 200 }]);
  });

  it('whose receiver is gone is switched off, is an issue of the report, and can go on', async () => {
    receiver.answer(410);
    await tell();
    await until(async () => (await call('GET', `/${webhook.id}`)).body.active === false);
    expect((await call('GET', `/${webhook.id}`)).body).toMatchObject({ disabled_reason: 'gone' });
    const issues = async (): Promise<unknown[]> =>
      (await bench.service.call('GET', '/api/calendar-health', { key: world.key })).body.issues;
    expect(await issues()).toMatchObject([
      { workspace_id: world.workspaceId, webhook_id: webhook.id, connection_id: null, severity: 'warning' },
    ]);
    receiver.answer(200);
    expect(await call('POST', `/${webhook.id}/test`)).toMatchObject({ body: { status: 'delivered' } });
    expect(await call('PATCH', `/${webhook.id}`, { active: true })).toMatchObject({
      body: { active: true, disabled_at: null, disabled_reason: null },
    });
    expect(await issues()).toEqual([]);
  });
});

describe('several processes', () => {
  let other: Service;

  it('send every event once, however many of them there are', async () => {
    other = await bench.another(WORKING);
    await tell(100);
    await came(100);
    await settled('delivered');
    expect(receiver.received).toHaveLength(100);
    expect(new Set(idsOf(receiver.received)).size).toBe(100);
  });

  it('take over from one that was killed while it was sending', async () => {
    // Nobody else is there to take the job at first.
    await worker.stop();
    receiver.answer(() => undefined);
    await tell();
    await came(1);
    await other.kill();
    receiver.answer(200);
    // Half a minute later.
    await bench.db.query(
      `UPDATE graphile_worker._private_jobs SET locked_at = locked_at - interval '30 seconds' WHERE locked_at IS NOT NULL`,
    );
    const heir = await bench.another(WORKING);
    await came(2);
    const ids = idsOf(receiver.received);
    expect(ids[0]).toBe(ids[1]);
    await settled('delivered');
    expect(await deliveries()).toMatchObject([{ attempts: 1 }]);

    // Stopped in the middle of an attempt, a process lets it end.
    receiver.answer((response) => void setTimeout(() => response.writeHead(200).end(), 700));
    await tell();
    await came(3);
    expect(await heir.stop()).toBe(0);
    expect(await deliveries()).toMatchObject([
      { status: 'delivered', attempts: 1 },
      { status: 'delivered', attempts: 1 },
    ]);
    expect(receiver.received).toHaveLength(3);
  });
});

describe('where private targets are not allowed, which is the default (F70)', () => {
  let strict: Service;

  beforeAll(async () => {
    strict = await bench.another({ WEBHOOK_ALLOW_PRIVATE_TARGETS: 'false' });
  });

  it.each([
    'http://127.0.0.1',
    'http://hooks.example.com',
    'https://127.0.0.1',
    'https://169.254.169.254/latest/meta-data',
    'https://[::1]',
    'https://[::ffff:169.254.169.254]',
    'https://0x7f000001',
    'https://2130706433',
    'https://127.1',
    'https://localhost',
    'https://localhost.',
    'https://10.1.2.3:8443',
    'https://user:password@hooks.example.com',
    'file:///etc/passwd',
    'gopher://hooks.example.com',
  ])('%s is refused when it is saved', async (url) => {
    expectRefusal(await call('POST', '', { url }, strict), 'url');
    expectRefusal(await call('PATCH', `/${webhook.id}`, { url }, strict), 'url');
  });

  it('one that was saved before is refused at every attempt, and nothing is sent', async () => {
    const attempt = await call('POST', `/${webhook.id}/test`, undefined, strict);
    expect(attempt.body).toMatchObject({
      status: 'failed',
      failure: 'forbidden_address',
      response_status: null,
    });
    expect(receiver.connections()).toBe(0);
  });

  it('a workspace has at most twenty', async () => {
    const made: string[] = [];
    for (let n = 1; n < 20; n += 1)
      made.push((await call('POST', '', { url: 'https://93.184.216.34/' }, strict)).body.id);
    expectProblem(await call('POST', '', { url: 'https://93.184.216.34/' }, strict), 409, 'conflict');
    for (const id of made) expect((await call('DELETE', `/${id}`, undefined, strict)).status).toBe(204);
  });
});
