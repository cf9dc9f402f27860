import type { Instant } from '../shared/time.js';

/** Somebody does not hear of what they should: a webhook that was switched off, or the people of an account. */
export interface DeliveryIssue {
  readonly workspaceId: string;
  /** Null when it is about an e-mail. */
  readonly webhookId: string | null;
  /** Null when it is about a webhook; so are the next two. */
  readonly connectionId: string | null;
  readonly accountEmail: string | null;
  readonly reauthUrl: string | null;
  readonly since: Instant;
  readonly message: string;
  readonly resolution: string;
}
