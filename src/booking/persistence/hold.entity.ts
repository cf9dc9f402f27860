import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { InstantColumn } from '../../shared/columns.js';
import type { Instant } from '../../shared/time.js';

@Entity('holds')
@Check('ck_holds_times', 'start_at < end_at')
@Index('ix_holds_configuration', ['configurationId', 'startAt'])
@Index('ix_holds_expires', ['expiresAt'])
export class HoldEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_holds' }) id: string;
  @ForeignKey('workspaces', { name: 'fk_holds_workspace', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'workspace_id' })
  workspaceId: string;
  @ForeignKey('configurations', { name: 'fk_holds_configuration', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'configuration_id' })
  configurationId: string;
  @ForeignKey('calendars', { name: 'fk_holds_calendar', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'calendar_id' })
  calendarId: string;
  @InstantColumn('start_at') startAt: Instant;
  @InstantColumn('end_at') endAt: Instant;
  @Column('text') timezone: string;
  @InstantColumn('expires_at') expiresAt: Instant;
}
