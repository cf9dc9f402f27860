import { FixedClock, type Clock } from '../../src/shared/clock.js';
import { SequentialIds, type Ids } from '../../src/shared/ids.js';
import type { Page, PageQuery } from '../../src/shared/page.js';
import { Secret } from '../../src/shared/secret.js';
import type { Instant } from '../../src/shared/time.js';
import { MAX_WEBHOOKS, type Webhook } from '../../src/webhooks/webhook.js';
import { Webhooks, type WebhookDraft } from '../../src/webhooks/webhooks.js';
import type { WorkspaceScope } from '../../src/workspaces/workspace.js';
import { pageOf } from './in-memory-page.js';

interface Held {
  readonly webhook: Webhook;
  readonly secrets: readonly { readonly secret: Secret; readonly until: Instant }[];
}

export class InMemoryWebhooks extends Webhooks {
  readonly #rows = new Map<string, Held>();

  constructor(
    private readonly ids: Ids = new SequentialIds(),
    private readonly clock: Clock = new FixedClock(0),
  ) {
    super();
  }

  /** Puts a webhook there as it is, signing with `secrets`. */
  given(webhook: Webhook, secrets: readonly Secret[] = [new Secret('whsec_AAAA')]): Webhook {
    this.#rows.set(webhook.id, {
      webhook,
      secrets: secrets.map((secret) => ({ secret, until: Number.POSITIVE_INFINITY })),
    });
    return webhook;
  }

  /** At once, as a statement sees it. */
  now(id: string): Webhook | null {
    return this.#rows.get(id)?.webhook ?? null;
  }

  /** As a change that its deliveries make. */
  judge(id: string, change: Partial<Webhook>): void {
    const held = this.#rows.get(id);
    if (held !== undefined) this.#rows.set(id, { ...held, webhook: { ...held.webhook, ...change } });
  }

  async add(workspaceId: string, draft: WebhookDraft): Promise<{ webhook: Webhook; secret: Secret } | null> {
    if (this.#visible({ workspaceId }).length >= MAX_WEBHOOKS) return null;
    const secret = this.#newSecret();
    const judged = { failures: 0, failingSince: null, disabled: null };
    const identity = { id: this.ids.next(), workspaceId, createdAt: this.clock.now() };
    return { webhook: this.given({ ...identity, ...draft, ...judged }, [secret]), secret };
  }

  async find(id: string, scope: WorkspaceScope): Promise<Webhook | null> {
    return this.#visible(scope).find((webhook) => webhook.id === id) ?? null;
  }

  async list(scope: WorkspaceScope, page: PageQuery): Promise<Page<Webhook>> {
    return pageOf(this.#visible(scope), page);
  }

  async disabled(scope: WorkspaceScope): Promise<Webhook[]> {
    return this.#visible(scope)
      .filter(({ disabled }) => disabled !== null)
      .sort((a, b) => (a.disabled?.at ?? 0) - (b.disabled?.at ?? 0));
  }

  async change(id: string, scope: WorkspaceScope, change: Partial<WebhookDraft>): Promise<Webhook | null> {
    if ((await this.find(id, scope)) === null) return null;
    const judged = change.active === undefined ? {} : { failures: 0, failingSince: null, disabled: null };
    this.judge(id, { ...change, ...judged });
    return this.find(id, scope);
  }

  async remove(id: string, scope: WorkspaceScope): Promise<boolean> {
    return (await this.find(id, scope)) !== null && this.#rows.delete(id);
  }

  async rotateSecret(id: string, scope: WorkspaceScope, overlapMs: number): Promise<Secret | null> {
    const held = this.#rows.get(id);
    if (held === undefined || (await this.find(id, scope)) === null) return null;
    const secret = this.#newSecret();
    const previous = held.secrets.slice(0, 1).map((one) => ({ ...one, until: this.clock.now() + overlapMs }));
    const secrets = [{ secret, until: Number.POSITIVE_INFINITY }, ...previous];
    this.#rows.set(id, { ...held, secrets });
    return secret;
  }

  async secrets(id: string): Promise<Secret[]> {
    const valid = this.#rows.get(id)?.secrets.filter(({ until }) => until > this.clock.now()) ?? [];
    return valid.map(({ secret }) => secret);
  }

  #newSecret(): Secret {
    return new Secret(`whsec_${Buffer.from(this.ids.next()).toString('base64')}`);
  }

  #visible(scope: WorkspaceScope): Webhook[] {
    const all = [...this.#rows.values()].map(({ webhook }) => webhook);
    return all.filter(({ workspaceId }) => scope === 'all' || workspaceId === scope.workspaceId);
  }
}
