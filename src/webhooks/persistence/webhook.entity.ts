import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { EventType } from '../../outbox/outbox-event.js';
import { InstantColumn } from '../../shared/columns.js';
import type { Instant } from '../../shared/time.js';
import type { DisabledReason } from '../webhook.js';

@Entity('webhooks')
@Check('ck_webhooks_disabled_reason', `disabled_reason IN ('failing', 'gone', 'secret_lost')`)
@Check(
  'ck_webhooks_disabled',
  '(disabled_at IS NULL) = (disabled_reason IS NULL) AND NOT (active AND disabled_at IS NOT NULL)',
)
@Index('ix_webhooks_workspace', ['workspaceId', 'createdAt', 'id'])
export class WebhookEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_webhooks' }) id: string;
  @ForeignKey('workspaces', { name: 'fk_webhooks_workspace', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'workspace_id' })
  workspaceId: string;
  @Column('text') url: string;
  @Column('text', { array: true }) events: EventType[];
  @Column('text', { nullable: true }) description: string | null;
  @Column('text', { nullable: true, select: false }) secret: string | null;
  @Column('text', { name: 'previous_secret', nullable: true, select: false }) previousSecret: string | null;
  @InstantColumn('previous_secret_until', { nullable: true }) previousSecretUntil: Instant | null;
  @Column('boolean', { default: true }) active: boolean;
  @Column('integer', { default: 0 }) failures: number;
  @InstantColumn('failing_since', { nullable: true }) failingSince: Instant | null;
  @InstantColumn('disabled_at', { nullable: true }) disabledAt: Instant | null;
  @Column('text', { name: 'disabled_reason', nullable: true }) disabledReason: DisabledReason | null;
  @InstantColumn('created_at', { default: () => 'now()' }) createdAt: Instant;
}
