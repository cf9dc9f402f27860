import { Injectable } from '@nestjs/common';
import { Clock } from '../shared/clock.js';
import type { Deadline } from '../shared/deadline.js';
import { ProviderError, type Failure } from '../shared/failure.js';
import { TokenBucket, type Rate } from '../shared/token-bucket.js';
import { QuotaGate } from './quota-gate.js';

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

type Gates = Readonly<Record<CallPriority, QuotaGate>>;

/** Keeps this process inside Google's quotas, per project and per account, the urgent first. */
@Injectable()
export class CallQuota {
  readonly #project: Gates;
  readonly #sweeps: QuotaGate;
  readonly #accounts = new Map<string, { readonly bucket: TokenBucket; readonly gates: Gates }>();

  constructor(private readonly clock: Clock) {
    this.#project = gatesOf(new TokenBucket(PROJECT, clock), PROJECT);
    this.#sweeps = new QuotaGate(new TokenBucket(SWEEPS, clock), 0);
  }

  /** Returns when a call may go. @throws ProviderError `quota_paced` as soon as that would be after the deadline */
  async acquire(account: string, priority: CallPriority, deadline: Deadline): Promise<void> {
    const gates = [this.#project[priority], this.#gatesOf(account)[priority]];
    if (priority === 'sweep') gates.push(this.#sweeps);
    const place = new Place();
    try {
      for (let wait = place.longest(gates); wait.ms > 0; wait = place.longest(gates)) {
        if (wait.ms >= deadline.remainingMs())
          throw new ProviderError({ ...QUOTA_PACED, retryAfterMs: wait.ms });
        place.moveTo(wait.gate);
        await deadline.pause(wait.ms);
      }
    } finally {
      place.leave();
    }
    for (const gate of gates) gate.take();
  }

  #gatesOf(account: string): Gates {
    const known = this.#accounts.get(account);
    if (known !== undefined) return known.gates;
    if (this.#accounts.size >= MAX_IDLE_ACCOUNTS) this.#forgetIdle();
    const bucket = new TokenBucket(ACCOUNT, this.clock);
    const gates = gatesOf(bucket, ACCOUNT);
    this.#accounts.set(account, { bucket, gates });
    return gates;
  }

  #forgetIdle(): void {
    for (const [account, { bucket }] of this.#accounts) if (bucket.isFull()) this.#accounts.delete(account);
  }
}

function gatesOf(bucket: TokenBucket, { burst }: Rate): Gates {
  const gate = (priority: CallPriority): QuotaGate => new QuotaGate(bucket, burst * RESERVE[priority]);
  return { booking: gate('booking'), request: gate('request'), sweep: gate('sweep') };
}

interface Wait {
  readonly gate: QuotaGate;
  readonly ms: number;
}

/** Where one caller waits: at the gate that takes longest, so that it stands in nobody's way at the others. */
class Place {
  #held: { readonly gate: QuotaGate; readonly ticket: number } | null = null;

  longest(gates: readonly QuotaGate[]): Wait {
    const waits = gates.map((gate) => ({ gate, ms: gate.waitMs(this.#ticketAt(gate)) }));
    return waits.reduce((longest, wait) => (wait.ms > longest.ms ? wait : longest));
  }

  moveTo(gate: QuotaGate): void {
    if (this.#held?.gate === gate) return;
    this.leave();
    this.#held = { gate, ticket: gate.join() };
  }

  leave(): void {
    this.#held?.gate.leave();
    this.#held = null;
  }

  #ticketAt(gate: QuotaGate): number | undefined {
    return this.#held?.gate === gate ? this.#held.ticket : undefined;
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
