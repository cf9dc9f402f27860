import { Injectable } from '@nestjs/common';
import { Conflict, found } from '../shared/app-error.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';
import { Deliveries } from './deliveries.js';
import type { Delivery } from './delivery.js';
import { AttemptUnderWay } from './webhook.errors.js';
import { Webhooks } from './webhooks.js';

/** Has an event delivered now: sooner than planned, or again. The receiver tells by the id that it is the same. */
@Injectable()
export class Redeliver {
  constructor(
    private readonly webhooks: Webhooks,
    private readonly deliveries: Deliveries,
  ) {}

  /** @throws NotFound @throws Conflict the webhook is not active @throws AttemptUnderWay */
  async execute(deliveryId: string, webhookId: string, scope: WorkspaceScope): Promise<Delivery> {
    const webhook = found(await this.webhooks.find(webhookId, scope));
    const delivery = found(await this.deliveries.find(deliveryId, webhookId));
    if (!webhook.active) throw new Conflict('The webhook is not active; nothing is sent to it.');
    const taken = await this.deliveries.redeliver(delivery);
    if (taken === null) throw new AttemptUnderWay();
    return taken;
  }
}
