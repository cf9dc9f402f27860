import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { InstantColumn } from '../../shared/columns.js';
import type { Instant } from '../../shared/time.js';
import type { DeliveryFailure, DeliveryStatus } from '../delivery.js';

@Entity('webhook_deliveries')
@Unique('uq_webhook_deliveries_event', ['webhookId', 'eventId'])
@Check('ck_webhook_deliveries_status', `status IN ('pending', 'delivered', 'failed')`)
@Index('ix_webhook_deliveries_list', ['webhookId', 'createdAt', 'id'])
@Index('ix_webhook_deliveries_event', ['eventId'])
export class WebhookDeliveryEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_webhook_deliveries' }) id: string;
  @ForeignKey('webhooks', { name: 'fk_webhook_deliveries_webhook', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'webhook_id' })
  webhookId: string;
  @ForeignKey('outbox_events', { name: 'fk_webhook_deliveries_event', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'event_id' })
  eventId: string;
  @Column('text', { name: 'event_type' }) eventType: string;
  @Column('text', { default: 'pending' }) status: DeliveryStatus;
  @Column('integer', { default: 0 }) attempts: number;
  @Column('integer', { name: 'response_status', nullable: true }) responseStatus: number | null;
  @Column('text', { nullable: true }) failure: DeliveryFailure | null;
  @Column('integer', { name: 'duration_ms', nullable: true }) durationMs: number | null;
  @InstantColumn('attempted_at', { nullable: true }) attemptedAt: Instant | null;
  @InstantColumn('next_attempt_at', { nullable: true }) nextAttemptAt: Instant | null;
  @InstantColumn('created_at', { default: () => 'now()' }) createdAt: Instant;
}
