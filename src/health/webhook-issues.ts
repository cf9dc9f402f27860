import type { DisabledReason, Webhook } from '../webhooks/webhook.js';
import type { OtherIssue } from './other-issue.js';

const ADVICE: Readonly<Record<DisabledReason, Pick<OtherIssue, 'message' | 'resolution'>>> = {
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

const NO_ACCOUNT = { calendarId: null, connectionId: null, accountEmail: null, reauthUrl: null };

/** Of webhooks that were switched off: their workspaces do not hear any more of what happens. */
export function webhookIssues(webhooks: readonly Webhook[]): OtherIssue[] {
  return webhooks.flatMap(({ id: webhookId, workspaceId, disabled }) =>
    disabled === null
      ? []
      : { ...NO_ACCOUNT, webhookId, workspaceId, since: disabled.at, ...ADVICE[disabled.reason] },
  );
}
