import { beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryConfigurations } from '../../test/fakes/in-memory-configurations.js';
import { InMemoryJobLock } from '../../test/fakes/in-memory-job-lock.js';
import { calendarBench, type CalendarBench } from '../../test/support/calendar-bench.js';
import { CheckConnection } from '../calendars/check-connection.js';
import type { Connection } from '../oauth/connection.js';
import { RefreshAtPace } from '../oauth/refresh-at-pace.js';
import { RefreshDueToken } from '../oauth/refresh-due-token.js';
import { SweepTokens, TOKEN_REFRESH } from '../oauth/sweep-tokens.js';
import { AlreadyRunning } from '../shared/job-lock.js';
import { CheckAtPace } from './check-at-pace.js';
import { CheckCalendars, HEALTH_CHECK } from './check-calendars.js';
import { PrepareCheck } from './prepare-check.js';

const TWO_HOURS_MS = 7_200_000;

let bench: CalendarBench;
let lock: InMemoryJobLock;
let checkAtPace: CheckAtPace;
let checkCalendars: CheckCalendars;
/** When the token endpoint was asked. */
let askedAt: number[];

beforeEach(() => {
  bench = calendarBench();
  lock = new InMemoryJobLock();
  askedAt = [];
  const { calendars, connections, readBusy, store, refresh, clock, config, log, endpoint } = bench;
  const sweep = new SweepTokens(
    connections,
    new RefreshAtPace(new RefreshDueToken(store, refresh, clock, log), clock),
    lock,
    clock,
    config,
  );
  const prepare = new PrepareCheck(calendars, new InMemoryConfigurations(bench.ids, clock), sweep);
  const check = new CheckConnection(calendars, connections, readBusy, clock, config);
  checkAtPace = new CheckAtPace(check, connections, clock, config);
  checkCalendars = new CheckCalendars(connections, prepare, checkAtPace, lock, log);
  const answer = endpoint.refresh.bind(endpoint);
  endpoint.refresh = (token, signal) => {
    askedAt.push(clock.elapsed());
    return answer(token, signal);
  };
});

/** Accounts with a calendar each, whose tokens ended an hour ago. */
async function expired(count: number): Promise<Connection[]> {
  const connections: Connection[] = [];
  for (let n = 0; n < count; n += 1) {
    const connection = await bench.connect(`${n}@example.com`);
    bench.calendarOf(connection, `${n}@example.com`);
    connections.push(connection);
  }
  bench.clock.advance(TWO_HOURS_MS);
  return connections;
}

const mostPerSecond = (): number =>
  Math.max(...askedAt.map((at) => askedAt.filter((other) => other > at - 1000 && other <= at).length));

describe('a check of all calendars', () => {
  it('F62: refreshes tokens that have all ended at the pace of a sweep, each once', async () => {
    await expired(100);
    const startedAt = bench.clock.elapsed();
    expect(await checkCalendars.execute('all')).toEqual({
      connections: 100,
      failedConnections: 0,
      calendars: 100,
      failedCalendars: 0,
    });
    expect(new Set(bench.endpoint.sent).size).toBe(100);
    expect(askedAt).toHaveLength(100);
    expect(mostPerSecond()).toBeLessThanOrEqual(22);
    expect(bench.clock.elapsed() - startedAt).toBeLessThan(6000);
  });

  it('F62: refreshes a few a second while another run sweeps the tokens, 25 with it', async () => {
    await expired(20);
    const check = lock.exclusively(TOKEN_REFRESH, () => checkCalendars.execute('all'));
    expect(await check).toMatchObject({ connections: 20, failedConnections: 0 });
    expect(askedAt).toHaveLength(20);
    expect(mostPerSecond()).toBeLessThanOrEqual(3);
  });

  it('does not wait for tokens that another run has refreshed meanwhile', async () => {
    const listed = await expired(20);
    await checkCalendars.execute('all');
    const before = bench.clock.elapsed();
    for (const connection of listed) expect((await checkAtPace.execute(connection)).failure).toBeNull();
    expect(bench.clock.elapsed()).toBe(before);
  });

  it('F62: is one at a time; a check of one workspace does not wait for it', async () => {
    const [connection] = await expired(2);
    await lock.exclusively(HEALTH_CHECK, async () => {
      await expect(checkCalendars.execute('all')).rejects.toThrow(AlreadyRunning);
      expect(askedAt).toEqual([]);
      const scope = { workspaceId: connection?.workspaceId ?? '' };
      expect(await checkCalendars.execute(scope)).toMatchObject({ connections: 2, failedConnections: 0 });
    });
  });
});
