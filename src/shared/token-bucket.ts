import type { Clock } from './clock.js';

export interface Rate {
  /** How many may go at once after a rest. */
  readonly burst: number;
  readonly perSecond: number;
}

/** Lets so many through per second. Counts on the monotonic clock; starts full. */
export class TokenBucket {
  #tokens: number;
  #countedAt: number;
  #last: Promise<void> = Promise.resolve();

  constructor(
    private readonly rate: Rate,
    private readonly clock: Clock,
  ) {
    this.#tokens = rate.burst;
    this.#countedAt = clock.elapsed();
  }

  /** Milliseconds until one may go and `reserve` are still left for others; 0 when one may go now. */
  waitMs(reserve = 0): number {
    this.#refill();
    const missing = reserve + 1 - this.#tokens;
    return missing <= 0 ? 0 : Math.ceil((missing / this.rate.perSecond) * 1000);
  }

  take(): void {
    this.#tokens -= 1;
  }

  /** Takes one as soon as there is one; first come, first served. */
  pass(): Promise<void> {
    this.#last = this.#last.then(() => this.#pass());
    return this.#last;
  }

  /** Nobody has taken anything lately. */
  isFull(): boolean {
    this.#refill();
    return this.#tokens >= this.rate.burst;
  }

  async #pass(): Promise<void> {
    for (let waitMs = this.waitMs(); waitMs > 0; waitMs = this.waitMs()) await this.clock.pause(waitMs);
    this.take();
  }

  #refill(): void {
    const now = this.clock.elapsed();
    const grown = ((now - this.#countedAt) / 1000) * this.rate.perSecond;
    this.#tokens = Math.min(this.rate.burst, this.#tokens + grown);
    this.#countedAt = now;
  }
}
