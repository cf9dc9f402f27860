import { Column, Entity, PrimaryColumn } from 'typeorm';
import { InstantColumn } from '../../shared/columns.js';
import type { Instant } from '../../shared/time.js';

@Entity('workspaces')
export class WorkspaceEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_workspaces' }) id: string;
  @Column('text') name: string;
  @Column('text') timezone: string;
  @InstantColumn('created_at', { default: () => 'now()' }) createdAt: Instant;
}
