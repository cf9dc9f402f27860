import { Column, Entity, ForeignKey, Generated, Index, PrimaryColumn } from 'typeorm';
import { InstantColumn } from '../../shared/columns.js';
import type { Instant } from '../../shared/time.js';

@Entity('outbox_events')
@Index('ix_outbox_events_workspace', ['workspaceId'])
@Index('ix_outbox_events_occurred', ['occurredAt'])
export class OutboxEventEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_outbox_events' }) id: string;
  @ForeignKey('workspaces', { name: 'fk_outbox_events_workspace', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'workspace_id' })
  workspaceId: string;
  @Column('text') type: string;
  @Column('uuid', { name: 'object_id' }) objectId: string;
  @Generated('increment')
  @Column('bigint', {
    comment: 'Grows from one event of an object to the next: it is drawn while the object is locked.',
  })
  sequence: string;
  @Column('jsonb') data: Record<string, unknown>;
  @Column('bigint', {
    array: true,
    default: () => `'{}'`,
    comment: 'The jobs that tell of it, by their ids in the queue.',
  })
  jobs: string[];
  @InstantColumn('occurred_at', { default: () => 'now()' }) occurredAt: Instant;
}
