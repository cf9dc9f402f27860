import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import { InstantColumn } from '../../shared/columns.js';
import type { Language } from '../../shared/language.js';
import type { Instant } from '../../shared/time.js';

@Entity('workspaces')
@Check('ck_workspaces_language', `language IN ('en', 'de')`)
export class WorkspaceEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_workspaces' }) id: string;
  @Column('text') name: string;
  @Column('text') timezone: string;
  @Column('text', { name: 'admin_email', nullable: true }) adminEmail: string | null;
  @Column('text', { default: 'en' }) language: Language;
  @InstantColumn('created_at', { default: () => 'now()' }) createdAt: Instant;
}
