import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { InstantColumn } from '../../shared/columns.js';
import type { Instant } from '../../shared/time.js';

@Entity('idempotency_keys')
@Check('ck_idempotency_keys_answer', '(status IS NULL) = (body IS NULL)')
@Index('ix_idempotency_keys_created', ['createdAt'])
export class IdempotencyKeyEntity {
  @ForeignKey('workspaces', { name: 'fk_idempotency_keys_workspace', onDelete: 'CASCADE' })
  @PrimaryColumn('uuid', { name: 'workspace_id', primaryKeyConstraintName: 'pk_idempotency_keys' })
  workspaceId: string;
  @PrimaryColumn('text', { primaryKeyConstraintName: 'pk_idempotency_keys' }) key: string;
  @Column('text', { name: 'request_hash' }) requestHash: string;
  @Column('uuid', { name: 'booking_id' }) bookingId: string;
  @Column('integer', { nullable: true }) status: number | null;
  @Column('text', { nullable: true }) body: string | null;
  @InstantColumn('locked_until') lockedUntil: Instant;
  @InstantColumn('created_at', { default: () => 'now()' }) createdAt: Instant;
}
