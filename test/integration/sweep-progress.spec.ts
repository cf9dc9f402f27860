import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { NOTHING_SWEPT } from '../../src/health/connection-sweep.js';
import { PostgresSweepProgress } from '../../src/health/persistence/postgres-sweep-progress.js';
import { SweepProgressEntity } from '../../src/health/persistence/sweep-progress.entity.js';
import type { SweepProgress } from '../../src/health/sweep-progress.js';
import { FixedClock } from '../../src/shared/clock.js';
import { RandomIds } from '../../src/shared/ids.js';
import { InMemorySweepProgress } from '../fakes/in-memory-sweep-progress.js';
import { connectedSchema, type Schema } from '../support/schema.js';

const HOUR_MS = 3_600_000;

interface World {
  readonly progress: SweepProgress;
  /** What was saved is so much older now. */
  ages(ms: number): Promise<void>;
}

let schema: Schema;

beforeAll(async () => {
  schema = await connectedSchema();
});

afterAll(() => schema.drop());

function memoryWorld(): World {
  const clock = new FixedClock(Date.now());
  return { progress: new InMemorySweepProgress(clock), ages: async (ms) => clock.advance(ms) };
}

const postgresWorld = (): World => ({
  progress: new PostgresSweepProgress(schema.source.getRepository(SweepProgressEntity)),
  ages: async (ms) => {
    const sql = `UPDATE sweep_progress SET saved_at = saved_at - $1::float8 * interval '1 millisecond'`;
    await schema.source.query(sql, [ms]);
  },
});

describe.each([
  ['InMemorySweepProgress', memoryWorld],
  ['PostgresSweepProgress', postgresWorld],
])('%s', (_, makeWorld) => {
  let progress: SweepProgress;
  let ages: World['ages'];
  const state = (connections: number) => ({
    after: new RandomIds().next(),
    sweep: { ...NOTHING_SWEPT, connections, unjudged: { circuit_open: 2 } },
  });

  beforeEach(async () => {
    ({ progress, ages } = makeWorld());
    await progress.clear();
  });

  it('tells where the last run was left', async () => {
    expect(await progress.left(HOUR_MS)).toBeNull();
    const [first, second] = [state(1000), state(2000)];
    await progress.save(first);
    await progress.save(second);
    expect(await progress.left(HOUR_MS)).toEqual(second);
  });

  it('forgets a run that has come to its end', async () => {
    await progress.save(state(1000));
    await progress.clear();
    expect(await progress.left(HOUR_MS)).toBeNull();
  });

  it('tells nothing of a run that saved nothing for longer', async () => {
    await progress.save(state(1000));
    await ages(HOUR_MS);
    expect(await progress.left(HOUR_MS)).toBeNull();
    await progress.save(state(2000));
    expect(await progress.left(HOUR_MS)).toMatchObject({ sweep: { connections: 2000 } });
  });
});
