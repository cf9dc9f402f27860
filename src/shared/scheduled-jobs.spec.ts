import { afterEach, describe, expect, it } from '@jest/globals';
import { jobBench } from '../../test/support/job-bench.js';
import { Clock, FixedClock, SystemClock } from './clock.js';
import { nextTick } from './cron-expression.js';
import { lockOfTicks } from './run-tick.js';

const NOON = Date.UTC(2027, 2, 10, 12);
const EVERY_SECOND = '* * * * * *';

let stop: () => void = () => undefined;
afterEach(() => stop());

function schedule(clock: Clock, schedulerEnabled = true) {
  const bench = jobBench(clock, schedulerEnabled);
  stop = bench.stop;
  return bench;
}

/** A clock that is another than the machine's: that of the database. */
class ShiftedClock extends SystemClock {
  constructor(private readonly byMs: number) {
    super();
  }

  override now(): number {
    return super.now() + this.byMs;
  }
}

/** A day behind, and just before the next second. */
const justBeforeASecond = (): Clock => new ShiftedClock(-86_400_000 + 950 - (Date.now() % 1000));

describe('nextTick', () => {
  it.each([
    ['*/10 * * * * *', NOON + 10_000],
    ['* * * * *', NOON + 60_000],
    ['30 3 * * *', Date.UTC(2027, 2, 11, 3, 30)],
    ['0 4 * * 0', Date.UTC(2027, 2, 14, 4)],
    ['0 5 1 * *', Date.UTC(2027, 3, 1, 5)],
  ])('of %s is the first after the instant, never that itself', (cron, expected) => {
    const zoneOffsetMs = new Date(expected).getTimezoneOffset() * 60_000;
    expect(nextTick(cron, NOON)).toBe(cron.startsWith('*') ? expected : expected + zoneOffsetMs);
    expect(nextTick(cron, nextTick(cron, NOON))).toBeGreaterThan(nextTick(cron, NOON));
  });
});

describe('scheduled jobs', () => {
  it('tick by the clock that all instances share, whatever that of the machine says', async () => {
    const clock = justBeforeASecond();
    const { jobs, runs } = schedule(clock);
    const due = nextTick(EVERY_SECOND, clock.now());
    const ranAt = await new Promise<number>((resolve) =>
      jobs.add('sweep', EVERY_SECOND, async () => resolve(clock.now())),
    );
    expect(await runs.all()).toMatchObject([{ job: 'sweep', tick: due }]);
    expect(ranAt).toBeGreaterThanOrEqual(due);
    expect(ranAt).toBeLessThan(due + 1000);
  });

  it('are written down at each tick, however often it comes and however soon it is over', async () => {
    const { jobs, runs } = schedule(justBeforeASecond());
    let ticks = 0;
    await new Promise<void>((resolve) =>
      jobs.add('sweep', EVERY_SECOND, async () => {
        ticks += 1;
        if (ticks === 2) resolve();
      }),
    );
    expect(await runs.all()).toHaveLength(2);
  });

  it('run at the start as well when that may have mended something', async () => {
    const { jobs, runs } = schedule(new SystemClock());
    await new Promise<void>((resolve) =>
      jobs.add('recover', '0 5 1 1 *', async () => resolve(), { alsoAtStart: true }),
    );
    expect(await runs.all()).toMatchObject([{ job: 'recover' }]);
  });

  it('wait for no other instance where all divide the work among them', async () => {
    const { jobs, lock } = schedule(justBeforeASecond());
    const ran = lock.exclusively(
      lockOfTicks('reconcile'),
      () =>
        new Promise<string>((resolve) =>
          jobs.addShared('reconcile', EVERY_SECOND, async () => resolve('ran')),
        ),
    );
    expect(await ran).toBe('ran');
  });

  it('are told with the time at which they come next', () => {
    const { jobs, timers } = schedule(new FixedClock(NOON));
    jobs.add('sweep', '* * * * *', async () => undefined);
    expect(jobs.planned()).toEqual([{ name: 'sweep', cron: '* * * * *', nextTickAt: NOON + 60_000 }]);
    expect(timers.names()).toEqual(['sweep']);
  });

  it('do not run where the scheduler is switched off, and are told all the same', () => {
    const { jobs, timers } = schedule(new FixedClock(NOON), false);
    jobs.add('sweep', EVERY_SECOND, async () => undefined);
    expect(jobs.planned()).toEqual([{ name: 'sweep', cron: EVERY_SECOND, nextTickAt: null }]);
    expect(timers.names()).toEqual([]);
  });
});
