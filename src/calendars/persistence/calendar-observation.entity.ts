import { Check, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { InstantColumn } from '../../shared/columns.js';
import type { Instant } from '../../shared/time.js';

/** Written by the trigger `tr_calendars_history` only. */
@Entity('calendar_observations', { comment: 'When it was known whether a calendar works.' })
@Check('ck_calendar_observations_times', 'started_at <= ended_at')
@Index('uq_calendar_observations_open', ['calendarId'], { unique: true, where: 'ended_at IS NULL' })
export class CalendarObservationEntity {
  @ForeignKey('calendars', { name: 'fk_calendar_observations_calendar', onDelete: 'CASCADE' })
  @PrimaryColumn('uuid', { name: 'calendar_id', primaryKeyConstraintName: 'pk_calendar_observations' })
  calendarId: string;
  @InstantColumn('started_at', { primary: true, primaryKeyConstraintName: 'pk_calendar_observations' })
  startedAt: Instant;
  @InstantColumn('ended_at', { nullable: true }) endedAt: Instant | null;
}
