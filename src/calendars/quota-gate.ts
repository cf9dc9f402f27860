import type { TokenBucket } from '../shared/token-bucket.js';

/**
 * Where the callers of one urgency wait for a bucket, first come first served. Each knows from the start how long
 * that takes, so that it sleeps once, or need not wait at all when it would be too long.
 */
export class QuotaGate {
  #came = 0;
  #left = 0;

  constructor(
    private readonly bucket: TokenBucket,
    /** What must be left over for the more urgent. */
    private readonly reserve: number,
  ) {}

  /** Until the one with `ticket` may go, as far as can be known; 0 when it may now. Without a ticket: a newcomer. */
  waitMs(ticket = this.#came): number {
    return this.bucket.waitMs(this.reserve + Math.max(0, ticket - this.#left));
  }

  /** Takes a place at the end of the line; {@link leave} must follow. */
  join(): number {
    const ticket = this.#came;
    this.#came += 1;
    return ticket;
  }

  leave(): void {
    this.#left += 1;
  }

  take(): void {
    this.bucket.take();
  }
}
