import { afterAll, beforeAll, describe, it } from '@jest/globals';
import * as fc from 'fast-check';
import { BookingModel } from '../support/booking-model.js';
import * as deeds from '../support/model-commands.js';
import { ModelStage } from '../support/model-stage.js';

/** MODEL_RUNS=200 plays for a quarter of an hour; MODEL_SEED plays other stories. */
const RUNS = Number(process.env['MODEL_RUNS'] ?? 4);
const SEED = Number(process.env['MODEL_SEED'] ?? 20_270_310);
const LENGTH = 40;

const quarter = fc.nat(12);
const which = fc.nat(5);
const moving = fc.tuple(which, quarter);
const death = fc.record({ reached: fc.constantFrom('asked', 'done'), again: fc.boolean() });

/** Deaths are rare: each costs the start of a process. */
const stories = fc.commands(
  [
    ...often(4, quarter.map(deeds.book)),
    ...often(2, quarter.map(deeds.hold)),
    ...often(2, which.map(deeds.bookHeld)),
    which.map(deeds.release),
    which.map(deeds.runOut),
    ...often(2, which.map(deeds.cancel)),
    ...often(
      4,
      moving.map(([n, to]) => deeds.move(n, to)),
    ),
    fc.constantFrom('deaf', 'mute', 'away').map(deeds.turn),
    ...often(2, fc.constant(null).map(deeds.recover)),
    ...often(2, which.map(deeds.deleteByHand)),
    ...often(
      2,
      moving.map(([n, to]) => deeds.moveByHand(n, to)),
    ),
    quarter.map(deeds.putForeign),
    which.map(deeds.removeForeign),
    ...often(2, fc.constant(null).map(deeds.compare)),
    fc.constant(null).map(deeds.crash),
    fc.tuple(quarter, death).map(([at, how]) => deeds.bookAndDie(at, how)),
    fc.tuple(which, death).map(([n, how]) => deeds.cancelAndDie(n, how)),
    fc.tuple(moving, death).map(([[n, to], how]) => deeds.moveAndDie(n, to, how)),
  ],
  { maxCommands: LENGTH, size: 'max' },
);

/** However a story ends, everything comes to rest. */
const THE_END = [deeds.recover(), deeds.compare()];

let stage: ModelStage;

beforeAll(async () => {
  stage = await ModelStage.open();
});

afterAll(() => stage?.close());

describe(`booking, whatever happens on the way, seed ${SEED}`, () => {
  it('is what its model says, in the tables and in the calendar', async () => {
    const story = fc.asyncProperty(stories, async (commands) => {
      const [model, real] = [new BookingModel(), await stage.play()];
      const setup = (): { model: BookingModel; real: typeof real } => ({ model, real });
      await fc.asyncModelRun(setup, commands);
      await fc.asyncModelRun(setup, THE_END);
    });
    await fc.assert(story, { numRuns: RUNS, seed: SEED, endOnFailure: true });
  }, 3_600_000);
});

function often<T>(times: number, arbitrary: T): T[] {
  return Array.from({ length: times }, () => arbitrary);
}
