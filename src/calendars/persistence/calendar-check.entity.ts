import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { InstantColumn } from '../../shared/columns.js';
import type { FailureCategory } from '../../shared/failure.js';
import type { Instant } from '../../shared/time.js';

@Entity('calendar_checks', { comment: 'What each check of a calendar found.' })
@Index('ix_calendar_checks_at', ['at'], { type: 'brin' })
export class CalendarCheckEntity {
  @ForeignKey('calendars', { name: 'fk_calendar_checks_calendar', onDelete: 'CASCADE' })
  @PrimaryColumn('uuid', { name: 'calendar_id', primaryKeyConstraintName: 'pk_calendar_checks' })
  calendarId: string;
  @InstantColumn('at', { primary: true, primaryKeyConstraintName: 'pk_calendar_checks' }) at: Instant;
  @Column('text', { nullable: true, comment: 'Null: the calendar could be read.' })
  category: FailureCategory | null;
  @Column('integer', { name: 'duration_ms' }) durationMs: number;
}
