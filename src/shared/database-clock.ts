import { Clock } from './clock.js';
import type { Instant } from './time.js';

const LOOK_EVERY_MS = 60_000;
/** An answer that took longer says too little about when it was true. */
const SHARP_MS = 250;
/** So far apart, the machine's clocks tell that it slept, or that one of them was set. */
const JUMP_MS = 1000;

/**
 * The time of the database, which all instances share: one whose own clock is wrong, or steps, still agrees
 * with the others on what is over (F56). It looks there now and then, and counts on by the monotonic clock.
 */
export class DatabaseClock extends Clock {
  /** What the database said, less what {@link elapsed} was then. */
  #offsetMs: number | null = null;
  #lookDueAt = 0;
  #machineOffsetMs = 0;

  private constructor(
    private readonly machine: Clock,
    private readonly databaseTime: () => Promise<Instant>,
  ) {
    super();
  }

  /** @throws what `databaseTime` throws: without a first look there is no time */
  static async started(machine: Clock, databaseTime: () => Promise<Instant>): Promise<DatabaseClock> {
    const clock = new DatabaseClock(machine, databaseTime);
    await clock.#look();
    return clock;
  }

  now(): Instant {
    // When the database is away, the last look is as good as any.
    if (this.#isDue()) this.#look().catch(() => undefined);
    return Math.round((this.#offsetMs ?? 0) + this.elapsed());
  }

  elapsed(): number {
    return this.machine.elapsed();
  }

  pause(ms: number): Promise<void> {
    return this.machine.pause(ms);
  }

  #isDue(): boolean {
    const elapsed = this.elapsed();
    const jumpMs = this.machine.now() - elapsed - this.#machineOffsetMs;
    return elapsed >= this.#lookDueAt || Math.abs(jumpMs) > JUMP_MS;
  }

  async #look(): Promise<void> {
    const askedAt = this.elapsed();
    this.#lookDueAt = askedAt + LOOK_EVERY_MS;
    this.#machineOffsetMs = this.machine.now() - askedAt;
    const told = await this.databaseTime();
    const tookMs = this.elapsed() - askedAt;
    if (this.#offsetMs === null || tookMs <= SHARP_MS) this.#offsetMs = told - askedAt - tookMs / 2;
  }
}
