import type { Secret } from '../shared/secret.js';
import type { Attempt } from './delivery.js';

/** What is sent: the same bytes that are signed. */
export interface Message {
  /** Stays the same over all attempts, so that a receiver knows what it has seen. */
  readonly id: string;
  readonly body: string;
}

/** Whoever receives webhooks. Their addresses come from strangers, and so do their answers. */
export abstract class WebhookSender {
  /** Why nothing may be sent to the address, or null. One that cannot be looked up now is judged at every attempt. */
  abstract refusalOf(url: string): Promise<string | null>;
  /**
   * Makes one attempt, of seconds at most, signed with each of the secrets. Never throws for what the receiver does.
   *
   * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
   */
  abstract send(
    url: string,
    message: Message,
    secrets: readonly Secret[],
    signal: AbortSignal,
  ): Promise<Attempt>;
}
