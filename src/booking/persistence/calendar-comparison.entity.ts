import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { InstantColumn } from '../../shared/columns.js';
import type { Instant } from '../../shared/time.js';

/** When a calendar is held against its bookings again. */
@Entity('calendar_comparisons')
export class CalendarComparisonEntity {
  @ForeignKey('calendars', { name: 'fk_calendar_comparisons_calendar', onDelete: 'CASCADE' })
  @PrimaryColumn('uuid', { name: 'calendar_id', primaryKeyConstraintName: 'pk_calendar_comparisons' })
  calendarId: string;
  @InstantColumn('due_at') dueAt: Instant;
  @InstantColumn('compared_at', { nullable: true }) comparedAt: Instant | null;
  /** In a row. */
  @Column('integer', { default: 0 }) failures: number;
}
