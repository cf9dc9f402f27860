import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { InstantColumn } from '../../shared/columns.js';
import type { Instant } from '../../shared/time.js';

/** What the last successful read of a calendar said of one UTC day. */
@Entity('busy_days')
export class BusyDayEntity {
  @ForeignKey('calendars', { name: 'fk_busy_days_calendar', onDelete: 'CASCADE' })
  @PrimaryColumn('uuid', { name: 'calendar_id', primaryKeyConstraintName: 'pk_busy_days' })
  calendarId: string;
  /** Days since 1970-01-01. */
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'pk_busy_days' }) day: number;
  /** Start and end of each period in turn, epoch milliseconds. */
  @Column('bigint', { array: true }) busy: string[];
  @InstantColumn('read_at') readAt: Instant;
}
