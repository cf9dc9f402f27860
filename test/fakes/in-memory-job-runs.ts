import type { JobOutcome } from '../../src/shared/job-outcome.js';
import {
  JobRuns,
  KEPT_RUNS,
  type BegunRun,
  type JobRun,
  type JobTick,
  type NotedRun,
} from '../../src/shared/job-runs.js';
import { lockOfTicks } from '../../src/shared/run-tick.js';
import type { Instant } from '../../src/shared/time.js';
import type { InMemoryJobLock } from './in-memory-job-lock.js';

type Stored = BegunRun & Pick<JobRun, 'finishedAt' | 'detail'> & { readonly result: JobRun['result'] | null };

export class InMemoryJobRuns extends JobRuns {
  /** The latest first. */
  #rows: Stored[] = [];
  /** How often something was written. */
  writes = 0;

  constructor(private readonly lock: InMemoryJobLock) {
    super();
  }

  async claim(run: BegunRun): Promise<boolean> {
    this.writes += 1;
    const interrupted = (row: Stored): Stored =>
      row.job === run.job && row.result === null ? { ...row, result: 'interrupted' } : row;
    this.#rows = this.#rows.map(interrupted);
    if (this.#of(run.job).some(({ tick }) => tick >= run.tick)) return false;
    this.#rows = [{ ...run, finishedAt: null, detail: null, result: null }, ...this.#kept(run.job)];
    return true;
  }

  async finish({ job, tick }: JobTick, outcome: JobOutcome, finishedAt: Instant): Promise<void> {
    this.writes += 1;
    this.#rows = this.#rows.map((row) =>
      row.job === job && row.tick === tick ? { ...row, ...outcome, finishedAt } : row,
    );
  }

  async note(run: NotedRun): Promise<void> {
    this.writes += 1;
    const others = this.#kept(run.job).filter(({ job, tick }) => job !== run.job || tick !== run.tick);
    const [same] = this.#of(run.job).filter(({ tick }) => tick === run.tick);
    const isWorse = same?.result === 'ok' && run.result !== 'ok';
    this.#rows = [same === undefined || isWorse ? { ...run, session: 0 } : same, ...others];
  }

  async all(): Promise<JobRun[]> {
    return this.#rows.map((row) => this.#shown(row)).sort((a, b) => b.tick - a.tick);
  }

  #of(job: string): Stored[] {
    return this.#rows.filter((row) => row.job === job).sort((a, b) => b.tick - a.tick);
  }

  /** What stays when one more comes. */
  #kept(job: string): Stored[] {
    const rows = this.#of(job);
    const ended = rows.find(({ result }) => result === 'ok' || result === 'partial');
    const outdated = rows.slice(KEPT_RUNS).filter((row) => ended !== undefined && row.tick < ended.tick);
    return this.#rows.filter((row) => !outdated.includes(row));
  }

  #shown({ session, result, ...run }: Stored): JobRun {
    const isHeld = this.lock.isHeldBy(lockOfTicks(run.job), session);
    return { ...run, result: result ?? (isHeld ? 'running' : 'interrupted') };
  }
}
