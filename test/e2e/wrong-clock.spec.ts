import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { FaultSpec } from '../../src/sandbox/faults/fault.js';
import type { LoggedRequest } from '../../src/sandbox/request-log.js';
import { at, Caller } from '../support/booking-scene.js';
import { ConsentFlow } from '../support/consent-flow.js';
import { FaultBench, nth, until } from '../support/fault-bench.js';
import type { Answer, Service } from '../support/service.js';
import { control, dayFromNow, type World } from '../support/world.js';
import { WrongClock } from '../support/wrong-clock.js';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const OFFSETS = [
  ['a day ahead', DAY_MS],
  ['ten minutes ahead', 10 * MINUTE_MS],
  ['ten minutes behind', -10 * MINUTE_MS],
  ['a day behind', -DAY_MS],
] as const;
const HEALTHY = { status: 200, body: { calendar_health: { status: 'healthy' } } };
const PARTIAL = { status: 200, body: { calendar_health: { status: 'partial', token_issues: [] } } };

let bench: FaultBench;
/** The bench's own process has the right time; this one has not. */
let wrong: Service;
let clock: WrongClock;
let world: World;
let account: string;
let connectionId: string;

beforeAll(async () => {
  clock = new WrongClock(DAY_MS);
  bench = await FaultBench.start();
  const configuration = { timezone: 'UTC', from_time: '00:00', to_time: '24:00' };
  [wrong, world] = await Promise.all([bench.another(clock.env), bench.world({ accounts: 2, configuration })]);
  ({ account, id: connectionId } = nth(world.connections, 1));
});

afterAll(async () => {
  await bench?.stop();
  clock?.remove();
});

beforeEach(async () => {
  await control(bench.google, 'POST', '/sandbox/settings', { access_token_lifetime_seconds: 3599 });
  await bench.heal();
});

const ask = (service: Service): Promise<Answer> => bench.availability(world, undefined, service);
const tokenCalls = (): LoggedRequest[] => bench.google.state.requests.list({ endpoint: 'token', account });
const refused = (): number =>
  bench.google.state.requests.list({ endpoint: 'freeBusy' }).filter(({ status }) => status === 401).length;

/** The token is over for the service and for Google, so that only a fresh one can be used. */
async function expire(): Promise<void> {
  await bench.expire(connectionId);
  await control(bench.google, 'POST', '/sandbox/tokens/expire', { account });
}

async function failRefreshes(effect: FaultSpec['effect']): Promise<void> {
  await expire();
  bench.fault({ endpoint: 'token.refresh', account, effect });
}

/** What `expression` is, from now, by the clock of the database. */
async function secondsUntil(expression: string, table: string, id: string): Promise<number> {
  const { rows } = await bench.db.query<{ seconds: number }>(
    `SELECT extract(epoch FROM ${expression} - now())::float8 AS seconds FROM ${table} WHERE id = $1`,
    [id],
  );
  return nth(rows, 0).seconds;
}

/** F56. Only the database has the right to say what time it is. */
describe.each(OFFSETS)('a process whose clock is %s', (_name, offsetMs) => {
  beforeAll(() => clock.step(offsetMs));

  it('has that clock', async () => {
    await wrong.call('GET', '/api/connections', { key: world.key });
    await until(() => {
      const told = Date.parse(String(wrong.log().at(-1)?.['time']));
      return Math.abs(told - offsetMs - Date.now()) < MINUTE_MS;
    });
  });

  it.each([[3599], [60]])('refreshes a token of %i seconds once, not at every request', async (lifetime) => {
    await control(bench.google, 'POST', '/sandbox/settings', { access_token_lifetime_seconds: lifetime });
    await expire();
    for (let round = 0; round < 10; round += 1) {
      expect(await ask(wrong)).toMatchObject(HEALTHY);
      expect(await ask(bench.service)).toMatchObject(HEALTHY);
    }
    expect(tokenCalls().length).toBeLessThanOrEqual(2);
    expect(refused()).toBeLessThanOrEqual(1);
    const { lifetime_seconds: left } = await bench.connection(connectionId);
    expect(left).toBeGreaterThan(lifetime - 20);
    expect(left).toBeLessThanOrEqual(lifetime);
  });

  it('holds a lease of fifteen seconds while it refreshes, which the other process respects', async () => {
    await failRefreshes({ kind: 'latency', ms: 300 });
    const answers = [ask(wrong)];
    await until(() => tokenCalls().length === 1);
    const seconds = await secondsUntil('refresh_lease_until', 'connections', connectionId);
    expect(seconds).toBeGreaterThan(10);
    expect(seconds).toBeLessThanOrEqual(15);
    answers.push(ask(bench.service));
    for (const answer of await Promise.all(answers)) expect(answer).toMatchObject(HEALTHY);
    expect(tokenCalls()).toHaveLength(1);
  });

  it('keeps the pause after a failed refresh, and ends it when it is over', async () => {
    await failRefreshes({ kind: 'preset', name: 'token_throttled429', retry_after: 40 });
    for (let round = 0; round < 3; round += 1)
      for (const service of [wrong, bench.service]) expect(await ask(service)).toMatchObject(PARTIAL);
    expect(tokenCalls()).toHaveLength(1);
    bench.google.state.faults.clear();
    await bench.endPause(connectionId);
    expect(await ask(wrong)).toMatchObject(HEALTHY);
    expect(tokenCalls()).toHaveLength(2);
  });

  it('takes a Retry-After that is a date for what it says', async () => {
    const date = new Date(Date.now() + 100_000).toUTCString();
    await failRefreshes({ kind: 'preset', name: 'token_throttled429', retry_after: date });
    expect(await ask(wrong)).toMatchObject(PARTIAL);
    const { paused_seconds: seconds } = await bench.connection(connectionId);
    expect(seconds).toBeGreaterThan(80);
    expect(seconds).toBeLessThanOrEqual(101);
  });

  it('keeps the pause that a used-up quota asks for (F20)', async () => {
    const main = nth(world.connections, 0);
    bench.fault({ endpoint: 'freeBusy', account: main.account, effect: 'quotaExceeded' });
    expect(await ask(bench.service)).toMatchObject(PARTIAL);
    const asked = bench.calls('freeBusy', main.account);
    const booking = await new Caller(wrong, world).book({ start_time: at('10:00') });
    expect(booking).toMatchObject({ status: 503, body: { code: 'calendar_unverifiable' } });
    const seconds = Number(booking.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(800);
    expect(seconds).toBeLessThanOrEqual(900);
    expect(bench.calls('freeBusy', main.account)).toBe(asked);
    bench.google.state.faults.clear();
    await bench.db.query(
      `UPDATE connections SET last_error = jsonb_set(last_error, '{notBefore}', '0') WHERE id = $1`,
      [main.id],
    );
    expect(await ask(wrong)).toMatchObject(HEALTHY);
  });

  it('sweeps what is due, once', async () => {
    await expire();
    const sweep = async (): Promise<unknown> =>
      (
        await wrong.call('POST', '/api/admin/calendar-health/refresh-tokens', {
          body: { workspace_id: world.workspaceId },
        })
      ).body;
    expect(await sweep()).toMatchObject({ refreshed: 1, needs_reauth: 0, failed: 0 });
    expect(await sweep()).toMatchObject({ refreshed: 0, needs_reauth: 0, failed: 0 });
    expect(bench.calls('token')).toBe(1);
  });

  it('starts a consent that is valid for ten minutes', async () => {
    const flow = new ConsentFlow(bench, world.key, wrong);
    const { expires_at: expiresAt } = (
      await wrong.call('POST', '/api/oauth/google/authorize', { key: world.key, body: {} })
    ).body;
    expect(Math.abs(Date.parse(expiresAt) - Date.now() - 10 * MINUTE_MS)).toBeLessThan(MINUTE_MS);
    expect(await flow.visit(await flow.consent({}, { account }))).toMatchObject({ status: 200 });
    expect((await bench.connection(connectionId)).lifetime_seconds).toBeGreaterThan(3500);
    expect(await ask(bench.service)).toMatchObject(HEALTHY);
    expect(tokenCalls().map(({ endpoint }) => endpoint)).toEqual(['token.code']);

    const late = await flow.consent({}, { account });
    await bench.db.query(`UPDATE oauth_states SET expires_at = now() - interval '1 second'`);
    expect(await flow.visit(late)).toMatchObject({ status: 400 });
  });

  it('holds a time for as long as it was asked to', async () => {
    const [visitor, neighbour] = [new Caller(wrong, world), new Caller(bench.service, world)];
    const hold = await visitor.hold({ start_time: at('12:00'), ttl_seconds: 300 });
    expect(hold).toMatchObject({ status: 201 });
    const { id, expires_at: expiresAt } = hold.body;
    expect(Math.abs(Date.parse(expiresAt) - Date.now() - 300_000)).toBeLessThan(MINUTE_MS);
    expect(Math.abs((await secondsUntil('expires_at', 'holds', id)) - 300)).toBeLessThan(60);
    for (const caller of [visitor, neighbour])
      expect(await caller.book({ start_time: at('12:00') })).toMatchObject({ status: 409 });
    await bench.db.query(
      `UPDATE slot_claims SET hold_expires_at = now() - interval '1 second' WHERE hold_id = $1`,
      [id],
    );
    const booked = await visitor.book({ start_time: at('12:00') });
    expect(booked).toMatchObject({ status: 201 });
    expect(await visitor.cancel(booked.body.booking_id)).toMatchObject({ status: 200 });
  });

  it('answers a repeated request from its memory for a day, and then no more', async () => {
    const [visitor, neighbour] = [new Caller(wrong, world), new Caller(bench.service, world)];
    const key = randomUUID();
    const first = await visitor.book({ start_time: at('15:00') }, key);
    expect(first).toMatchObject({ status: 201 });
    for (const caller of [visitor, neighbour])
      expect(await caller.book({ start_time: at('15:00') }, key)).toMatchObject({
        status: 201,
        body: { booking_id: first.body.booking_id },
      });
    expect(await visitor.cancel(first.body.booking_id)).toMatchObject({ status: 200 });
    await bench.db.query(`UPDATE idempotency_keys SET created_at = created_at - interval '24 hours'`);
    const second = await visitor.book({ start_time: at('15:00') }, key);
    expect(second).toMatchObject({ status: 201 });
    expect(second.body.booking_id).not.toBe(first.body.booking_id);
    expect(await visitor.cancel(second.body.booking_id)).toMatchObject({ status: 200 });
  });

  it('knows which times are over', async () => {
    const visitor = new Caller(wrong, world);
    const halfHour = (ms: number): string =>
      new Date(Math.ceil(ms / (30 * MINUTE_MS)) * 30 * MINUTE_MS).toISOString();
    const past = await visitor.book({ start_time: halfHour(Date.now() - 120 * MINUTE_MS) });
    expect(past).toMatchObject({ status: 422, body: { code: 'rules_violation' } });
    const soon = await visitor.book({ start_time: halfHour(Date.now() + 120 * MINUTE_MS) });
    expect(soon).toMatchObject({ status: 201 });
    expect(await visitor.cancel(soon.body.booking_id)).toMatchObject({ status: 200 });
  });
});

describe('a process whose clock steps while it runs', () => {
  it('goes on as if nothing had happened', async () => {
    await expire();
    bench.fault({ endpoint: 'token.refresh', account, times: 1, effect: { kind: 'latency', ms: 300 } });
    const answer = ask(wrong);
    await until(() => tokenCalls().length === 1);
    clock.step(DAY_MS);
    expect(await answer).toMatchObject(HEALTHY);
    for (const [, offsetMs] of OFFSETS) {
      clock.step(offsetMs);
      for (let round = 0; round < 5; round += 1) expect(await ask(wrong)).toMatchObject(HEALTHY);
      expect(await ask(bench.service)).toMatchObject(HEALTHY);
      const body = { start_date: dayFromNow(-1), end_date: dayFromNow(2) };
      const [here, there] = await Promise.all(
        [wrong, bench.service].map((service) => bench.availability(world, body, service)),
      );
      expect(here?.body.available_slots).toEqual(there?.body.available_slots);
    }
    expect(tokenCalls().length).toBeLessThanOrEqual(2);
    expect(refused()).toBeLessThanOrEqual(1);
  });
});
