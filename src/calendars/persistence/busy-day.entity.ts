import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { InstantColumn } from '../../shared/columns.js';
import type { Instant } from '../../shared/time.js';

@Entity('busy_days', { comment: 'What the last successful read of a calendar said of one UTC day.' })
export class BusyDayEntity {
  @ForeignKey('calendars', { name: 'fk_busy_days_calendar', onDelete: 'CASCADE' })
  @PrimaryColumn('uuid', { name: 'calendar_id', primaryKeyConstraintName: 'pk_busy_days' })
  calendarId: string;
  @PrimaryColumn('integer', {
    primaryKeyConstraintName: 'pk_busy_days',
    comment: 'Days since 1970-01-01, UTC.',
  })
  day: number;
  @Column('bigint', {
    array: true,
    comment: 'Start and end of each busy period in turn, epoch milliseconds.',
  })
  busy: string[];
  @InstantColumn('read_at') readAt: Instant;
}
