import { beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryJobLock } from '../../test/fakes/in-memory-job-lock.js';
import { InMemoryJobRuns } from '../../test/fakes/in-memory-job-runs.js';
import { RecordingMetrics } from '../../test/fakes/recording-metrics.js';
import { SteppedClock } from '../../test/fakes/stepped-clock.js';
import { outcomeOf, type JobOutcome } from './job-outcome.js';
import { RecordingLog } from './log.js';
import { PerformJob } from './perform-job.js';
import { RunSharedTick } from './run-shared-tick.js';

const NOON = Date.UTC(2027, 2, 10, 12);

let clock: SteppedClock;
let runs: InMemoryJobRuns;
let metrics: RecordingMetrics;
let log: RecordingLog;

beforeEach(() => {
  clock = new SteppedClock(NOON);
  runs = new InMemoryJobRuns(new InMemoryJobLock());
  metrics = new RecordingMetrics();
  log = new RecordingLog();
});

/** Each instance of the service has one. */
const anInstance = (): RunSharedTick =>
  new RunSharedTick(runs, new PerformJob(clock, metrics, log), clock, log);

const aJob = (work: () => Promise<JobOutcome | void> = async () => undefined) => ({
  name: 'reconcile',
  cron: '* * * * * *',
  isShared: true,
  work,
});

/** Runs the ticks of so many seconds. */
async function ticks(instance: RunSharedTick, seconds: number, work?: () => Promise<JobOutcome>) {
  for (let second = 0; second < seconds; second += 1) {
    await instance.execute(aJob(work), clock.now());
    clock.advance(1000);
  }
}

const shown = async () => (await runs.all()).map(({ tick, result }) => [(tick - NOON) / 1000, result]);

describe('a tick of a job that all instances share', () => {
  it('is run by each of them, also while another is at it', async () => {
    let worked = 0;
    let end: () => void = () => undefined;
    const slow = aJob(() => new Promise<void>((resolve) => (end = resolve)));
    const waiting = anInstance().execute(slow, NOON);
    await anInstance().execute(
      aJob(async () => void (worked += 1)),
      NOON,
    );
    expect(worked).toBe(1);
    expect(metrics.measured).toEqual(['reconcile: ok']);
    end();
    await waiting;
    expect(await shown()).toEqual([[0, 'ok']]);
  });

  it('is written down once a minute while there is nothing to tell', async () => {
    await ticks(anInstance(), 150);
    expect(await shown()).toEqual([
      [120, 'ok'],
      [60, 'ok'],
      [0, 'ok'],
    ]);
    expect(runs.writes).toBe(3);
  });

  it('is written down when it does not go well, and the next one, which may', async () => {
    let count = 0;
    await ticks(anInstance(), 5, async () => outcomeOf({ failed: (count += 1) === 3 ? 1 : 0 }, ['failed']));
    expect(await shown()).toEqual([
      [3, 'ok'],
      [2, 'partial'],
      [0, 'ok'],
    ]);
  });

  it('is written down when it takes long', async () => {
    const instance = anInstance();
    await ticks(instance, 1);
    await instance.execute(
      aJob(async () => clock.advance(1000)),
      clock.now(),
    );
    const [last] = await runs.all();
    expect(last).toMatchObject({ startedAt: NOON + 1000, finishedAt: NOON + 2000 });
  });

  it('is told as failed once one instance failed', async () => {
    await anInstance().execute(aJob(), NOON);
    const failing = aJob(() => Promise.reject(new TypeError('with a secret in it')));
    await anInstance().execute(failing, NOON);
    await anInstance().execute(aJob(), NOON);
    expect(await shown()).toEqual([[0, 'failed']]);
    expect(JSON.stringify([log.lines, await runs.all()])).not.toContain('secret');
  });

  it('ends with a line in the log when it cannot be written down', async () => {
    runs.note = () => Promise.reject(Object.assign(new Error('away'), { code: '57P01' }));
    await anInstance().execute(aJob(), NOON);
    expect(log.lines).toMatchObject([{ level: 'warn', event: 'job.failed' }]);
  });
});
