import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { Effect } from '../../src/sandbox/faults/fault.js';
import type { PresetName } from '../../src/sandbox/faults/presets.js';
import { FaultBench, nth } from '../support/fault-bench.js';
import { control, dayFromNow, type World } from '../support/world.js';

const ACCOUNTS = 5;
/** Scenarios that run at once, each in a world of its own: most of their time is spent waiting for repeats. */
const WORLDS = 4;
const RUNS = 15;
const DAY = dayFromNow(5);
const DAY_MINUTES = 480;

const PRESETS: PresetName[] = [
  'authError401',
  'rateLimitExceeded403',
  'tooMany429',
  'quotaExceeded',
  'insufficientScope403',
  'accessNotConfigured403',
  'forbidden403',
  'notFound404',
  'badRequest400',
  'backendError500',
  'badGateway502Html',
  'unavailable503',
  'gatewayTimeout504Html',
  'captivePortal200Html',
  'empty204',
];

const entry = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    7,
    'busy',
    {},
    { start: 'garbage', end: 'garbage' },
    { start: `${DAY}T15:00:00Z` },
  ),
  fc.record({ start: fc.string(), end: fc.string() }),
);

const effect: fc.Arbitrary<Effect | PresetName> = fc.oneof(
  { arbitrary: fc.constantFrom(...PRESETS), weight: 4 },
  fc.constantFrom('invalid_grant' as const, 'internal_failure500' as const),
  fc.constantFrom<Effect>(
    { kind: 'hang' },
    { kind: 'reset' },
    { kind: 'reset', after: 'headers' },
    { kind: 'stall' },
    { kind: 'drip', ms: 50 },
    { kind: 'truncate' },
    { kind: 'omit_calendar' },
    { kind: 'upper_case_ids' },
    { kind: 'calendars_value', value: null },
    { kind: 'calendars_value', value: {} },
  ),
  fc.nat(200).map((bytes): Effect => ({ kind: 'truncate', bytes })),
  fc
    .constantFrom('notFound', 'internalError', 'groupTooBig', 'brandNew', '__proto__')
    .map((reason): Effect => ({ kind: 'calendar_error', reason })),
  fc
    .array(entry, { minLength: 1, maxLength: 3 })
    .map((entries): Effect => ({ kind: 'busy_entries', entries })),
  // Answers that are not JSON of the right kind, whatever else they are.
  fc.string({ maxLength: 60 }).map((body): Effect => ({ kind: 'respond', status: 200, body })),
);

const fault = fc.record({
  effect,
  times: fc.constantFrom(1, 2, 100),
  endpoint: fc.constantFrom('freeBusy' as const),
});

/** A busy time inside the working day: its first minute and its length. */
const busy = fc.record({ from: fc.nat(DAY_MINUTES - 1), minutes: fc.integer({ min: 1, max: 120 }) });

const scenario = fc.record({
  policy: fc.constantFrom('flag', 'block', 'last_known'),
  calendars: fc.array(
    fc.record({
      busy: fc.array(busy, { maxLength: 3 }),
      faults: fc.oneof(
        { arbitrary: fc.constant([]), weight: 2 },
        fc.array(fault, { minLength: 1, maxLength: 2 }),
      ),
      expired: fc.boolean(),
    }),
    { minLength: ACCOUNTS, maxLength: ACCOUNTS },
  ),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

describe('any fault of free/busy', () => {
  let bench: FaultBench;
  let worlds: World[];
  /** The start of the working day. */
  let opensAt: number;

  beforeAll(async () => {
    bench = await FaultBench.start({ PROVIDER_TIMEOUT_MS: '400', PROVIDER_DEADLINE_MS: '1200' });
    worlds = [];
    while (worlds.length < WORLDS) worlds.push(await bench.world({ accounts: ACCOUNTS }));
    const open = await bench.availability(nth(worlds, 0), { date: DAY });
    opensAt = Date.parse(open.body.available_slots[0].start_time);
  });

  afterAll(() => bench?.stop());

  it('never makes a slot verified that meets real busy time, and never answers but 200 or 503', async () => {
    let verified = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(scenario, { minLength: WORLDS, maxLength: WORLDS }), async (scenarios) => {
        await bench.heal();
        for (const [index, one] of scenarios.entries()) await arrange(nth(worlds, index), one);
        const counts = await Promise.all(scenarios.map((one, index) => check(nth(worlds, index), one)));
        verified += counts.reduce((sum, count) => sum + count, 0);
      }),
      { numRuns: RUNS, seed: 20_270_310, endOnFailure: true },
    );
    // Otherwise the property would hold for a service that never finds anything.
    expect(verified).toBeGreaterThan(20);
  });

  async function arrange(world: World, { calendars, policy }: Scenario): Promise<void> {
    const path = `/api/calendars/configurations/${world.configurationId}`;
    await bench.service.call('PATCH', path, { key: world.key, body: { on_unverified: policy } });
    for (const [index, { busy: periods, faults, expired }] of calendars.entries()) {
      const { id, account } = nth(world.connections, index);
      await control(bench.google, 'DELETE', `/sandbox/calendars/${account}/events`);
      const events = periods.map(({ from, minutes }) => ({ start: at(from), end: at(from + minutes) }));
      if (events.length > 0)
        await control(bench.google, 'POST', `/sandbox/calendars/${account}/events`, events);
      for (const spec of faults) bench.fault({ ...spec, account });
      if (expired) await bench.expire(id);
    }
  }

  /** How many slots were verified, all of them truly free. */
  async function check(world: World, { calendars }: Scenario): Promise<number> {
    const answer = await bench.availability(world, { date: DAY });
    expect([200, 503]).toContain(answer.status);
    if (answer.status === 503) {
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      return 0;
    }
    const real = calendars.flatMap(({ busy: periods }) => periods);
    const verified = answer.body.available_slots.filter((slot: Slot) => slot.confidence === 'verified');
    for (const slot of verified) {
      const from = (Date.parse(slot.start_time) - opensAt) / 60_000;
      const met = real.filter((period) => period.from < from + 30 && from < period.from + period.minutes);
      expect({ slot, met }).toEqual({ slot, met: [] });
    }
    const { failed_calendars: failed, successful_calendars: good } = answer.body.calendar_health;
    expect(failed.length + good).toBe(ACCOUNTS);
    expect(verified.length === 0 || failed.length === 0).toBe(true);
    return verified.length;
  }

  function at(minute: number): { dateTime: string } {
    return { dateTime: new Date(opensAt + minute * 60_000).toISOString() };
  }
});

interface Slot {
  readonly start_time: string;
  readonly confidence: string;
}
