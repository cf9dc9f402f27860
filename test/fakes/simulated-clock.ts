import { setImmediate as nextTurn } from 'node:timers/promises';
import { Clock } from '../../src/shared/clock.js';
import type { Instant } from '../../src/shared/time.js';

interface Waiting {
  readonly until: Instant;
  readonly wake: () => void;
}

/** Time passes only while everybody waits for it, and then jumps to whoever waits least: pauses overlap, as in life. */
export class SimulatedClock extends Clock {
  #waiting: Waiting[] = [];
  #passes = false;

  constructor(private instant: Instant) {
    super();
  }

  now(): Instant {
    return this.instant;
  }

  elapsed(): number {
    return this.instant;
  }

  advance(ms: number): void {
    this.instant += ms;
  }

  async pause(ms: number): Promise<void> {
    await new Promise<void>((wake) => {
      this.#waiting.push({ until: this.instant + ms, wake });
      void this.#pass();
    });
  }

  async #pass(): Promise<void> {
    if (this.#passes) return;
    this.#passes = true;
    for (;;) {
      await nextTurn();
      const next = this.#waiting.toSorted((a, b) => a.until - b.until)[0];
      if (next === undefined) break;
      this.#waiting = this.#waiting.filter((one) => one !== next);
      this.instant = Math.max(this.instant, next.until);
      next.wake();
    }
    this.#passes = false;
  }
}
