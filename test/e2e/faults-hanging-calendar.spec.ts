import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { FaultSpec } from '../../src/sandbox/faults/fault.js';
import { FaultBench, nth, until } from '../support/fault-bench.js';
import type { Answer } from '../support/service.js';
import { TimeLapse } from '../support/time-lapse.js';
import { dayFromNow, type World } from '../support/world.js';

const OPEN_MS = 30_000;
const HEALTHY = { status: 200, body: { calendar_health: { status: 'healthy' } } };

/** F31: one calendar of five does not answer. Nothing here ever waits longer than the service does. */
describe('a calendar that does not answer', () => {
  let bench: FaultBench;
  let lapse: TimeLapse;
  let world: World;
  let neighbours: World;

  beforeAll(async () => {
    lapse = new TimeLapse();
    bench = await FaultBench.start({ ...lapse.env, PROVIDER_TIMEOUT_MS: '1000' });
    [world, neighbours] = [await bench.world(), await bench.world()];
    await bench.addBusy(owner(0), dayFromNow(3), '09:00', '10:00');
  });

  beforeEach(() => bench.heal());

  afterAll(async () => {
    await bench?.stop();
    lapse?.remove();
  });

  const owner = (index: number): string => nth(world.connections, index).account;
  const asked = (index: number): number => bench.calls('freeBusy', owner(index));
  /** Requests for the same day at the same time would share their calls. */
  const ask = (n = 0, of = world): Promise<Answer> => bench.availability(of, { date: dayFromNow(3 + n) });
  const askFive = (): Promise<Answer[]> => Promise.all(Array.from({ length: 5 }, (_, n) => ask(n)));

  function expectOthersLive({ status, body }: Answer, index: number): void {
    const name = nth(world.calendars, index).name;
    expect(status).toBe(200);
    expect(body.calendar_health).toMatchObject({
      status: 'partial',
      total_calendars: 5,
      successful_calendars: 4,
      failed_calendars: [name],
      token_issues: [],
      message: '4/5 calendars checked successfully. 1 had other issues',
    });
    expect(body.warnings).toEqual([`Could not check availability for 1 calendar: ${name}`]);
    for (const [at, calendar] of body.calendar_health.calendars.entries())
      expect(calendar).toMatchObject(
        at === index ? { source: 'none', category: 'connection_error' } : { source: 'live', category: null },
      );
    for (const slot of body.available_slots) expect(slot.confidence).toBe('unverified');
  }

  const KINDS: [name: string, index: number, effect: FaultSpec['effect'], attempts: number, code: string][] =
    [
      ['hangs for half a minute', 1, { kind: 'hang', ms: 30_000 }, 1, 'timeout'],
      ['drips a byte at a time', 2, { kind: 'drip', ms: 200 }, 1, 'timeout'],
      ['sends its headers and resets', 3, { kind: 'reset', after: 'headers' }, 3, 'network'],
      ['sends half and never closes', 4, { kind: 'stall' }, 1, 'timeout'],
    ];

  it.each(KINDS)(
    'F31: that %s costs itself only; after five times it is left alone, then tried once',
    async (_name, index, effect, attempts, code) => {
      const { id: connectionId, account } = nth(world.connections, index);
      bench.fault({ endpoint: 'freeBusy', account, effect });
      for (const answer of await askFive()) expectOthersLive(answer, index);
      expect(asked(index)).toBe(5 * attempts);
      const opened = bench.log('circuit.opened', connectionId);
      expect(opened).toMatchObject([{ level: 'warn', class: 'connection_error' }]);
      expect(await bench.connection(connectionId)).toMatchObject({
        auth_status: 'active',
        last_error: { category: 'connection_error', code, actor: 'none', count: 5 },
      });

      // Its circuit is open: nobody waits for it.
      for (const answer of await askFive()) expectOthersLive(answer, index);
      lapse.pass(OPEN_MS - 5000);
      expectOthersLive(await ask(), index);
      expect(asked(index)).toBe(5 * attempts);
      expect(asked(0)).toBe(11);

      lapse.pass(5000);
      for (const answer of await askFive()) expectOthersLive(answer, index);
      expect(asked(index)).toBe(6 * attempts);

      bench.google.state.faults.clear();
      expectOthersLive(await ask(), index);
      lapse.pass(OPEN_MS);
      expect(await ask()).toMatchObject(HEALTHY);
      expect(await ask(1)).toMatchObject(HEALTHY);
      expect(asked(index)).toBe(6 * attempts + 2);
      expect(bench.log('circuit.opened', connectionId)).toHaveLength(1);
      expect(bench.calls('token')).toBe(0);
    },
  );

  it('F31: that is another workspace’s costs a workspace nothing', async () => {
    const { account } = nth(world.connections, 1);
    bench.fault({ endpoint: 'freeBusy', account, effect: { kind: 'hang' } });
    const theirs = askFive();
    await until(() => asked(1) > 0);
    for (let n = 0; n < 5; n += 1) expect(await ask(n, neighbours)).toMatchObject(HEALTHY);
    for (const { account: theirOwn } of neighbours.connections)
      expect(bench.calls('freeBusy', theirOwn)).toBe(5);
    for (const answer of await theirs) expectOthersLive(answer, 1);
    for (let n = 0; n < 5; n += 1) expect(await ask(n, neighbours)).toMatchObject(HEALTHY);
    lapse.pass(OPEN_MS);
  });

  it('F31: that is booked into is asked by a booking all the same, and nothing is written', async () => {
    bench.fault({ endpoint: 'freeBusy', account: owner(0), effect: { kind: 'hang' } });
    await askFive();
    expect(asked(0)).toBe(5);
    const booked = await bench.book(world);
    expect(booked).toMatchObject({ status: 503, body: { code: 'calendar_unverifiable' } });
    expect(Number(booked.headers.get('retry-after'))).toBeGreaterThan(0);
    expect([asked(0), bench.calls('events')]).toEqual([6, 0]);
    expect(await bench.count('bookings')).toBe(0);
    lapse.pass(OPEN_MS);
  });

  it('F31: leaves no socket behind', async () => {
    // One trial first, for the circuits that the tests before left open.
    expect(await ask()).toMatchObject(HEALTHY);
    expect(await askFive()).toMatchObject(Array.from({ length: 5 }, () => HEALTHY));
    await until(() => bench.google.openCalls() === 0);
  });
});
