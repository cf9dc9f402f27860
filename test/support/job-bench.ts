import type { Clock } from '../../src/shared/clock.js';
import { RecordingLog } from '../../src/shared/log.js';
import { PerformJob } from '../../src/shared/perform-job.js';
import { RunSharedTick } from '../../src/shared/run-shared-tick.js';
import { RunTick } from '../../src/shared/run-tick.js';
import { ScheduledJobs } from '../../src/shared/scheduled-jobs.js';
import { InMemoryJobLock } from '../fakes/in-memory-job-lock.js';
import { InMemoryJobRuns } from '../fakes/in-memory-job-runs.js';
import { InMemoryTimers } from '../fakes/in-memory-timers.js';
import { RecordingMetrics } from '../fakes/recording-metrics.js';
import { aConfig } from './a-config.js';

/** Scheduled jobs over fakes; `stop` ends those that are planned. */
export function jobBench(clock: Clock, schedulerEnabled = true) {
  const lock = new InMemoryJobLock();
  const runs = new InMemoryJobRuns(lock);
  const timers = new InMemoryTimers();
  const log = new RecordingLog();
  const perform = new PerformJob(clock, new RecordingMetrics(), log);
  const jobs = new ScheduledJobs(
    timers,
    new RunTick(lock, runs, perform, clock, log),
    new RunSharedTick(runs, perform, clock, log),
    clock,
    aConfig({ schedulerEnabled }),
  );
  const stop = (): void => {
    jobs.beforeApplicationShutdown();
    timers.clear();
  };
  return { jobs, lock, runs, timers, stop };
}
