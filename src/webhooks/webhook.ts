import type { EventType } from '../outbox/outbox-event.js';
import type { Instant } from '../shared/time.js';

/**
 * Why a webhook was switched off without its owner: an event was given up after nothing but failures for
 * days, its receiver answered that it is gone, or its secret was lost with an encryption key.
 */
export type DisabledReason = 'failing' | 'gone' | 'secret_lost';

/** An address of a workspace that is told of events. Its secret is not part of it: see {@link Webhooks.secrets}. */
export interface Webhook {
  readonly id: string;
  readonly workspaceId: string;
  readonly url: string;
  readonly events: readonly EventType[];
  readonly description: string | null;
  /** Only what happens while it is active is told. */
  readonly active: boolean;
  /** Attempts that failed since the last one that did not, tests apart. */
  readonly failures: number;
  readonly failingSince: Instant | null;
  /** Null also when its owner has switched it off. */
  readonly disabled: { readonly at: Instant; readonly reason: DisabledReason } | null;
  readonly createdAt: Instant;
}

/** How many a workspace may have: each of its events is sent to all of them. */
export const MAX_WEBHOOKS = 20;
