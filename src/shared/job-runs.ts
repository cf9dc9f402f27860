import { hostname } from 'node:os';
import type { JobOutcome } from './job-outcome.js';
import type { Instant } from './time.js';

/** One tick of a job's cron, which one instance claims. */
export interface JobTick {
  readonly job: string;
  /** When the run was due. */
  readonly tick: Instant;
}

export interface BegunRun extends JobTick {
  readonly startedAt: Instant;
  readonly instance: string;
  /** Who holds the lock of the run: while somebody else or nobody has it, the run is not going on. */
  readonly session: number;
}

/** A run that is over, and that nobody claimed. */
export interface NotedRun extends JobTick, JobOutcome {
  readonly startedAt: Instant;
  readonly finishedAt: Instant;
  readonly instance: string;
}

/** `interrupted`: its process ended before the run did. */
export type RunResult = JobOutcome['result'] | 'running' | 'interrupted';

export interface JobRun extends JobTick {
  readonly startedAt: Instant;
  /** Null while it is running, and when it was interrupted. */
  readonly finishedAt: Instant | null;
  readonly instance: string;
  readonly result: RunResult;
  readonly detail: string | null;
}

/** This process, among those that run jobs. */
export const INSTANCE = `${hostname()}:${process.pid}`;
/** Of the ticks that all instances run, one a minute is noted, and the one after whatever did not go well, ... */
export const RECORD_EVERY_MS = 60_000;
/** ... and whichever lasts longer than this, or does not go well itself. */
export const SOON_MS = 1000;

/** So many of a job are kept, and the last one that came to its end, however long ago that was. */
export const KEPT_RUNS = 30;

/** What became of the ticks of all jobs, over all instances. */
export abstract class JobRuns {
  /**
   * False when this tick or a later one was claimed before. Only under the lock of the job's ticks: an earlier run that
   * has not ended counts as interrupted from now on.
   */
  abstract claim(run: BegunRun): Promise<boolean>;
  abstract finish(run: JobTick, outcome: JobOutcome, finishedAt: Instant): Promise<void>;
  /** One per tick, whoever ran it: the first, or the first that did not go well. */
  abstract note(run: NotedRun): Promise<void>;
  /** At least {@link KEPT_RUNS} of each job, where there were so many; the latest first. */
  abstract all(): Promise<JobRun[]>;
}
