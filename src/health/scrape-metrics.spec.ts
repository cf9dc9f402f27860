import { beforeEach, describe, expect, it } from '@jest/globals';
import { RecordingMetrics } from '../../test/fakes/recording-metrics.js';
import { aFailure } from '../../test/support/a-failure.js';
import { jobBench } from '../../test/support/job-bench.js';
import { Circuits } from '../calendars/circuits.js';
import { FixedClock } from '../shared/clock.js';
import { RecordingLog } from '../shared/log.js';
import { ScrapeMetrics } from './scrape-metrics.js';
import { StoredState, type StateCount } from './stored-state.js';

const NOON = Date.UTC(2027, 2, 10, 12);
const HOUR_MS = 3_600_000;

class ScriptedState extends StoredState {
  asked = 0;
  answer: StateCount[] | Error = [];

  async count(): Promise<StateCount[]> {
    this.asked += 1;
    if (this.answer instanceof Error) throw this.answer;
    return this.answer;
  }
}

let clock: FixedClock;
let state: ScriptedState;
let circuits: Circuits;
let metrics: RecordingMetrics;
let scrape: ScrapeMetrics;

beforeEach(() => {
  clock = new FixedClock(NOON);
  state = new ScriptedState();
  metrics = new RecordingMetrics();
  const log = new RecordingLog();
  circuits = new Circuits(clock, log);
  const { jobs } = jobBench(clock, false);
  jobs.add('hourly', '0 * * * *', async () => undefined);
  scrape = new ScrapeMetrics(state, jobs, circuits, metrics, clock);
});

async function samples(name: string): Promise<unknown> {
  await scrape.execute();
  return metrics.gauges.find((gauge) => gauge.name === name)?.samples;
}

const lastTick = (at: number): StateCount => ({
  gauge: 'job_last_tick_timestamp_seconds',
  labels: ['hourly'],
  value: at / 1000,
});

describe('a scrape', () => {
  it('names what the database counts', async () => {
    state.answer = [
      { gauge: 'calendars', labels: ['unhealthy', 'expired_tokens'], value: 3 },
      { gauge: 'bookings_due', labels: [], value: 4 },
    ];
    expect(await samples('calendars')).toEqual([
      { labels: { status: 'unhealthy', category: 'expired_tokens' }, value: 3 },
    ]);
    expect(await samples('bookings_due')).toEqual([{ labels: {}, value: 4 }]);
    expect(await samples('connections')).toEqual([]);
    expect(await samples('state_known')).toEqual([{ labels: {}, value: 1 }]);
  });

  it('asks the database once in fifteen seconds, however many come', async () => {
    await Promise.all([scrape.execute(), scrape.execute()]);
    clock.advance(14_999);
    await scrape.execute();
    expect(state.asked).toBe(1);
    clock.advance(1);
    await scrape.execute();
    expect(state.asked).toBe(2);
  });

  it('leaves out what is not known while the database is away, and tells the rest', async () => {
    state.answer = new Error('away');
    expect(await samples('state_known')).toEqual([{ labels: {}, value: 0 }]);
    expect(metrics.gauges.map(({ name }) => name)).toEqual(['state_known', 'circuits_open']);
    state.answer = [];
    clock.advance(15_000);
    expect(await samples('state_known')).toEqual([{ labels: {}, value: 1 }]);
  });

  it('tells who is left alone for a while', async () => {
    for (let n = 0; n < 5; n += 1) circuits.report('connection', { ...aFailure(), timedOut: true });
    expect(await samples('circuits_open')).toEqual([
      { labels: { scope: 'connection' }, value: 1 },
      { labels: { scope: 'provider' }, value: 0 },
    ]);
    for (let n = 0; n < 9; n += 1) circuits.report(`other ${n}`, { ...aFailure(), timedOut: true });
    expect(await samples('circuits_open')).toContainEqual({ labels: { scope: 'provider' }, value: 1 });
  });

  it('tells for how long a job has been due that nobody has begun', async () => {
    state.answer = [lastTick(NOON)];
    clock.advance(HOUR_MS);
    expect(await samples('job_overdue_seconds')).toEqual([{ labels: { job: 'hourly' }, value: 0 }]);
    clock.advance(90_000);
    expect(await samples('job_overdue_seconds')).toEqual([{ labels: { job: 'hourly' }, value: 90 }]);
    state.answer = [lastTick(NOON + HOUR_MS)];
    clock.advance(15_000);
    expect(await samples('job_overdue_seconds')).toEqual([{ labels: { job: 'hourly' }, value: 0 }]);
  });

  it('counts a job that was never run from the start of the process on', async () => {
    clock.advance(HOUR_MS + 30_000);
    expect(await samples('job_overdue_seconds')).toEqual([{ labels: { job: 'hourly' }, value: 30 }]);
  });
});
