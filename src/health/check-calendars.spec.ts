import { beforeEach, describe, expect, it } from '@jest/globals';
import { aConfiguration } from '../../test/support/a-configuration.js';
import { missingCalendar, revokedGrant } from '../../test/support/a-failure.js';
import { checkBench, type CheckBench } from '../../test/support/check-bench.js';
import type { Connection } from '../oauth/connection.js';
import { TOKEN_REFRESH } from '../oauth/sweep-tokens.js';
import { AlreadyRunning } from '../shared/job-lock.js';
import { HEALTH_CHECK } from './check-calendars.js';

const MINUTE_MS = 60_000;
const TWO_HOURS_MS = 120 * MINUTE_MS;

let bench: CheckBench;
/** When the token endpoint was asked. */
let askedAt: number[];

beforeEach(() => {
  bench = checkBench();
  askedAt = [];
  const { endpoint, clock } = bench;
  const answer = endpoint.refresh.bind(endpoint);
  endpoint.refresh = (token, signal) => {
    askedAt.push(clock.elapsed());
    return answer(token, signal);
  };
});

const emails = (count: number): string[] => Array.from({ length: count }, (_, n) => `${n}@example.com`);
const check = (progress?: (done: number, total: number) => void) =>
  bench.checkCalendars.execute('all', progress);

/** Accounts with a calendar each, whose tokens ended an hour ago. */
async function expired(count: number): Promise<Connection[]> {
  const connections = await bench.accountsOf(...emails(count));
  bench.clock.advance(TWO_HOURS_MS);
  return connections;
}

const mostPerSecond = (): number =>
  Math.max(...askedAt.map((at) => askedAt.filter((other) => other > at - 1000 && other <= at).length));

const statuses = async (): Promise<string[]> =>
  (await bench.calendars.all('all')).map(({ health }) => health.category ?? health.status);

describe('a check of all calendars', () => {
  it('asks each account, and keeps what it found', async () => {
    const [, revoked] = await bench.accountsOf(...emails(4));
    await bench.connections.markNeedsReauth(revoked?.id ?? '', 1, revokedGrant());
    bench.provider.stumble('2@example.com', missingCalendar());
    const sweep = { connections: 4, failedConnections: 2, calendars: 4, failedCalendars: 2, unjudged: {} };
    expect(await check()).toEqual(sweep);
    expect(await statuses()).toEqual(['healthy', 'expired_tokens', 'calendar_not_found', 'healthy']);
    expect(bench.calendars.checks).toHaveLength(4);
    expect(bench.provider.calls).toHaveLength(6);
  });

  it('reads and records many accounts together', async () => {
    await bench.accountsOf(...emails(20));
    const { calendars, connections } = bench;
    const told: string[] = [];
    for (const method of ['ofConnections', 'recordChecks'] as const) {
      const statement = calendars[method].bind(calendars) as (items: readonly never[]) => Promise<never>;
      calendars[method] = async (items: readonly unknown[]) => {
        told.push(method);
        return statement(items as readonly never[]);
      };
    }
    connections.tokens = () => Promise.reject(new Error('read one by one'));
    bench.provider.isListed = async () => false;
    expect(await check()).toMatchObject({ connections: 20, failedConnections: 0 });
    // Once for all accounts, and once for the calendars that are gone.
    expect(told).toEqual(['ofConnections', 'recordChecks', 'ofConnections', 'recordChecks']);
  });

  it('tells its progress from nothing to all', async () => {
    await bench.accountsOf(...emails(3));
    const seen: string[] = [];
    await check((done, total) => seen.push(`${done}/${total}`));
    expect(seen).toEqual(['0/3', '1/3', '2/3', '3/3']);
  });

  it('asks at most ten accounts at a time', async () => {
    await bench.accountsOf(...emails(35));
    let [open, most] = [0, 0];
    const busy = bench.provider.busy.bind(bench.provider);
    bench.provider.busy = async (...question) => {
      most = Math.max(most, (open += 1));
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
      return busy(...question);
    };
    await check();
    expect(most).toBe(10);
  });

  it('goes on after an account whose check crashed, and does not call that success', async () => {
    await bench.accountsOf(...emails(3));
    const busy = bench.provider.busy.bind(bench.provider);
    bench.provider.busy = async (access, ids, window) => {
      if (ids.includes('1@example.com')) throw new TypeError('a bug');
      return busy(access, ids, window);
    };
    expect(await check()).toMatchObject({
      connections: 3,
      failedConnections: 1,
      failedCalendars: 0,
      unjudged: { check_crashed: 1 },
    });
    expect(bench.eventsLogged('health.check_crashed')).toHaveLength(1);
    expect(await statuses()).toEqual(['healthy', 'unknown', 'healthy']);
  });

  it('stops when the database is gone', async () => {
    await bench.accountsOf(...emails(3));
    const outage = Object.assign(new Error('terminating connection'), { code: '57P01' });
    bench.calendars.recordChecks = () => Promise.reject(outage);
    await expect(check()).rejects.toBe(outage);
  });

  it('counts calendars as out that are in use and cannot be asked any more', async () => {
    const [left, disconnected, unused] = await bench.accountsOf(...emails(3));
    const [a = '', b = ''] = (await bench.calendars.all('all')).map(({ id }) => id);
    bench.configurations.given(aConfiguration({ calendarId: a, conflictCalendarIds: [b] }));
    bench.calendarOf(left as Connection, 'other@example.com');
    bench.owners.delete('0@example.com');
    for (const one of [disconnected, unused]) await bench.connections.disconnect(one?.id ?? '');
    expect(await check()).toMatchObject({ connections: 1, failedConnections: 0 });
    expect(await statuses()).toEqual(['calendar_not_found', 'missing_tokens', 'unknown', 'healthy']);
  });

  it('F62: refreshes tokens that have all ended at the pace of a sweep, each once', async () => {
    await expired(100);
    const startedAt = bench.clock.elapsed();
    expect(await check()).toMatchObject({ connections: 100, failedConnections: 0, calendars: 100 });
    expect(new Set(bench.endpoint.sent).size).toBe(100);
    expect(askedAt).toHaveLength(100);
    expect(mostPerSecond()).toBeLessThanOrEqual(22);
    expect(bench.clock.elapsed() - startedAt).toBeLessThan(6000);
  });

  it('F62: refreshes a few a second while another run sweeps the tokens, 25 with it', async () => {
    await expired(20);
    const running = bench.lock.exclusively(TOKEN_REFRESH, () => check());
    expect(await running).toMatchObject({ connections: 20, failedConnections: 0 });
    expect(askedAt).toHaveLength(20);
    expect(mostPerSecond()).toBeLessThanOrEqual(3);
  });

  it('does not wait for tokens that another run has refreshed meanwhile', async () => {
    const listed = await expired(20);
    await check();
    const before = bench.clock.elapsed();
    for (const connection of listed) {
      const calendars = await bench.calendars.ofConnections([connection.id]);
      expect((await bench.probeAtPace.execute({ connection, calendars })).failure).toBeNull();
    }
    expect(bench.clock.elapsed()).toBe(before);
  });

  it('F62: is one at a time; a check of one workspace does not wait for it', async () => {
    const [connection] = await expired(2);
    await bench.lock.exclusively(HEALTH_CHECK, async () => {
      await expect(check()).rejects.toThrow(AlreadyRunning);
      expect(askedAt).toEqual([]);
      const scope = { workspaceId: connection?.workspaceId ?? '' };
      expect(await bench.checkCalendars.execute(scope)).toMatchObject({
        connections: 2,
        failedConnections: 0,
      });
    });
  });
});

describe('a check of all calendars that was killed', () => {
  /** As if a run had ended after so many of the accounts, by id. */
  async function killedAfter(connections: readonly Connection[], checked: number): Promise<void> {
    const ids = connections.map(({ id }) => id).sort();
    await bench.progress.save({
      after: ids[checked - 1] ?? '',
      sweep: {
        connections: checked,
        failedConnections: 1,
        calendars: checked,
        failedCalendars: 1,
        unjudged: {},
      },
    });
  }

  it('is gone on with, and tells of both parts', async () => {
    await killedAfter(await bench.accountsOf(...emails(5)), 3);
    const seen: string[] = [];
    expect(await check((done, total) => seen.push(`${done}/${total}`))).toMatchObject({
      connections: 5,
      failedConnections: 1,
      calendars: 5,
    });
    expect(seen).toEqual(['3/5', '4/5', '5/5']);
    expect(bench.provider.calls.filter(({ method }) => method === 'busy')).toHaveLength(2);
  });

  it('is over with its end: the next one asks all', async () => {
    await killedAfter(await bench.accountsOf(...emails(5)), 3);
    await check();
    bench.provider.calls.length = 0;
    await check();
    expect(bench.provider.calls.filter(({ method }) => method === 'busy')).toHaveLength(5);
  });

  it('begins anew after half an hour: what was found then is too old', async () => {
    await killedAfter(await bench.accountsOf(...emails(5)), 3);
    bench.clock.advance(30 * MINUTE_MS);
    expect(await check()).toMatchObject({ connections: 5, failedConnections: 0 });
  });

  it('does not concern the check of one workspace', async () => {
    const connections = await bench.accountsOf(...emails(5));
    await killedAfter(connections, 3);
    const scope = { workspaceId: connections[0]?.workspaceId ?? '' };
    expect(await bench.checkCalendars.execute(scope)).toMatchObject({ connections: 5, failedConnections: 0 });
    expect(await bench.progress.left(MINUTE_MS)).not.toBeNull();
  });
});
