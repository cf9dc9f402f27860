import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Clock } from './clock.js';
import { Config } from './config.js';
import { nextTick } from './cron-expression.js';
import type { ScheduledJob } from './perform-job.js';
import { RunSharedTick } from './run-shared-tick.js';
import { RunTick } from './run-tick.js';
import type { Instant } from './time.js';
import { Timers } from './timers.js';

const MINUTE_MS = 60_000;

interface JobOptions {
  /** What a restart may have mended is not to wait for the next tick. */
  readonly alsoAtStart?: boolean;
}

/** A job and when it comes next; null: not on this instance. */
export interface PlannedJob extends Pick<ScheduledJob, 'name' | 'cron'> {
  readonly nextTickAt: Instant | null;
}

/**
 * Runs work by the clock that all instances share, so that their ticks are the same. A run that lasts into the next
 * ticks leaves them out.
 */
@Injectable()
export class ScheduledJobs implements BeforeApplicationShutdown {
  readonly #jobs: ScheduledJob[] = [];
  #stopped = false;

  constructor(
    private readonly timers: Timers,
    private readonly runTick: RunTick,
    private readonly runSharedTick: RunSharedTick,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /** With any number of instances, each tick runs once. */
  add(name: string, cron: string, work: ScheduledJob['work'], options?: JobOptions): void {
    this.#add({ name, cron, work, isShared: false }, options);
  }

  /** Work that instances divide among them as they find it: each tick runs on all of them. */
  addShared(name: string, cron: string, work: ScheduledJob['work']): void {
    this.#add({ name, cron, work, isShared: true });
  }

  planned(): PlannedJob[] {
    const nextOf = (cron: string): Instant | null =>
      this.config.schedulerEnabled ? nextTick(cron, this.clock.now()) : null;
    return this.#jobs.map(({ name, cron }) => ({ name, cron, nextTickAt: nextOf(cron) }));
  }

  beforeApplicationShutdown(): void {
    this.#stopped = true;
  }

  #add(job: ScheduledJob, { alsoAtStart = false }: JobOptions = {}): void {
    this.#jobs.push(job);
    const now = this.clock.now();
    // Nothing runs when the scheduler is switched off.
    if (this.config.schedulerEnabled) this.#await(job, alsoAtStart ? now : nextTick(job.cron, now));
  }

  /** Looks once a minute: a timer of days drifts away from the shared clock, and stands still while the machine sleeps. */
  #await(job: ScheduledJob, tick: Instant): void {
    if (this.#stopped) return;
    const leftMs = Math.max(0, tick - this.clock.now());
    this.timers.set(job.name, Math.min(leftMs, MINUTE_MS), () => void this.#wake(job, tick));
  }

  async #wake(job: ScheduledJob, tick: Instant): Promise<void> {
    if (this.clock.now() < tick) return this.#await(job, tick);
    await (job.isShared ? this.runSharedTick : this.runTick).execute(job, tick);
    this.#await(job, nextTick(job.cron, Math.max(tick, this.clock.now())));
  }
}
