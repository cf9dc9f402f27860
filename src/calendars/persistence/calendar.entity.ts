import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { InstantColumn } from '../../shared/columns.js';
import type { FailureCategory } from '../../shared/failure.js';
import type { Instant } from '../../shared/time.js';
import type { CalendarState } from '../calendar.js';

@Entity('calendars')
@Check('ck_calendars_health_status', `health_status IN ('healthy', 'unhealthy', 'unknown')`)
@Unique('uq_calendars_external', ['connectionId', 'externalId'])
@Index('ix_calendars_workspace', ['workspaceId', 'createdAt', 'id'])
export class CalendarEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_calendars' }) id: string;
  @ForeignKey('workspaces', { name: 'fk_calendars_workspace', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'workspace_id' })
  workspaceId: string;
  @ForeignKey('connections', { name: 'fk_calendars_connection', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'connection_id' })
  connectionId: string;
  @Column('text', { name: 'external_id' }) externalId: string;
  @Column('text') name: string;
  @Column('text') timezone: string;
  @Column('text', { name: 'access_role' }) accessRole: string;
  @Column('boolean', { name: 'is_primary', default: false }) primary: boolean;
  @Column('boolean', { default: true }) active: boolean;
  @Column('text', { name: 'health_status', default: 'unknown' }) healthStatus: CalendarState['status'];
  @Column('text', { name: 'health_category', nullable: true }) healthCategory: FailureCategory | null;
  @Column('text', { name: 'health_message', nullable: true }) healthMessage: string | null;
  @InstantColumn('health_checked_at', { nullable: true }) healthCheckedAt: Instant | null;
  /** The failure was the whole connection's. */
  @Column('boolean', { name: 'health_of_connection', default: false }) healthOfConnection: boolean;
  @InstantColumn('unhealthy_since', { nullable: true }) unhealthySince: Instant | null;
  @InstantColumn('created_at', { default: () => 'now()' }) createdAt: Instant;
}
