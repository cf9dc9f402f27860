import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { InstantColumn } from '../../shared/columns.js';
import type { FailureCategory } from '../../shared/failure.js';
import type { Instant } from '../../shared/time.js';

/** Written by the trigger `tr_calendars_history` only. */
@Entity('calendar_outages', {
  comment: 'From the first failed observation of a calendar to the first good one.',
})
@Check('ck_calendar_outages_times', 'started_at <= ended_at')
@Index('uq_calendar_outages_open', ['calendarId'], { unique: true, where: 'ended_at IS NULL' })
export class CalendarOutageEntity {
  @ForeignKey('calendars', { name: 'fk_calendar_outages_calendar', onDelete: 'CASCADE' })
  @PrimaryColumn('uuid', { name: 'calendar_id', primaryKeyConstraintName: 'pk_calendar_outages' })
  calendarId: string;
  @InstantColumn('started_at', { primary: true, primaryKeyConstraintName: 'pk_calendar_outages' })
  startedAt: Instant;
  @InstantColumn('ended_at', { nullable: true }) endedAt: Instant | null;
  @Column('text', { comment: 'Of the latest failure.' }) category: FailureCategory;
}
