import { beforeEach, describe, expect, it } from '@jest/globals';
import { checkBench, type CheckBench } from '../../test/support/check-bench.js';
import { HEALTH_CHECK } from './check-calendars.js';
import { CheckHealth } from './check-health.js';

let bench: CheckBench;
let checkHealth: CheckHealth;

beforeEach(async () => {
  bench = checkBench();
  const { checkCalendars, connections, clock, log } = bench;
  checkHealth = new CheckHealth(checkCalendars, connections, clock, log);
  await bench.accountsOf('ada@example.com', 'bob@example.com');
});

describe('the daily check', () => {
  it('logs what it found', async () => {
    expect(await checkHealth.execute()).toMatchObject({ connections: 2, unjudged: {} });
    expect(bench.eventsLogged('health.checked')).toMatchObject([
      {
        level: 'info',
        fields: { connections: 2, failed_connections: 0, unjudged_connections: 0, calendars: 2 },
      },
    ]);
  });

  it('warns when accounts could not be judged, and says why', async () => {
    bench.provider.busy = () => Promise.reject(new TypeError('a bug'));
    await checkHealth.execute();
    expect(bench.eventsLogged('health.checked')).toMatchObject([
      { level: 'warn', fields: { unjudged_connections: 2, reasons: 'check_crashed 2' } },
    ]);
  });

  it('waits for a check that somebody else has started, and is made all the same', async () => {
    const other = bench.lock.exclusively(HEALTH_CHECK, () => bench.clock.pause(60_000));
    expect(await checkHealth.execute()).toMatchObject({ connections: 2 });
    await other;
  });

  it('warns of an authorization that ends', async () => {
    const [connection] = await bench.connections.all('all');
    if (connection === undefined) throw new Error('no connection');
    const authorizationEndsAt = bench.clock.now() + 86_400_000;
    bench.connections.given({ ...connection, authorizationEndsAt });
    await checkHealth.execute();
    expect(bench.eventsLogged('connection.authorization_ending')).toMatchObject([
      { level: 'warn', fields: { connection_id: connection.id } },
    ]);
  });
});
