import { beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryJobLock } from '../../test/fakes/in-memory-job-lock.js';
import { InMemoryJobRuns } from '../../test/fakes/in-memory-job-runs.js';
import { RecordingMetrics } from '../../test/fakes/recording-metrics.js';
import { SteppedClock } from '../../test/fakes/stepped-clock.js';
import { AlreadyRunning } from './job-lock.js';
import { outcomeOf, type JobOutcome } from './job-outcome.js';
import { RecordingLog } from './log.js';
import { PerformJob, type ScheduledJob } from './perform-job.js';
import { lockOfTicks, RunTick } from './run-tick.js';

const NOON = Date.UTC(2027, 2, 10, 12);
const MINUTE_MS = 60_000;

let clock: SteppedClock;
let lock: InMemoryJobLock;
let runs: InMemoryJobRuns;
let metrics: RecordingMetrics;
let log: RecordingLog;
let worked: number;

beforeEach(() => {
  clock = new SteppedClock(NOON);
  lock = new InMemoryJobLock();
  runs = new InMemoryJobRuns(lock);
  metrics = new RecordingMetrics();
  log = new RecordingLog();
  worked = 0;
});

/** Each instance of the service has one. */
const anInstance = (): RunTick => new RunTick(lock, runs, new PerformJob(clock, metrics, log), clock, log);

function aJob(work: () => Promise<JobOutcome | void> = async () => undefined): ScheduledJob {
  const counted = (): Promise<JobOutcome | void> => {
    worked += 1;
    return work();
  };
  return { name: 'sweep', cron: '* * * * *', isShared: false, work: counted };
}

/** Work that goes on until it is told to end. */
function aLongJob() {
  let end: (outcome: JobOutcome | void) => void = () => undefined;
  const job = aJob(() => new Promise((resolve) => (end = resolve)));
  return { job, end: (outcome?: JobOutcome) => end(outcome) };
}

const results = async () => (await runs.all()).map(({ result }) => result);
const events = () => log.lines.map(({ event }) => event);

describe('a tick of a job', () => {
  it('is run once, however many instances come to it, and whenever', async () => {
    const { job, end } = aLongJob();
    const first = anInstance().execute(job, NOON);
    await anInstance().execute(job, NOON);
    await clock.pass(5);
    end(outcomeOf({ checked: 3 }));
    await first;
    await anInstance().execute(job, NOON);
    expect(worked).toBe(1);
    expect(await runs.all()).toMatchObject([
      { tick: NOON, startedAt: NOON, finishedAt: NOON + 5, result: 'ok', detail: '3 checked' },
    ]);
    expect(events()).toEqual(['job.skipped', 'job.skipped']);
    expect(metrics.measured).toEqual(['sweep: ok']);
  });

  it('that went well at once is not run again, however soon, by an instance whose clock differs', async () => {
    for (const second of [0, 1, 2]) await anInstance().execute(aJob(), NOON + second * 1000);
    for (const second of [1, 0, -1]) await anInstance().execute(aJob(), NOON + second * 1000);
    expect(worked).toBe(3);
    expect((await runs.all()).map(({ tick }) => (tick - NOON) / 1000)).toEqual([2, 1, 0]);
  });

  it('that met errors is partial, never a success', async () => {
    await anInstance().execute(
      aJob(async () => outcomeOf({ checked: 3, failed: 1 }, ['failed'])),
      NOON,
    );
    expect(await runs.all()).toMatchObject([{ result: 'partial', detail: '3 checked, 1 failed' }]);
  });

  it('that fails is told, and the next one comes all the same', async () => {
    const failing = aJob(() => Promise.reject(new TypeError('with a secret in it')));
    await anInstance().execute(failing, NOON);
    await anInstance().execute(aJob(), NOON + MINUTE_MS);
    expect(await results()).toEqual(['ok', 'failed']);
    expect(metrics.measured).toEqual(['sweep: failed', 'sweep: ok']);
    expect(log.lines).toMatchObject([{ level: 'error', event: 'job.failed', fields: { job: 'sweep' } }]);
    expect(JSON.stringify([log.lines, await runs.all()])).not.toContain('secret');
  });

  it('that fails because the database is away is no bug', async () => {
    const outage = Object.assign(new Error('terminating connection'), { code: '57P01' });
    await anInstance().execute(
      aJob(() => Promise.reject(outage)),
      NOON,
    );
    expect(log.lines).toMatchObject([{ level: 'warn', event: 'job.failed' }]);
  });

  it('is partial when somebody started the same work, so that nothing was done for it', async () => {
    await anInstance().execute(
      aJob(() => Promise.reject(new AlreadyRunning('health-check'))),
      NOON,
    );
    expect(await runs.all()).toMatchObject([
      { result: 'partial', detail: 'Another health check is already running; nothing was done.' },
    ]);
    expect(events()).toEqual(['job.skipped']);
  });

  it('whose process died is interrupted, and does not skip the next', async () => {
    void anInstance().execute(aLongJob().job, NOON);
    await clock.pass(1);
    expect(await results()).toEqual(['running']);
    lock.free(lockOfTicks('sweep'));
    expect(await results()).toEqual(['interrupted']);
    await anInstance().execute(aJob(), NOON + MINUTE_MS);
    expect(await results()).toEqual(['ok', 'interrupted']);
  });

  it('is free again when the claim could not be made', async () => {
    runs.claim = () => Promise.reject(new Error('a bug'));
    await anInstance().execute(aJob(), NOON);
    expect(worked).toBe(0);
    expect(events()).toEqual(['job.failed']);
    expect(await lock.exclusively(lockOfTicks('sweep'), async () => 'free')).toBe('free');
  });
});
