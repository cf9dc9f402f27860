import type { Instant } from '../shared/time.js';
import type { DisabledReason, Webhook } from '../webhooks/webhook.js';

/** A webhook that was switched off: its workspace does not hear any more of what happens. */
export interface WebhookIssue {
  readonly webhookId: string;
  readonly workspaceId: string;
  readonly since: Instant;
  readonly message: string;
  readonly resolution: string;
}

const ADVICE: Readonly<Record<DisabledReason, Pick<WebhookIssue, 'message' | 'resolution'>>> = {
  failing: {
    message: 'A webhook was switched off: every delivery has failed for days.',
    resolution: 'Mend the receiver, send it a test, then activate the webhook again.',
  },
  gone: {
    message: 'A webhook was switched off: its receiver answered that it is gone.',
    resolution: 'Delete the webhook, or give it another address and activate it again.',
  },
  secret_lost: {
    message: 'A webhook was switched off: its secret was lost with an encryption key.',
    resolution: 'Rotate the secret of the webhook, tell the receiver, then activate it again.',
  },
};

export function webhookIssues(webhooks: readonly Webhook[]): WebhookIssue[] {
  return webhooks.flatMap(({ id: webhookId, workspaceId, disabled }) =>
    disabled === null ? [] : { webhookId, workspaceId, since: disabled.at, ...ADVICE[disabled.reason] },
  );
}
