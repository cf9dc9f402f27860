import { Injectable } from '@nestjs/common';
import { AppError } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import { TokenBucket } from '../shared/token-bucket.js';

/** At once, and then one in twelve seconds: enough for a person with a wrong clipboard. */
const RATE = { burst: 5, perSecond: 1 / 12 };
const MOST_ADDRESSES = 1000;

/** There were too many wrong keys from one address. Status 429. */
export class TooManyAttempts extends AppError {
  readonly kind = 'rate_limited';
  readonly code = 'rate_limited';

  constructor(waitMs: number) {
    const seconds = Math.ceil(waitMs / 1000);
    super('There were too many attempts to sign in from this address.', { retry_after_seconds: seconds });
  }
}

/** How often each address may try to sign in on this instance. */
@Injectable()
export class SignInAttempts {
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(private readonly clock: Clock) {}

  /** Also for the right key: whoever guesses must not learn which one it was. @throws TooManyAttempts */
  take(address: string): void {
    const bucket = this.#bucketOf(address);
    const waitMs = bucket.waitMs();
    if (waitMs > 0) throw new TooManyAttempts(waitMs);
    bucket.take();
  }

  /** After a success: a person who signs in and out is no attacker. */
  forgive(address: string): void {
    this.#buckets.delete(address);
  }

  #bucketOf(address: string): TokenBucket {
    const known = this.#buckets.get(address);
    if (known !== undefined) return known;
    this.#makeRoom();
    const bucket = new TokenBucket(RATE, this.clock);
    this.#buckets.set(address, bucket);
    return bucket;
  }

  /** Those that have rested say nothing any more; after them, the one that was seen first. */
  #makeRoom(): void {
    if (this.#buckets.size < MOST_ADDRESSES) return;
    for (const [address, bucket] of this.#buckets) if (bucket.isFull()) this.#buckets.delete(address);
    const [first] = this.#buckets.keys();
    if (this.#buckets.size >= MOST_ADDRESSES && first !== undefined) this.#buckets.delete(first);
  }
}
