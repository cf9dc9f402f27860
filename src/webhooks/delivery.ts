import type { Instant } from '../shared/time.js';

/** `pending` is tried (again), `failed` is not, unless somebody asks for it. */
export const DELIVERY_STATUSES = ['pending', 'delivered', 'failed'] as const;

export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** Why an attempt failed. `answer` is any status but 2xx, redirects included: see the status. */
export const DELIVERY_FAILURES = [
  'answer',
  'timeout',
  'forbidden_address',
  'name_not_found',
  'connection_failed',
  'tls_failed',
  'malformed_answer',
  'webhook_inactive',
] as const;

export type DeliveryFailure = (typeof DELIVERY_FAILURES)[number];

/** The type of the event that a test sends. What comes of it is never held against the webhook. */
export const TEST_EVENT = 'webhook.test';

/** What became of one event for one webhook. */
export interface Delivery {
  readonly id: string;
  readonly webhookId: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly status: DeliveryStatus;
  /** Attempts that came to an end. This and what follows is of the last of them; null before the first. */
  readonly attempts: number;
  /** Also null when there was no answer. */
  readonly responseStatus: number | null;
  readonly failure: DeliveryFailure | null;
  readonly durationMs: number | null;
  readonly attemptedAt: Instant | null;
  /** Null unless there will be one. */
  readonly nextAttemptAt: Instant | null;
  readonly createdAt: Instant;
}

/** What came of one attempt. */
export interface Attempt {
  /** Null: the receiver has taken it. */
  readonly failure: DeliveryFailure | null;
  readonly responseStatus: number | null;
  /** The receiver asked for this pause. */
  readonly retryAfterMs: number | null;
  readonly durationMs: number;
}
