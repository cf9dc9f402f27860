import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { InstantColumn } from '../../shared/columns.js';
import type { Instant } from '../../shared/time.js';

@Entity('calendar_check_hours', { comment: 'Checks summed up by hour; an hour without any has no row.' })
@Index('ix_calendar_check_hours_hour', ['hour'], { type: 'brin' })
export class CalendarCheckHourEntity {
  @ForeignKey('calendars', { name: 'fk_calendar_check_hours_calendar', onDelete: 'CASCADE' })
  @PrimaryColumn('uuid', { name: 'calendar_id', primaryKeyConstraintName: 'pk_calendar_check_hours' })
  calendarId: string;
  @InstantColumn('hour', {
    primary: true,
    primaryKeyConstraintName: 'pk_calendar_check_hours',
    comment: 'Its beginning, UTC.',
  })
  hour: Instant;
  @Column('integer') checks: number;
  @Column('integer', { name: 'failed_checks' }) failedChecks: number;
  @Column('bigint', { name: 'duration_ms', comment: 'Of all checks together.' }) durationMs: string;
}
