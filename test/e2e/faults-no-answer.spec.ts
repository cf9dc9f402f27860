import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FaultBench, nth, until } from '../support/fault-bench.js';
import { dayFromNow, type World } from '../support/world.js';

const WAITING = 100;
const POOL = 10;

/** Questions that Google takes and never answers. Numbers are those of the fault matrix. */
describe('a Google that hangs', () => {
  let bench: FaultBench;
  let world: World;
  let stranger: World;

  beforeAll(async () => {
    // Requests end long before the refresh does, which is none of their business.
    bench = await FaultBench.start({ PROVIDER_DEADLINE_MS: '3500' });
    [world, stranger] = [await bench.world({ accounts: 2 }), await bench.world({ accounts: 1 })];
  });

  afterAll(() => bench?.stop());

  /** R4: whoever waits for Google holds no pooled connection, or these would wait for one in vain. */
  async function expectOthersServed(): Promise<void> {
    const unrelated = await Promise.all(
      Array.from({ length: 2 * POOL }, () =>
        bench.service.call('GET', '/api/connections', { key: stranger.key }),
      ),
    );
    expect(new Set(unrelated.map(({ status }) => status))).toEqual(new Set([200]));
    const open = `pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'`;
    expect(await bench.count(open)).toBe(0);
  }

  it('F15: a hundred requests share one attempt, and each is answered in time without the calendar', async () => {
    const { id, account } = nth(world.connections, 1);
    await bench.heal();
    await bench.expire(id);
    bench.fault({ endpoint: 'token.refresh', account, effect: { kind: 'hang', ms: 30_000 } });
    const waiting = Promise.all(
      Array.from({ length: WAITING }, (_, n) =>
        bench.availability(world, { date: dayFromNow(3 + (n % 50)) }),
      ),
    );
    await until(() => bench.calls('token', account) === 1);
    await expectOthersServed();

    for (const answer of await waiting)
      expect(answer).toMatchObject({
        status: 200,
        body: {
          calendar_health: {
            status: 'partial',
            failed_calendars: ['Calendar A'],
            token_issues: [],
            calendars: [{ source: 'live' }, { source: 'none', category: 'connection_error' }],
          },
        },
      });
    // The attempt ends by itself, once for all of them, and is not repeated.
    await until(async () => (await bench.connection(id)).refresh_failures === 1, 10_000);
    expect([bench.calls('token', account), bench.calls('freeBusy', account)]).toEqual([1, 0]);
    await until(() => bench.google.openCalls() === 0);
    const row = await bench.connection(id);
    expect(row).toMatchObject({ auth_status: 'active', last_error: { code: 'timeout', count: 1 } });
    expect(row.paused_seconds).toBeGreaterThan(20);
    expect(bench.log('token.refresh_failed', id)).toMatchObject([{ level: 'warn', attempts: 1 }]);
    expect(await bench.notifications(id)).toBe(0);
  });

  it('R4: a hanging free/busy keeps no database connection either, from more than the pool has', async () => {
    const { account } = nth(world.connections, 1);
    await bench.heal();
    bench.fault({ endpoint: 'freeBusy', account, effect: { kind: 'hang' } });
    const waiting = Promise.all(
      Array.from({ length: POOL + 5 }, (_, n) => bench.availability(world, { date: dayFromNow(3 + n) })),
    );
    await until(() => bench.calls('freeBusy', account) === POOL + 5);
    await expectOthersServed();
    expect(new Set((await waiting).map(({ status }) => status))).toEqual(new Set([200]));
  });
});
