import type { Page, PageQuery } from '../shared/page.js';
import type { Secret } from '../shared/secret.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';
import type { Webhook } from './webhook.js';

export type WebhookDraft = Pick<Webhook, 'url' | 'events' | 'description' | 'active'>;

/** The webhooks of all workspaces. */
export abstract class Webhooks {
  /** With the secret to sign with, which is shown once. Null when the workspace has as many as it may. */
  abstract add(
    workspaceId: string,
    draft: WebhookDraft,
  ): Promise<{ readonly webhook: Webhook; readonly secret: Secret } | null>;
  abstract find(id: string, scope: WorkspaceScope): Promise<Webhook | null>;
  abstract list(scope: WorkspaceScope, page: PageQuery): Promise<Page<Webhook>>;
  /** Those that were switched off without their owners, the earliest first. */
  abstract disabled(scope: WorkspaceScope): Promise<Webhook[]>;
  /** Activating ends what was held against it. */
  abstract change(id: string, scope: WorkspaceScope, change: Partial<WebhookDraft>): Promise<Webhook | null>;
  abstract remove(id: string, scope: WorkspaceScope): Promise<boolean>;
  /** A new secret. The one before is signed with as well for `overlapMs`, so that the receiver can change over. */
  abstract rotateSecret(id: string, scope: WorkspaceScope, overlapMs: number): Promise<Secret | null>;
  /** All that a message is signed with now, the newest first; none when the secret is lost or damaged. */
  abstract secrets(id: string): Promise<Secret[]>;
}
