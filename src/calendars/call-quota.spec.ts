import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { calendarBench } from '../../test/support/calendar-bench.js';
import { aGrant } from '../../test/support/a-grant.js';
import { SteppedClock } from '../../test/fakes/stepped-clock.js';
import { failureOf } from '../../test/support/token-bench.js';
import { Deadline } from '../shared/deadline.js';
import { ProviderError, type Failure } from '../shared/failure.js';
import { CallQuota, type CallPriority } from './call-quota.js';

const MINUTE_MS = 60_000;
/** Google's limits in a minute: of the project, and of one account. */
const PROJECT = 10_000;
const ACCOUNT = 600;
const SWEEPS = PROJECT / 5;

let clock: SteppedClock;
let quota: CallQuota;

beforeEach(() => {
  clock = new SteppedClock(1_000_000);
  quota = new CallQuota(clock);
});

const within = (ms: number): Deadline => Deadline.in(ms, clock);

const goes = async (account: string, priority: CallPriority): Promise<boolean> =>
  (await refusal(account, priority)) === null;

/** Why a call may not go right now. */
function refusal(account: string, priority: CallPriority): Promise<Failure | null> {
  return quota.acquire(account, priority, within(0)).then(
    () => null,
    (error: unknown) => {
      if (error instanceof ProviderError) return error.failure;
      throw error;
    },
  );
}

/** How many calls may go right now. */
async function burst(account: (call: number) => string, priority: CallPriority): Promise<number> {
  let calls = 0;
  while (calls < 5000 && (await goes(account(calls), priority))) calls += 1;
  return calls;
}

const one = (): string => 'ada@example.com';
const each = (call: number): string => `account ${call}`;

describe('what may go at once', () => {
  it('is less for a request than for a booking, and least for a sweep, of one account', async () => {
    expect(await burst(one, 'sweep')).toBe(50);
    expect(await burst(one, 'request')).toBe(40);
    expect(await burst(one, 'booking')).toBe(10);
  });

  it('is likewise for the project as a whole, and a fifth of it for sweeps', async () => {
    expect(await burst(each, 'sweep')).toBe(200);
    expect(await burst(each, 'request')).toBe(700);
    expect(await burst(each, 'booking')).toBe(100);
  });

  it('is there again after a rest', async () => {
    await burst(each, 'booking');
    await clock.pass(MINUTE_MS);
    expect(await burst(each, 'booking')).toBe(1000);
  });

  it('does not grow in a longer rest', async () => {
    clock.advance(24 * 60 * MINUTE_MS);
    expect(await burst(each, 'booking')).toBe(1000);
  });

  it('is not made new by ten thousand other accounts', async () => {
    await burst(one, 'booking');
    for (let call = 0; call < 11_000; call += 1) {
      await clock.pass(7);
      await quota.acquire(each(call), 'booking', within(MINUTE_MS));
      await burst(one, 'booking');
    }
    expect(await goes('ada@example.com', 'booking')).toBe(false);
  });
});

describe('a call that has to wait', () => {
  beforeEach(() => burst(one, 'booking'));

  it('goes as soon as its account has room, and its urgency decides when that is', async () => {
    const startedAt = clock.elapsed();
    const went: [CallPriority, number][] = [];
    const wait = async (priority: CallPriority): Promise<void> => {
      await quota.acquire('ada@example.com', priority, within(MINUTE_MS));
      went.push([priority, clock.elapsed() - startedAt]);
    };
    const waiting = Promise.all((['sweep', 'request', 'booking'] as const).map(wait));
    await clock.pass(MINUTE_MS);
    await waiting;
    // 500 in a minute: one more each 120 ms; of a hundred, a request leaves 10 and a sweep 50.
    expect(went).toEqual([
      ['booking', 120],
      ['request', 1440],
      ['sweep', 6360],
    ]);
  });

  it('is told at once when that would be after its deadline, and does not use anything up', async () => {
    const tooSoon = await failureOf(quota.acquire('ada@example.com', 'booking', within(119)));
    expect(tooSoon).toMatchObject({
      category: 'rate_limited',
      code: 'quota_paced',
      needsReauth: false,
      retryAfterMs: 120,
    });
    expect(clock.elapsed()).toBe(1_000_000);
    const inTime = quota.acquire('ada@example.com', 'booking', within(121));
    await clock.pass(120);
    await inTime;
  });

  it('ends by its deadline also when others were faster each time', async () => {
    const deadline = within(1000);
    const ended: number[] = [];
    const waiting = Array.from({ length: 50 }, () =>
      quota.acquire('ada@example.com', 'booking', deadline).then(
        () => 'went',
        () => 'paced',
      ),
    );
    for (const caller of waiting) void caller.then(() => ended.push(clock.elapsed()));
    await clock.pass(MINUTE_MS);
    const outcomes = await Promise.all(waiting);
    expect(outcomes.filter((outcome) => outcome === 'went')).toHaveLength(8);
    expect(Math.max(...ended)).toBeLessThanOrEqual(1_001_000);
  });

  it('does not wait for other accounts', async () => {
    expect(await goes('grace@example.com', 'booking')).toBe(true);
  });
});

describe('one account in two workspaces', () => {
  it('has one budget', async () => {
    const bench = calendarBench();
    const connectIn = async (workspaceId: string): Promise<string> => {
      const account = { workspaceId, email: 'ada@example.com', sub: null };
      return (await bench.connections.connect(account, aGrant(), [])).id;
    };
    const [mine, theirs] = [await connectIn('workspace 1'), await connectIn('workspace 2')];
    const call = (id: string): Promise<string> =>
      bench.calls.once(
        id,
        { deadline: bench.deadline(0), priority: 'booking', attemptMs: 3000 },
        async () => 'answer',
      );
    for (let calls = 0; calls < 100; calls += 1) await call(calls % 2 === 0 ? mine : theirs);
    for (const id of [mine, theirs])
      expect(await failureOf(call(id))).toMatchObject({ code: 'quota_paced', retryAfterMs: 120 });
    const grace = await bench.connect('grace@example.com');
    expect(await call(grace.id)).toBe('answer');
  });
});

interface Gone {
  readonly at: number;
  readonly account: string;
  readonly priority: CallPriority;
}

interface Wave {
  readonly account: (call: number) => string;
  readonly priority: CallPriority;
  readonly perSecond: number;
  readonly deadlineMs: number;
}

/** Callers who do not care for any limit, for two minutes. */
class Rush {
  readonly gone: Gone[] = [];
  refused = 0;
  /** Told after their deadline that they may not go, or went after it. */
  overdue = 0;
  #asked = 0;

  async run(waves: readonly Wave[]): Promise<void> {
    const sent = new Map(waves.map((wave) => [wave, 0]));
    for (let passedMs = 0; passedMs < 2 * MINUTE_MS; passedMs += 50) {
      for (const wave of waves) {
        const due = Math.floor((passedMs * wave.perSecond) / 1000);
        for (let calls = sent.get(wave) ?? 0; calls < due; calls += 1) void this.#send(wave);
        sent.set(wave, due);
      }
      await clock.pass(50);
    }
  }

  by(isMeant: (call: Gone) => boolean): readonly Gone[] {
    return this.gone.filter(isMeant);
  }

  async #send({ account, priority, deadlineMs }: Wave): Promise<void> {
    this.#asked += 1;
    const caller = account(this.#asked);
    const deadline = within(deadlineMs);
    const endsAt = clock.elapsed() + deadlineMs;
    try {
      await quota.acquire(caller, priority, deadline);
      this.gone.push({ at: clock.elapsed(), account: caller, priority });
    } catch {
      this.refused += 1;
    }
    if (clock.elapsed() > endsAt) this.overdue += 1;
  }
}

/** The most that happened in any minute, both of its ends included. */
function mostInAMinute(calls: readonly Gone[]): number {
  let most = 0;
  let first = 0;
  for (const [index, { at }] of calls.entries()) {
    while (at - (calls[first]?.at ?? at) > MINUTE_MS) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}

/** Never more than the limit, and hardly less when that many want to go. */
function expectUsedUp(calls: readonly Gone[], limit: number): void {
  expect(mostInAMinute(calls)).toBeLessThanOrEqual(limit);
  expect(mostInAMinute(calls)).toBeGreaterThan(limit * 0.9);
}

describe('two minutes of more than Google allows', () => {
  const inTurn = (call: number): string => `account ${call % 400}`;
  const busy = (): string => 'busy@example.com';
  let rush: Rush;

  beforeAll(async () => {
    clock = new SteppedClock(1_000_000);
    quota = new CallQuota(clock);
    rush = new Rush();
    await rush.run([
      { account: inTurn, priority: 'booking', perSecond: 20, deadlineMs: 12_000 },
      { account: inTurn, priority: 'request', perSecond: 160, deadlineMs: 5000 },
      { account: inTurn, priority: 'sweep', perSecond: 40, deadlineMs: 15_000 },
      { account: busy, priority: 'booking', perSecond: 10, deadlineMs: 12_000 },
      { account: busy, priority: 'request', perSecond: 10, deadlineMs: 5000 },
    ]);
  });

  it('never have more calls in any minute than the project may make', () => {
    expectUsedUp(rush.gone, PROJECT);
  });

  it('never have more calls in any minute than one account may make', () => {
    expectUsedUp(
      rush.by(({ account }) => account === busy()),
      ACCOUNT,
    );
  });

  it('let every booking through whose account is not at its own limit', () => {
    const bookings = rush.by(({ priority, account }) => priority === 'booking' && account !== busy());
    expect(bookings.length).toBeGreaterThanOrEqual(20 * 120 - 20);
  });

  it('leave no room for a sweep once the rest is used up', () => {
    const sweeps = rush.by(({ priority, at }) => priority === 'sweep' && at > 1_000_000 + MINUTE_MS);
    expect(sweeps).toEqual([]);
  });

  it('keep nobody waiting beyond the deadline', () => {
    expect(rush.refused).toBeGreaterThan(0);
    expect(rush.overdue).toBe(0);
  });
});

describe('a sweep that nobody else is in the way of', () => {
  it('never takes more than a fifth of what the project may have in any minute', async () => {
    const rush = new Rush();
    await rush.run([{ account: each, priority: 'sweep', perSecond: 60, deadlineMs: 15_000 }]);
    expectUsedUp(rush.gone, SWEEPS);
  });
});
