import { Injectable } from '@nestjs/common';
import type { Secret } from '../shared/secret.js';
import { refusedTarget, TooManyWebhooks } from './webhook.errors.js';
import type { Webhook } from './webhook.js';
import { WebhookSender } from './webhook-sender.js';
import { Webhooks, type WebhookDraft } from './webhooks.js';

@Injectable()
export class AddWebhook {
  constructor(
    private readonly webhooks: Webhooks,
    private readonly sender: WebhookSender,
  ) {}

  /** @throws ValidationFailed nothing may be sent to the address (F70) @throws TooManyWebhooks */
  async execute(
    workspaceId: string,
    draft: WebhookDraft,
  ): Promise<{ readonly webhook: Webhook; readonly secret: Secret }> {
    const refusal = await this.sender.refusalOf(draft.url);
    if (refusal !== null) throw refusedTarget(refusal);
    const added = await this.webhooks.add(workspaceId, draft);
    if (added === null) throw new TooManyWebhooks();
    return added;
  }
}
