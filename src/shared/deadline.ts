import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from './clock.js';

/** The time one request may spend on others' answers. Counts on the monotonic clock. */
export class Deadline {
  readonly #clock: Clock;
  readonly #endsAt: number;

  private constructor(clock: Clock, endsAt: number) {
    this.#clock = clock;
    this.#endsAt = endsAt;
  }

  static in(ms: number, clock: Clock): Deadline {
    return new Deadline(clock, clock.elapsed() + ms);
  }

  /** Ends after `ms`, or with this one if that is sooner. */
  atMost(ms: number): Deadline {
    return new Deadline(this.#clock, Math.min(this.#endsAt, this.#clock.elapsed() + ms));
  }

  remainingMs(): number {
    return Math.max(0, this.#endsAt - this.#clock.elapsed());
  }

  async pause(ms: number): Promise<void> {
    await this.#clock.pause(ms);
  }

  /** Ends one attempt: after `attemptMs`, or with the deadline if that is sooner. */
  signal(attemptMs: number): AbortSignal {
    return AbortSignal.timeout(Math.max(1, Math.floor(Math.min(attemptMs, this.remainingMs()))));
  }
}

/** The result of `work`, or `late()` thrown at the deadline. The work goes on: others may be waiting for it. */
export async function within<T>(deadline: Deadline, work: Promise<T>, late: () => Error): Promise<T> {
  const settled = new AbortController();
  const timeUp = sleep(deadline.remainingMs(), undefined, { signal: settled.signal }).then(() => {
    throw late();
  });
  timeUp.catch(() => undefined);
  try {
    return await Promise.race([work, timeUp]);
  } finally {
    settled.abort();
  }
}
