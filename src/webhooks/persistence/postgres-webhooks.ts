import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, Not, Repository } from 'typeorm';
import { sealedPlace } from '../../oauth/oauth.module.js';
import { Cipher, Undecryptable } from '../../shared/cipher.js';
import { Ids } from '../../shared/ids.js';
import { paginate, type Page, type PageQuery } from '../../shared/page.js';
import type { Secret } from '../../shared/secret.js';
import { ofWorkspace, type WorkspaceScope } from '../../workspaces/workspace.js';
import { newSigningSecret } from '../sender/standard-webhooks.js';
import { MAX_WEBHOOKS, type Webhook } from '../webhook.js';
import { Webhooks, type WebhookDraft } from '../webhooks.js';
import { WebhookEntity } from './webhook.entity.js';
import * as sql from './webhook-statements.js';

type Column = 'secret' | 'previous_secret';

interface Sealed {
  readonly secret: string | null;
  readonly previous_secret: string | null;
}

@Injectable()
export class PostgresWebhooks extends Webhooks {
  constructor(
    @InjectRepository(WebhookEntity) private readonly rows: Repository<WebhookEntity>,
    private readonly cipher: Cipher,
    private readonly ids: Ids,
  ) {
    super();
  }

  async add(workspaceId: string, draft: WebhookDraft): Promise<{ webhook: Webhook; secret: Secret } | null> {
    const id = this.ids.next();
    const secret = newSigningSecret();
    const { url, events, description, active } = draft;
    const sealed = this.#sealed(id, 'secret', secret);
    const values = [id, workspaceId, url, [...events], description, active, sealed, MAX_WEBHOOKS];
    const added: unknown[] = await this.rows.query(sql.ADD, values);
    if (added.length === 0) return null;
    return { webhook: webhookOfRow(await this.rows.findOneByOrFail({ id })), secret };
  }

  async find(id: string, scope: WorkspaceScope): Promise<Webhook | null> {
    const row = await this.rows.findOneBy({ id, ...ofWorkspace(scope) });
    return row && webhookOfRow(row);
  }

  async list(scope: WorkspaceScope, page: PageQuery): Promise<Page<Webhook>> {
    return paginate(this.rows.createQueryBuilder('w').where(ofWorkspace(scope)), page, webhookOfRow);
  }

  async disabled(scope: WorkspaceScope): Promise<Webhook[]> {
    const where = { ...ofWorkspace(scope), disabledAt: Not(IsNull()) };
    return (await this.rows.find({ where, order: { disabledAt: 'ASC', id: 'ASC' } })).map(webhookOfRow);
  }

  async change(id: string, scope: WorkspaceScope, change: Partial<WebhookDraft>): Promise<Webhook | null> {
    const { events, active, ...rest } = change;
    const set = {
      ...rest,
      ...(events === undefined ? {} : { events: [...events] }),
      ...(active === undefined ? {} : { active, ...NOTHING_HELD_AGAINST_IT }),
    };
    if (Object.keys(set).length > 0) await this.rows.update({ id, ...ofWorkspace(scope) }, set);
    return this.find(id, scope);
  }

  async remove(id: string, scope: WorkspaceScope): Promise<boolean> {
    return (await this.rows.delete({ id, ...ofWorkspace(scope) })).affected === 1;
  }

  async rotateSecret(id: string, scope: WorkspaceScope, overlapMs: number): Promise<Secret | null> {
    if ((await this.find(id, scope)) === null) return null;
    const [present] = await this.#read(id);
    const secret = newSigningSecret();
    const previous = present === undefined ? null : this.#sealed(id, 'previous_secret', present);
    await this.rows.query(sql.ROTATE, [id, this.#sealed(id, 'secret', secret), previous, overlapMs]);
    return secret;
  }

  async secrets(id: string): Promise<Secret[]> {
    return this.#read(id);
  }

  async #read(id: string): Promise<Secret[]> {
    const [row]: Sealed[] = await this.rows.query(sql.SECRETS, [id]);
    const columns: readonly Column[] = ['secret', 'previous_secret'];
    return columns.flatMap((column) => this.#opened(id, column, row?.[column] ?? null));
  }

  #sealed(id: string, column: Column, secret: Secret): string {
    return this.cipher.encrypt(secret, sealedPlace('webhooks', id, column));
  }

  #opened(id: string, column: Column, sealed: string | null): Secret[] {
    try {
      return sealed === null ? [] : [this.cipher.decrypt(sealed, sealedPlace('webhooks', id, column))];
    } catch (error) {
      if (error instanceof Undecryptable) return [];
      throw error;
    }
  }
}

const NOTHING_HELD_AGAINST_IT = { failures: 0, failingSince: null, disabledAt: null, disabledReason: null };

function webhookOfRow(row: WebhookEntity): Webhook {
  const { id, workspaceId, url, events, description, active, failures, failingSince, createdAt } = row;
  const { disabledAt: at, disabledReason: reason } = row;
  const disabled = at === null || reason === null ? null : { at, reason };
  return { id, workspaceId, url, events, description, active, failures, failingSince, disabled, createdAt };
}
