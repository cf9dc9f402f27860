import type { Page, PageQuery } from '../shared/page.js';
import type { Attempt, Delivery, DeliveryFailure } from './delivery.js';
import type { DisabledReason } from './webhook.js';

/** How an attempt is to be judged. */
export interface Verdict {
  /** When to try again; null: not by itself. */
  readonly retryInMs: number | null;
  /** Whether the receiver wants no more of any event. */
  readonly isGone: boolean;
  /** A delivery that is given up after nothing but failures for so long switches the webhook off. */
  readonly patienceMs: number;
}

export interface Recorded {
  readonly delivery: Delivery;
  /** The webhook was switched off by this attempt. */
  readonly disabled: DisabledReason | null;
}

/**
 * Deliveries of events to webhooks. Attempts are numbered from 1, and each is recorded once: by compare-and-set on the
 * number of those before it.
 */
export abstract class Deliveries {
  /** The delivery of an event to a webhook, begun when there is none. Null when one of them is gone. */
  abstract open(
    event: { readonly id: string; readonly type: string },
    webhookId: string,
  ): Promise<Delivery | null>;
  abstract find(id: string, webhookId: string): Promise<Delivery | null>;
  /** The latest last. */
  abstract list(webhookId: string, page: PageQuery): Promise<Page<Delivery>>;
  /**
   * What came of the attempt after `delivery.attempts`, what it says of the webhook (the failure of a test: nothing), and
   * the job of the next attempt, all at once. Null, without a change, when that attempt was recorded before.
   */
  abstract record(delivery: Delivery, attempt: Attempt, verdict: Verdict): Promise<Recorded | null>;
  /** Ends a pending delivery without an attempt. Its owner can still ask for one. */
  abstract giveUp(delivery: Delivery, failure: DeliveryFailure): Promise<void>;
  /**
   * The next attempt is made now, also of a delivery that was delivered or given up. Null, without a change, while an
   * attempt is under way.
   */
  abstract redeliver(delivery: Delivery): Promise<Delivery | null>;
}
