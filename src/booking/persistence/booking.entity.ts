import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { MeetingType } from '../../configurations/configuration.js';
import { InstantColumn } from '../../shared/columns.js';
import type { Failure } from '../../shared/failure.js';
import type { Instant } from '../../shared/time.js';
import type { BookingStatus } from '../booking.js';

@Entity('bookings')
@Check('ck_bookings_status', `status IN ('pending', 'confirmed', 'cancelling', 'cancelled', 'failed')`)
@Check('ck_bookings_times', 'start_at < end_at')
@Check('ck_bookings_moved_from', '(moved_from_start_at IS NULL) = (moved_from_end_at IS NULL)')
@Index('ix_bookings_workspace', ['workspaceId', 'createdAt', 'id'])
@Index('ix_bookings_configuration', ['configurationId', 'startAt'])
@Index('ix_bookings_moving', ['configurationId', 'movedFromStartAt'], {
  where: 'moved_from_start_at IS NOT NULL',
})
@Index('ix_bookings_upcoming', ['calendarId', 'endAt'], { where: `status = 'confirmed'` })
@Index('ix_bookings_conflict', ['workspaceId'], { where: 'external_conflict_since IS NOT NULL' })
@Index('ix_bookings_due', ['nextAttemptAt'], { where: 'next_attempt_at IS NOT NULL' })
export class BookingEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_bookings' }) id: string;
  @ForeignKey('workspaces', { name: 'fk_bookings_workspace', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'workspace_id' })
  workspaceId: string;
  @ForeignKey('configurations', { name: 'fk_bookings_configuration', onDelete: 'SET NULL' })
  @Column('uuid', { name: 'configuration_id', nullable: true })
  configurationId: string | null;
  @ForeignKey('calendars', { name: 'fk_bookings_calendar', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'calendar_id' })
  calendarId: string;
  @Column('text', { name: 'config_name' }) configName: string;
  @Column('text') status: BookingStatus;
  @InstantColumn('start_at') startAt: Instant;
  @InstantColumn('end_at') endAt: Instant;
  @InstantColumn('moved_from_start_at', { nullable: true }) movedFromStartAt: Instant | null;
  @InstantColumn('moved_from_end_at', { nullable: true }) movedFromEndAt: Instant | null;
  @Column('text') timezone: string;
  @Column('text') title: string;
  @Column('text', { nullable: true }) description: string | null;
  @Column('text', { name: 'attendee_email' }) attendeeEmail: string;
  @Column('text', { name: 'attendee_name', nullable: true }) attendeeName: string | null;
  @Column('text', { name: 'meeting_type' }) meetingType: MeetingType;
  @Column('text', { name: 'meeting_link', nullable: true }) meetingLink: string | null;
  @Column('text', { name: 'meeting_address', nullable: true }) meetingAddress: string | null;
  @Column('boolean', { name: 'create_meet_link' }) createMeetLink: boolean;
  @Column('text', { name: 'event_id' }) eventId: string;
  @Column('integer', { name: 'event_generation', default: 0 }) eventGeneration: number;
  @Column('text', { name: 'cancel_reason', nullable: true }) cancelReason: string | null;
  @Column('jsonb', { nullable: true }) failure: Failure | null;
  @Column('integer', { default: 0 }) attempts: number;
  @Column('integer', { name: 'sweeps_left', default: 0 }) sweepsLeft: number;
  @InstantColumn('next_attempt_at', { nullable: true }) nextAttemptAt: Instant | null;
  /** When its event was last known to be as it is here. */
  @InstantColumn('settled_at', { nullable: true }) settledAt: Instant | null;
  @InstantColumn('external_conflict_since', { nullable: true }) externalConflictSince: Instant | null;
  @InstantColumn('created_at', { default: () => 'now()' }) createdAt: Instant;
}
