import { Injectable } from '@nestjs/common';
import { Clock } from '../shared/clock.js';
import type { Deadline } from '../shared/deadline.js';
import { ProviderError, type Failure } from '../shared/failure.js';
import { TokenBucket, type Rate } from '../shared/token-bucket.js';

/** A booking may use what is left to the last; a request leaves some for bookings, a sweep most for both. */
export type CallPriority = 'booking' | 'request' | 'sweep';

/**
 * Burst and rate add up to Google's limit in any one minute.
 * @see https://developers.google.com/workspace/calendar/api/guides/quota 10,000 a minute a project, 600 a user
 */
const PROJECT: Rate = { burst: 1000, perSecond: 150 };
const ACCOUNT: Rate = { burst: 100, perSecond: 500 / 60 };
/** A fifth of the project's. */
const SWEEPS: Rate = { burst: 200, perSecond: 30 };

/** The share of a full bucket that must be left over for the more urgent. */
const RESERVE: Readonly<Record<CallPriority, number>> = { booking: 0, request: 0.1, sweep: 0.5 };
const MAX_IDLE_ACCOUNTS = 10_000;

/** Keeps this process inside Google's quotas, per project and per account, the urgent first. */
@Injectable()
export class CallQuota {
  readonly #project: TokenBucket;
  readonly #sweeps: TokenBucket;
  readonly #accounts = new Map<string, TokenBucket>();

  constructor(private readonly clock: Clock) {
    this.#project = new TokenBucket(PROJECT, clock);
    this.#sweeps = new TokenBucket(SWEEPS, clock);
  }

  /** Returns when a call may go. @throws ProviderError `quota_paced` when that is after the deadline */
  async acquire(account: string, priority: CallPriority, deadline: Deadline): Promise<void> {
    const buckets = this.#bucketsOf(account, priority);
    for (;;) {
      const waitMs = Math.max(...buckets.map(({ bucket, reserve }) => bucket.waitMs(reserve)));
      if (waitMs === 0) break;
      if (waitMs >= deadline.remainingMs()) throw new ProviderError({ ...QUOTA_PACED, retryAfterMs: waitMs });
      await deadline.pause(waitMs);
    }
    for (const { bucket } of buckets) bucket.take();
  }

  #bucketsOf(account: string, priority: CallPriority): { bucket: TokenBucket; reserve: number }[] {
    const share = RESERVE[priority];
    const buckets = [
      { bucket: this.#project, reserve: PROJECT.burst * share },
      { bucket: this.#accountOf(account), reserve: ACCOUNT.burst * share },
    ];
    return priority === 'sweep' ? [...buckets, { bucket: this.#sweeps, reserve: 0 }] : buckets;
  }

  #accountOf(account: string): TokenBucket {
    const known = this.#accounts.get(account);
    if (known !== undefined) return known;
    if (this.#accounts.size >= MAX_IDLE_ACCOUNTS) this.#forgetIdle();
    const bucket = new TokenBucket(ACCOUNT, this.clock);
    this.#accounts.set(account, bucket);
    return bucket;
  }

  #forgetIdle(): void {
    for (const [account, bucket] of this.#accounts) if (bucket.isFull()) this.#accounts.delete(account);
  }
}

/** Not asked: it would have been one call too many for Google's quota. */
export const QUOTA_PACED: Failure = {
  category: 'rate_limited',
  code: 'quota_paced',
  reason: null,
  actor: 'none',
  httpStatus: null,
  message: "The account was not asked, to stay inside Google's limits.",
  needsReauth: false,
  retryable: false,
  retryAfterMs: null,
  timedOut: false,
  attempts: 0,
};
