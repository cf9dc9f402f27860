import { Injectable } from '@nestjs/common';
import { AppError } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import { Config } from '../shared/config.js';
import { TokenBucket } from '../shared/token-bucket.js';

const MINUTE_SECONDS = 60;

/** The key asks for more than its share. Status 429. */
export class RateLimited extends AppError {
  readonly kind = 'rate_limited';
  readonly code = 'rate_limited';

  constructor(waitMs: number) {
    const seconds = Math.ceil(waitMs / 1000);
    super('There were too many requests with this key.', { retry_after_seconds: seconds });
  }
}

/** How often each key may ask this instance: so many a minute, all at once after a minute of rest. */
@Injectable()
export class KeyRates {
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** Of a key that was accepted, so that there are no more of them than keys. @throws RateLimited */
  take(key: string): void {
    const bucket = this.#bucketOf(key);
    const waitMs = bucket.waitMs();
    if (waitMs > 0) throw new RateLimited(waitMs);
    bucket.take();
  }

  #bucketOf(key: string): TokenBucket {
    const known = this.#buckets.get(key);
    if (known !== undefined) return known;
    const burst = this.config.rateLimitPerMinute;
    const bucket = new TokenBucket({ burst, perSecond: burst / MINUTE_SECONDS }, this.clock);
    this.#buckets.set(key, bucket);
    return bucket;
  }
}
