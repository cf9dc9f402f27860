import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AvailabilityRounds } from '../support/mutated-availability.js';
import { BookingRounds } from '../support/mutated-bookings.js';
import { ConnectionRounds } from '../support/mutated-connections.js';
import { MutationBench } from '../support/mutation-bench.js';

/** `MUTATED_BODIES=20000 MUTATED_SEED=7` looks longer, or elsewhere; the bodies are those of all seeds. */
const BODIES = Number(process.env['MUTATED_BODIES'] ?? 3000);
const SEED = process.env['MUTATED_SEED'];
const SEEDS = SEED === undefined ? [1, 2] : [Number(SEED)];

/** Sizes of the worlds that are asked at once: most of an answer's time is spent waiting for repeats. */
const SIZES = [20, 20, 20, 2];
const BOOKING_WORLDS = 5;
const CONNECTION_WORLDS = 4;
/** Of the bodies, what is left for the availability requests; a booking takes about eight of them, a refresh three. */
const AVAILABILITY_BODIES = 0.85 * BODIES;
const BOOKINGS = BODIES / 60;
const CONNECTION_ROUNDS = BODIES / 100;

const LIMIT_MS = 60_000 + BODIES * 20;

/**
 * Google answers, and its answers are damaged on the way: dropped, renamed and doubled members, other types, cut and
 * flipped bytes, pages, every refusal under every status. Only what a careful reader can notice is done to them
 * (test/support/answer-reader.ts); each seed has a process, a database and a Google of its own.
 */
describe(`${BODIES} answers of Google, whole and damaged (seeds ${SEEDS.join(', ')})`, () => {
  let benches: MutationBench[];

  beforeAll(async () => {
    const limits = { PROVIDER_DEADLINE_MS: '3000', BOOKING_DEADLINE_MS: '3000' };
    benches = await Promise.all(SEEDS.map((seed) => MutationBench.start(seed, limits)));
  });

  afterAll(() => Promise.all((benches ?? []).map((bench) => bench.stop())));

  it(
    'never make a slot verified that meets real busy time, nor a calendar pass for read that was not',
    async () => {
      const seen = await Promise.all(
        benches.map(async (bench) => {
          const rounds: AvailabilityRounds[] = [];
          for (const size of SIZES) rounds.push(new AvailabilityRounds(bench, await bench.world(size)));
          bench.google.bodies = 0;
          await repeated(rounds, () => bench.google.bodies >= AVAILABILITY_BODIES / SEEDS.length);
          return rounds.map((one) => one.seen);
        }),
      );
      const total = (name: keyof AvailabilityRounds['seen']): number =>
        seen.flat().reduce((sum, one) => sum + one[name], 0);
      // Otherwise all of this would hold for a service that trusts nothing, or everything.
      expect(benches.every(({ stops }) => stops > 0)).toBe(true);
      for (const name of ['answers', 'verified', 'good', 'failed'] as const)
        expect({ name, isSeen: total(name) > 0 }).toEqual({ name, isSeen: true });
    },
    LIMIT_MS,
  );

  it(
    'never make a booking that meets real busy time, nor two events of one booking',
    async () => {
      const statuses = await Promise.all(
        benches.map(async (bench) => {
          const rounds: BookingRounds[] = [];
          while (rounds.length < BOOKING_WORLDS) rounds.push(new BookingRounds(bench, await bench.world(3)));
          const most = BOOKINGS / BOOKING_WORLDS / SEEDS.length;
          await repeated(rounds, (times) => times >= most);
          return rounds.flatMap((one) => [...one.statuses.keys()]);
        }),
      );
      expect(statuses.flat()).toEqual(expect.arrayContaining([201, 202, 409, 503]));
    },
    LIMIT_MS,
  );

  it(
    'never fail a refresh or a consent but as the contract says, nor change calendars without a list',
    async () => {
      const statuses = await Promise.all(
        benches.map(async (bench) => {
          const rounds: ConnectionRounds[] = [];
          while (rounds.length < CONNECTION_WORLDS)
            rounds.push(new ConnectionRounds(bench, await bench.world(2)));
          const most = CONNECTION_ROUNDS / CONNECTION_WORLDS / SEEDS.length;
          await repeated(rounds, (times) => times >= most);
          return rounds.flatMap((one) => [...one.statuses.keys()]);
        }),
      );
      expect(statuses.flat()).toEqual(expect.arrayContaining([200, 503]));
    },
    LIMIT_MS,
  );

  it('leave no bug in the log, and services that work', async () => {
    for (const { service } of benches) {
      expect(service.log().filter(({ event }) => event === 'request.bug')).toEqual([]);
      expect(service.output()).not.toMatch(/unhandled/i);
      expect((await service.call('GET', '/api/health/ready', { key: null })).status).toBe(200);
    }
  });
});

/** All at once, each again and again until `isDone` says so of it; the first that fails ends them all. */
async function repeated(works: readonly Rounds[], isDone: (times: number) => boolean): Promise<void> {
  const failed = new AbortController();
  const loops = works.map(async (work) => {
    for (let times = 0; !failed.signal.aborted && !isDone(times); times += 1)
      await work.round().catch((error: unknown) => failed.abort(error));
  });
  await Promise.all(loops);
  failed.signal.throwIfAborted();
}

interface Rounds {
  round(): Promise<void>;
}
