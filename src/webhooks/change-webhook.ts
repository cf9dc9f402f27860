import { Injectable } from '@nestjs/common';
import { found } from '../shared/app-error.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';
import { refusedTarget, SecretLost } from './webhook.errors.js';
import type { Webhook } from './webhook.js';
import { WebhookSender } from './webhook-sender.js';
import { Webhooks, type WebhookDraft } from './webhooks.js';

@Injectable()
export class ChangeWebhook {
  constructor(
    private readonly webhooks: Webhooks,
    private readonly sender: WebhookSender,
  ) {}

  /** @throws NotFound @throws ValidationFailed nothing may be sent to the address (F70) @throws SecretLost */
  async execute(id: string, scope: WorkspaceScope, change: Partial<WebhookDraft>): Promise<Webhook> {
    found(await this.webhooks.find(id, scope));
    const refusal = change.url === undefined ? null : await this.sender.refusalOf(change.url);
    if (refusal !== null) throw refusedTarget(refusal);
    if (change.active === true && (await this.webhooks.secrets(id)).length === 0) throw new SecretLost();
    return found(await this.webhooks.change(id, scope, change));
  }
}
