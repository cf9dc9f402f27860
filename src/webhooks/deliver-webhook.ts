import { Injectable } from '@nestjs/common';
import { OutboxEvents } from '../outbox/outbox-events.js';
import { Metrics } from '../shared/metrics.js';
import { AttemptDelivery } from './attempt-delivery.js';
import { Deliveries } from './deliveries.js';
import type { Attempt, Delivery } from './delivery.js';
import { pauseAfter } from './retry-schedule.js';
import { Webhooks } from './webhooks.js';

/** One attempt to be made. */
export interface DueAttempt {
  readonly eventId: string;
  readonly webhookId: string;
  /** From 1. An attempt that was recorded before is not made again. */
  readonly attempt: number;
}

/** Makes an attempt that is due, unless it was made before or there is nothing to send any more. */
@Injectable()
export class DeliverWebhook {
  constructor(
    private readonly events: OutboxEvents,
    private readonly webhooks: Webhooks,
    private readonly deliveries: Deliveries,
    private readonly attempt: AttemptDelivery,
    private readonly metrics: Metrics,
  ) {}

  /** @throws whatever keeps the attempt from being made or recorded: it is to be made again */
  async execute({ eventId, webhookId, attempt: number }: DueAttempt, signal: AbortSignal): Promise<void> {
    const [event, webhook] = await Promise.all([
      this.events.find(eventId),
      this.webhooks.find(webhookId, 'all'),
    ]);
    if (event === null || webhook === null) return;
    const delivery = await this.deliveries.open(event, webhookId);
    if (delivery?.status !== 'pending' || delivery.attempts !== number - 1) return;
    if (!webhook.active) {
      await this.deliveries.giveUp(delivery, 'webhook_inactive');
      return;
    }
    const pause = ({ retryAfterMs }: Attempt): number | null =>
      pauseAfter(number, retryAfterMs, Math.random());
    const attempted = await this.attempt.execute({ webhook, event, delivery, pauseAfter: pause }, signal);
    if (attempted !== null) this.#measure(attempted);
  }

  #measure({ failure, status, durationMs }: Delivery): void {
    this.metrics.webhookAttempt(failure ?? 'delivered', status, (durationMs ?? 0) / 1000);
  }
}
