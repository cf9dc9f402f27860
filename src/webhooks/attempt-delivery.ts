import { Injectable } from '@nestjs/common';
import { ReauthLinks } from '../oauth/reauth-links.js';
import type { OutboxEvent } from '../outbox/outbox-event.js';
import { Log } from '../shared/log.js';
import { Deliveries, type Recorded } from './deliveries.js';
import type { Attempt, Delivery } from './delivery.js';
import { messageOf } from './message.js';
import { SecretLost } from './webhook.errors.js';
import type { Webhook } from './webhook.js';
import { WebhookSender } from './webhook-sender.js';
import { Webhooks } from './webhooks.js';

/** As the scheme recommends, a receiver that has failed for so long is not asked any more once an event is given up. */
const PATIENCE_MS = 5 * 86_400_000;
const GONE = 410;

export interface Sending {
  readonly webhook: Webhook;
  readonly event: OutboxEvent;
  readonly delivery: Delivery;
  /** The pause before the next attempt, once this one has failed; null: there is none. */
  readonly pauseAfter: (attempt: Attempt) => number | null;
}

/** Sends an event to a webhook once, and records what came of it. */
@Injectable()
export class AttemptDelivery {
  constructor(
    private readonly webhooks: Webhooks,
    private readonly deliveries: Deliveries,
    private readonly sender: WebhookSender,
    private readonly links: ReauthLinks,
    private readonly log: Log,
  ) {}

  /** Null when the attempt had been recorded before. @throws SecretLost */
  async execute(sending: Sending, signal: AbortSignal): Promise<Delivery | null> {
    const { webhook, event, delivery } = sending;
    const message = messageOf(event, (connectionId) => this.links.for(connectionId));
    const secrets = await this.webhooks.secrets(webhook.id);
    if (secrets.length === 0) throw new SecretLost();
    const attempt = await this.sender.send(webhook.url, message, secrets, signal);
    // The instance stops, or has lost the database: nobody knows what the receiver did, so it is sent again.
    if (attempt.failure !== null) signal.throwIfAborted();
    const isGone = attempt.responseStatus === GONE;
    const retryInMs = attempt.failure === null || isGone ? null : sending.pauseAfter(attempt);
    const verdict = { retryInMs, isGone, patienceMs: PATIENCE_MS };
    const recorded = await this.deliveries.record(delivery, attempt, verdict);
    if (recorded !== null) this.#tell(webhook, attempt, recorded);
    return recorded?.delivery ?? null;
  }

  #tell({ id, workspaceId }: Webhook, attempt: Attempt, { delivery, disabled }: Recorded): void {
    const webhook = { webhook_id: id, workspace_id: workspaceId };
    const sent = attempt.failure === null ? 'delivered' : 'not_delivered';
    this.log.debug(`webhook.${sent}`, 'A webhook was called.', {
      ...webhook,
      event_id: delivery.eventId,
      attempts: delivery.attempts,
      failure: attempt.failure,
      upstream_status: attempt.responseStatus,
      duration_ms: attempt.durationMs,
    });
    if (disabled !== null)
      this.log.warn('webhook.disabled', 'A webhook is not called any more until its owner activates it.', {
        ...webhook,
        reason: disabled,
      });
  }
}
