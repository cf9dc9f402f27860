import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { found } from '../../shared/app-error.js';
import { Ids } from '../../shared/ids.js';
import { paginate, type Page, type PageQuery } from '../../shared/page.js';
import { Deliveries, type Recorded, type Verdict } from '../deliveries.js';
import type { Attempt, Delivery, DeliveryFailure } from '../delivery.js';
import type { DisabledReason } from '../webhook.js';
import * as sql from './delivery-statements.js';
import { WebhookDeliveryEntity } from './webhook-delivery.entity.js';

@Injectable()
export class PostgresDeliveries extends Deliveries {
  constructor(
    @InjectRepository(WebhookDeliveryEntity) private readonly rows: Repository<WebhookDeliveryEntity>,
    private readonly ids: Ids,
  ) {
    super();
  }

  async open({ id: eventId }: { readonly id: string }, webhookId: string): Promise<Delivery | null> {
    await this.rows.query(sql.OPEN, [this.ids.next(), webhookId, eventId]);
    const row = await this.rows.findOneBy({ webhookId, eventId });
    return row && deliveryOfRow(row);
  }

  async find(id: string, webhookId: string): Promise<Delivery | null> {
    const row = await this.rows.findOneBy({ id, webhookId });
    return row && deliveryOfRow(row);
  }

  async list(webhookId: string, page: PageQuery): Promise<Page<Delivery>> {
    const query = this.rows.createQueryBuilder('d').where('d.webhook_id = :webhookId', { webhookId });
    return paginate(query, page, deliveryOfRow);
  }

  async record(delivery: Delivery, attempt: Attempt, verdict: Verdict): Promise<Recorded | null> {
    const { id, attempts, webhookId } = delivery;
    const [row]: { disabled: DisabledReason | null }[] = await this.rows.query(sql.RECORD, [
      id,
      attempts,
      webhookId,
      attempt.failure,
      attempt.responseStatus,
      attempt.durationMs,
      verdict.retryInMs,
      verdict.isGone,
      verdict.patienceMs,
    ]);
    if (row === undefined) return null;
    return { delivery: found(await this.find(id, webhookId)), disabled: row.disabled };
  }

  async giveUp({ id }: Delivery, failure: DeliveryFailure): Promise<void> {
    await this.rows.query(sql.GIVE_UP, [id, failure]);
  }

  async redeliver({ id, webhookId, status, attempts }: Delivery): Promise<Delivery | null> {
    const [statement, values] = status === 'pending' ? [sql.HASTEN, [id]] : [sql.REPEAT, [id, attempts]];
    const [changed]: { id: string }[] = await this.rows.query(statement, values);
    return changed === undefined ? null : this.find(id, webhookId);
  }
}

function deliveryOfRow(row: WebhookDeliveryEntity): Delivery {
  const { id, webhookId, eventId, eventType, status, attempts, createdAt } = row;
  const { responseStatus, failure, durationMs, attemptedAt, nextAttemptAt } = row;
  const last = { responseStatus, failure, durationMs, attemptedAt, nextAttemptAt };
  return { id, webhookId, eventId, eventType, status, attempts, ...last, createdAt };
}
