import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, VirtualColumn } from 'typeorm';
import { InstantColumn } from '../../shared/columns.js';
import type { Instant } from '../../shared/time.js';
import type { DateOverride, MeetingType, UnverifiedPolicy, Weekday } from '../configuration.js';

const conflictCalendarIdsOf = (configuration: string): string => `
  SELECT ARRAY(SELECT k.calendar_id FROM conflict_calendars k
    WHERE k.configuration_id = ${configuration}.id ORDER BY k.position)`;

@Entity('configurations')
@Check('ck_configurations_hours', '0 <= from_minute AND from_minute < to_minute AND to_minute <= 1440')
@Check('ck_configurations_meeting_type', `meeting_type IN ('online', 'in_person', 'phone')`)
@Check('ck_configurations_on_unverified', `on_unverified IN ('last_known', 'flag', 'block')`)
@Index('ix_configurations_workspace', ['workspaceId', 'createdAt', 'id'])
@Index('ix_configurations_calendar', ['calendarId'])
export class ConfigurationEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_configurations' }) id: string;
  @ForeignKey('workspaces', { name: 'fk_configurations_workspace', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'workspace_id' })
  workspaceId: string;
  @Column('text') name: string;
  @ForeignKey('calendars', { name: 'fk_configurations_calendar', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'calendar_id' })
  calendarId: string;
  /** Read along with the row: a configuration is loaded with one statement. */
  @VirtualColumn('uuid', { query: conflictCalendarIdsOf }) conflictCalendarIds: readonly string[];
  @Column('text') timezone: string;
  @Column('integer', { name: 'duration_minutes' }) durationMinutes: number;
  @Column('integer', { name: 'slot_interval_minutes', nullable: true }) slotIntervalMinutes: number | null;
  @Column('integer', { name: 'prep_time_minutes' }) prepTimeMinutes: number;
  @Column('integer', { name: 'buffer_after_minutes' }) bufferAfterMinutes: number;
  @Column('integer', { name: 'days_buffer' }) daysBuffer: number;
  @Column('integer', { name: 'min_notice_minutes' }) minNoticeMinutes: number;
  @Column('integer', { name: 'max_days_ahead' }) maxDaysAhead: number;
  @Column('integer', { name: 'from_minute' }) fromMinute: number;
  @Column('integer', { name: 'to_minute' }) toMinute: number;
  @Column('text', { array: true }) workdays: readonly Weekday[];
  @Column('jsonb', { name: 'date_overrides', default: [] }) dateOverrides: readonly DateOverride[];
  @Column('integer', { name: 'max_bookings_per_day', nullable: true }) maxBookingsPerDay: number | null;
  @Column('text', { name: 'meeting_type' }) meetingType: MeetingType;
  @Column('text', { name: 'meeting_link', nullable: true }) meetingLink: string | null;
  @Column('text', { name: 'meeting_address', nullable: true }) meetingAddress: string | null;
  @Column('boolean', { name: 'create_meet_link', default: false }) createMeetLink: boolean;
  @Column('text', { name: 'on_unverified' }) onUnverified: UnverifiedPolicy;
  @Column('integer', { name: 'last_known_max_age_minutes' }) lastKnownMaxAgeMinutes: number;
  @InstantColumn('created_at', { default: () => 'now()' }) createdAt: Instant;
}
