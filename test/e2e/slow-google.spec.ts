import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { at, bookingScene, Caller, type Scene } from '../support/booking-scene.js';
import { until } from '../support/fault-bench.js';
import type { Answer } from '../support/service.js';
import { dayFromNow, type World } from '../support/world.js';

/** More time than requests have by default: two hundred at once may be slow, but not one may fail. */
const PATIENT = {
  PROVIDER_DEADLINE_MS: '30000',
  PROVIDER_TIMEOUT_MS: '20000',
  BOOKING_DEADLINE_MS: '40000',
  LOG_LEVEL: 'info',
};
const POOL = 10;
const HOURS = ['09', '10', '11', '12', '13'];
const DAYS = Array.from({ length: 20 }, (_, n) => dayFromNow(4 + n, 'UTC'));

let scene: Scene;
let worlds: World[];

beforeAll(async () => {
  scene = await bookingScene(PATIENT);
  worlds = await Promise.all(Array.from({ length: 8 }, () => scene.world()));
});

afterAll(() => scene?.close());

describe('two hundred requests that wait for a slow Google (F51)', () => {
  it('hold no connection to the database, and others work meanwhile', async () => {
    const { google, service } = scene;
    google.state.faults.add({ endpoint: 'freeBusy', effect: { kind: 'latency', ms: 5000 } });
    const asked = worlds.flatMap((world) => {
      const caller = new Caller(service, world);
      return [
        ...DAYS.map((day) => caller.availability(day)),
        ...HOURS.map((hour) => caller.book({ start_time: at(`${hour}:00`) })),
      ];
    });
    expect(asked).toHaveLength(200);
    const answers = Promise.all(asked);
    await until(() => google.openCalls() > 5 * POOL);

    for (let look = 0; look < POOL; look += 1) {
      const others = await Promise.all([
        service.call('GET', '/api/health/ready', { key: null }),
        ...worlds.slice(0, 2).map(({ key }) => service.call('GET', '/api/bookings', { key })),
      ]);
      expect(others.map(({ status }) => status)).toEqual([200, 200, 200]);
      expect(await inTransaction()).toEqual([]);
    }
    // Whoever was asked above was asked while many more than the pool has connections waited.
    expect(google.openCalls()).toBeGreaterThan(POOL);

    const statuses = (await answers).map(({ status }: Answer) => status);
    expect(statuses.filter((status) => status !== 200 && status !== 201)).toEqual([]);
    expect(statuses.filter((status) => status === 201)).toHaveLength(worlds.length * HOURS.length);
  });
});

/** Connections of the service that somebody keeps for a second without asking them anything. */
const inTransaction = (): Promise<unknown[]> =>
  scene.query(`SELECT pid, query FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'slotkeeper' AND state LIKE 'idle in transaction%'
      AND state_change < now() - interval '1 s'`);
