import { Injectable } from '@nestjs/common';
import { OutboxEvents } from '../outbox/outbox-events.js';
import { found } from '../shared/app-error.js';
import { JOB_LIMIT_MS } from '../shared/queue.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';
import { AttemptDelivery } from './attempt-delivery.js';
import { Deliveries } from './deliveries.js';
import { TEST_EVENT, type Delivery } from './delivery.js';
import { Webhooks } from './webhooks.js';

/** Sends a webhook an event of no meaning, at once and once, so that its owner sees what comes of it. */
@Injectable()
export class TestWebhook {
  constructor(
    private readonly events: OutboxEvents,
    private readonly webhooks: Webhooks,
    private readonly deliveries: Deliveries,
    private readonly attempt: AttemptDelivery,
  ) {}

  /** Also when the webhook is not active. @throws NotFound */
  async execute(id: string, scope: WorkspaceScope): Promise<Delivery> {
    const webhook = found(await this.webhooks.find(id, scope));
    const event = await this.events.add({
      workspaceId: webhook.workspaceId,
      type: TEST_EVENT,
      objectId: id,
      data: { webhook_id: id },
    });
    const delivery = found(await this.deliveries.open(event, id));
    const sending = { webhook, event, delivery, pauseAfter: () => null };
    return found(await this.attempt.execute(sending, AbortSignal.timeout(JOB_LIMIT_MS)));
  }
}
