import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, Unique, type Relation } from 'typeorm';
import { InstantColumn } from '../../shared/columns.js';
import type { Instant } from '../../shared/time.js';
import { WorkspaceEntity } from './workspace.entity.js';

@Entity('api_keys')
@Unique('uq_api_keys_key_hash', ['keyHash'])
@Index('ix_api_keys_workspace', ['workspaceId'])
export class ApiKeyEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_api_keys' }) id: string;
  @Column('uuid', { name: 'workspace_id' }) workspaceId: string;
  @Column('text') name: string;
  @Column('bytea', { name: 'key_hash' }) keyHash: Buffer;
  @InstantColumn('created_at', { default: () => 'now()' }) createdAt: Instant;

  @ManyToOne(() => WorkspaceEntity, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'workspace_id', foreignKeyConstraintName: 'fk_api_keys_workspace' })
  workspace: Relation<WorkspaceEntity>;
}
