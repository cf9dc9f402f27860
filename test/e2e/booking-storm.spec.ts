import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FaultSpec } from '../../src/sandbox/faults/fault.js';
import { grouped } from '../../src/shared/grouped.js';
import { disagreements } from '../support/agreement.js';
import { at, bookingScene, Caller, eventually, liveEvents, type Scene } from '../support/booking-scene.js';
import { readServerLog } from '../support/database.js';
import { Dice } from '../support/dice.js';
import { startService, type Answer, type Service } from '../support/service.js';

/** STORM_ATTEMPTS=10000 STORM_SLOTS=200 is the full size; STORM_SEED makes another storm. */
const ATTEMPTS = Number(process.env['STORM_ATTEMPTS'] ?? 160);
const SLOTS = Number(process.env['STORM_SLOTS'] ?? 16);
const SEED = Number(process.env['STORM_SEED'] ?? 1);
const IS_MEASURED = process.env['STORM_ATTEMPTS'] !== undefined;
const SLOTS_PER_CALENDAR = 4;
const AT_ONCE = 60;
/** So many slots are fought for at a time. */
const FRONT = Math.max(2, Math.round((AT_ONCE * SLOTS) / ATTEMPTS));

const HARSH: readonly FaultSpec[] = [
  { probability: 0.2, effect: { kind: 'latency', ms: 60 } },
  { endpoint: 'freeBusy', probability: 0.25, effect: 'unavailable503' },
  { endpoint: 'events.insert', probability: 0.1, effect: 'unavailable503' },
  { endpoint: 'events.insert', probability: 0.1, effect: { kind: 'accept_then' } },
  { endpoint: 'events.insert', probability: 0.05, effect: { kind: 'late_commit', ms: 2000 } },
  { endpoint: 'events.insert', probability: 0.1, effect: { kind: 'reset', after: 'commit' } },
  { endpoint: 'events.insert', probability: 0.1, effect: { kind: 'reset' } },
  { endpoint: 'events.get', probability: 0.2, effect: 'unavailable503' },
  { endpoint: 'events.get', probability: 0.2, effect: { kind: 'read_lag', ms: 400 } },
];

const ENV = {
  LOG_LEVEL: 'warn',
  BOOKING_DEADLINE_MS: '2500',
  SCHEDULER_ENABLED: 'true',
  RECONCILE_CRON: '* * * * * *',
};

let scene: Scene;
let second: Service;
let callers: readonly (readonly [Caller, Caller])[];

beforeAll(async () => {
  scene = await bookingScene(ENV);
  second = await startService({ databaseUrl: scene.database.url, google: scene.google, env: ENV });
  const pairs: [Caller, Caller][] = [];
  for (let n = 0; n < SLOTS / SLOTS_PER_CALENDAR; n += 1) {
    const world = await scene.world();
    pairs.push([new Caller(scene.service, world), new Caller(second, world)]);
  }
  callers = pairs;
}, 300_000);

afterAll(async () => {
  await second?.stop();
  await scene?.close();
});

interface Attempt {
  readonly slot: number;
  readonly go: () => Promise<Answer>;
}

/** Of a slot or of a time that overlaps it, through either process; those of neighbouring slots are mixed. */
function attempts(dice: Dice): Attempt[] {
  const order = Array.from({ length: ATTEMPTS }, (_, n) => {
    const slot = Math.floor((n * SLOTS) / ATTEMPTS);
    return { slot, place: slot + (FRONT * dice.below(1000)) / 1000 };
  }).toSorted((a, b) => a.place - b.place);
  return order.map(({ slot }, n) => {
    const caller = dice.pick(callers[slot % callers.length] ?? []);
    const start = 9 * 60 + Math.floor(slot / callers.length) * 60 + dice.below(3) * 10;
    const time = [Math.floor(start / 60), start % 60].map((part) => String(part).padStart(2, '0')).join(':');
    const visit = { start_time: at(time), attendee_email: `guest${n}@example.com` };
    return { slot, go: () => caller.book(visit, dice.chance(0.3) ? `key ${n}` : undefined) };
  });
}

async function played(all: readonly Attempt[]): Promise<{ slot: number; answer: Answer }[]> {
  const answers: { slot: number; answer: Answer }[] = [];
  const queue = all.values();
  const player = async (): Promise<void> => {
    for (const { slot, go } of queue) answers.push({ slot, answer: await go() });
  };
  await Promise.all(Array.from({ length: AT_ONCE }, player));
  return answers;
}

const OVERLAPS = `
  SELECT a.id, b.id AS other FROM bookings a JOIN bookings b ON b.calendar_id = a.calendar_id AND a.id < b.id
    AND tstzrange(a.start_at, a.end_at) && tstzrange(b.start_at, b.end_at)
  WHERE a.status = 'confirmed' AND b.status = 'confirmed'`;

/** Somebody else has the time, or does so now. Without such a one, nobody could be served in time. */
const isBeaten = ({ answer: { status } }: { answer: Answer }): boolean => status === 409 || status < 300;

/** What somebody is told who did not get the slot. */
const REFUSALS = [
  '409 slot_unavailable',
  '429 rate_limited',
  '503 calendar_unverifiable',
  '503 provider_unavailable',
  '503 service_unavailable',
];

describe(`${ATTEMPTS} attempts on ${SLOTS} slots over two processes, while Google is harsh (F47, F35, F36, F40), seed ${SEED}`, () => {
  it('leave each slot to one, with one event, and everybody else knows', async () => {
    for (const fault of HARSH) scene.google.state.faults.add(fault);
    const startedAt = performance.now();
    const answers = await played(attempts(new Dice(SEED)));
    const tookMs = performance.now() - startedAt;
    scene.google.state.faults.clear();

    const told = grouped(answers, ({ answer: { status, body } }) =>
      status < 300 ? `${status}` : `${status} ${body.code}`,
    );
    const counts = JSON.stringify(Object.fromEntries([...told].map(([answer, all]) => [answer, all.length])));
    if (IS_MEASURED) console.log(`${ATTEMPTS} attempts in ${(tookMs / 1000).toFixed(1)} s: ${counts}`);
    const unforeseen = [...told.keys()].filter((answer) => !['201', '202', ...REFUSALS].includes(answer));
    expect(unforeseen).toEqual([]);
    for (const { answer } of answers)
      if ([429, 503].includes(answer.status))
        expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);

    const worlds = callers.map(([{ world }]) => world);
    await eventually(async () => expect(await disagreements(scene, worlds)).toEqual([]), 60_000);
    expect(await scene.query(OVERLAPS)).toEqual([]);
    const confirmed = await scene.query(`SELECT id FROM bookings WHERE status = 'confirmed'`);
    const granted = answers.filter(({ answer }) => answer.status < 300);
    expect(new Set(granted.map(({ answer }) => answer.body.booking_id))).toEqual(
      new Set(confirmed.map(({ id }) => id)),
    );
    const grants = grouped(granted, ({ slot }) => slot);
    for (const [slot, all] of grouped(answers, (one) => one.slot))
      expect([slot, grants.get(slot)?.length]).toEqual([slot, all.some(isBeaten) ? 1 : undefined]);
    expect(worlds.flatMap((world) => liveEvents(scene.google, world))).toHaveLength(granted.length);
    expect(await readServerLog()).not.toMatch(/deadlock detected|40P01/);
  }, 3_600_000);
});
