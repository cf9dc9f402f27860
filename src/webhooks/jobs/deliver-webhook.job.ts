import { Injectable, type OnModuleInit } from '@nestjs/common';
import { isUuid } from '../../shared/ids.js';
import { Queue, type JobPayload } from '../../shared/queue.js';
import { DeliverWebhook, type DueAttempt } from '../deliver-webhook.js';

/** As the view `outbox_listeners` and the statements of this module name it. */
const TASK = 'deliver-webhook';

@Injectable()
export class DeliverWebhookJob implements OnModuleInit {
  constructor(
    private readonly queue: Queue,
    private readonly deliverWebhook: DeliverWebhook,
  ) {}

  onModuleInit(): void {
    this.queue.register(TASK, (payload, signal) => this.deliverWebhook.execute(dueAttempt(payload), signal));
  }
}

/** The outbox asks for the first attempt, and does not say so. */
function dueAttempt({ event_id: eventId, listener_id: webhookId, attempt = 1 }: JobPayload): DueAttempt {
  if (!isId(eventId) || !isId(webhookId) || typeof attempt !== 'number')
    throw new TypeError('A job to deliver a webhook names no attempt.');
  return { eventId, webhookId, attempt };
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && isUuid(value);
}
