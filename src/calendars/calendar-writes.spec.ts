import { beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryWriteTurns } from '../../test/fakes/in-memory-write-turns.js';
import { aFailure, noWriteAccess } from '../../test/support/a-failure.js';
import { calendarBench, type CalendarBench } from '../../test/support/calendar-bench.js';
import { ProviderError, type Failure } from '../shared/failure.js';
import { CalendarWrites } from './calendar-writes.js';
import type { Calendar } from './calendar.js';

let bench: CalendarBench;
let writes: CalendarWrites;
let ada: Calendar;
let grace: Calendar;
let calls: number;

beforeEach(async () => {
  bench = calendarBench();
  writes = new CalendarWrites(bench.calls, new InMemoryWriteTurns(bench.clock));
  ada = bench.calendarOf(await bench.connect('ada@example.com'), 'ada@example.com');
  grace = bench.calendarOf(await bench.connect('grace@example.com'), 'grace@example.com');
  calls = 0;
});

/** A write that first fails so often. */
const write = (calendar: Calendar, ms = 12_000, failures: Failure[] = []): Promise<number> =>
  writes.repeatable(
    calendar,
    { deadline: bench.deadline(ms), priority: 'booking', attemptMs: 1000 },
    async () => {
      calls += 1;
      const failure = failures.shift();
      if (failure !== undefined) throw new ProviderError(failure);
      return calls;
    },
  );

const failureOf = async (work: Promise<unknown>): Promise<Failure> => {
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  if (error instanceof ProviderError) return error.failure;
  throw new Error('It did not fail.');
};

const tookMs = async (work: () => Promise<unknown>): Promise<number> => {
  const startedAt = bench.clock.now();
  await work();
  return bench.clock.now() - startedAt;
};

describe('writes to one calendar', () => {
  it('go at once, eight of them, and then wait for their turn', async () => {
    for (let n = 0; n < 8; n += 1) expect(await tookMs(() => write(ada))).toBe(0);
    for (let n = 0; n < 4; n += 1) expect(await tookMs(() => write(ada))).toBe(250);
  });

  it('do not hold up another calendar', async () => {
    for (let n = 0; n < 12; n += 1) await write(ada);
    expect(await tookMs(() => write(grace))).toBe(0);
  });

  it('are not made when their turn comes too late for the call itself', async () => {
    for (let n = 0; n < 8; n += 1) await write(ada);
    const failure = await failureOf(write(ada, 1200));
    expect(failure).toMatchObject({ code: 'write_paced', category: 'rate_limited', attempts: 0 });
    expect(calls).toBe(8);
    expect(await write(ada, 1250)).toBe(9);
  });

  it('take a turn for each attempt', async () => {
    for (let n = 0; n < 6; n += 1) await write(ada);
    const passing = aFailure({ retryAfterMs: 0 });
    expect(await tookMs(() => write(ada, 12_000, [passing, passing]))).toBe(250);
    expect(calls).toBe(9);
  });

  it('are repeated on a passing failure, and on no other', async () => {
    expect(await write(ada, 12_000, [aFailure(), aFailure()])).toBe(3);
    expect(await failureOf(write(ada, 12_000, [noWriteAccess()]))).toMatchObject({
      code: 'requiredAccessLevel',
    });
    expect(calls).toBe(4);
  });
});
