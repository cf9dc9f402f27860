import { Check, Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { InstantColumn } from '../../shared/columns.js';
import type { Instant } from '../../shared/time.js';
import type { AuditOutcome } from '../audit-entry.js';

@Entity('audit_log')
@Check('ck_audit_log_outcome', `outcome IN ('done', 'refused', 'failed')`)
@Index('ix_audit_log_created', ['createdAt', 'id'])
@Index('ix_audit_log_workspace', ['workspaceId', 'createdAt', 'id'])
@Index('ix_audit_log_object', ['objectId', 'createdAt', 'id'])
export class AuditEntryEntity {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'pk_audit_log' }) id: string;
  @InstantColumn('created_at', { default: () => 'now()' }) createdAt: Instant;
  @Column('text') actor: string;
  @Column('text', { name: 'actor_name', nullable: true }) actorName: string | null;
  @Column('uuid', { name: 'workspace_id', nullable: true }) workspaceId: string | null;
  @Column('text') action: string;
  @Column('text', { name: 'object_type', nullable: true }) objectType: string | null;
  @Column('uuid', { name: 'object_id', nullable: true }) objectId: string | null;
  @Column('text', { name: 'request_id', nullable: true }) requestId: string | null;
  @Column('text') outcome: AuditOutcome;
  @Column('text', { nullable: true }) code: string | null;
}
