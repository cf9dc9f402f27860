import { ApiProperty } from '../../shared/api-decorators.js';
import { formatDate, formatInstant, formatLocalTime } from '../../shared/time.js';
import {
  MEETING_TYPES,
  slotIntervalOf,
  UNVERIFIED_POLICIES,
  WEEKDAYS,
  type Configuration,
  type DateOverride,
  type MeetingType,
  type UnverifiedPolicy,
  type Weekday,
} from '../configuration.js';
import { DateOverrideDto } from './date-override.dto.js';

export class ConfigurationDto {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ format: 'uuid' }) workspace_id: string;
  @ApiProperty() name: string;
  @ApiProperty({ format: 'uuid' }) calendar_id: string;
  @ApiProperty({ type: [String], description: 'Distinct, in the order given.' })
  conflict_calendar_ids: readonly string[];
  @ApiProperty({ example: 'America/New_York' }) timezone: string;
  @ApiProperty({ type: 'integer' }) duration_minutes: number;
  @ApiProperty({ type: 'integer', description: 'Follows `duration_minutes` unless it was given.' })
  slot_interval_minutes: number;
  @ApiProperty({ type: 'integer' }) prep_time_minutes: number;
  @ApiProperty({ type: 'integer' }) buffer_after_minutes: number;
  @ApiProperty({ type: 'integer' }) days_buffer: number;
  @ApiProperty({ type: 'integer' }) min_notice_minutes: number;
  @ApiProperty({ type: 'integer' }) max_days_ahead: number;
  @ApiProperty({ example: '09:00' }) from_time: string;
  @ApiProperty({ example: '17:00' }) to_time: string;
  @ApiProperty({ enum: WEEKDAYS, isArray: true }) workdays: readonly Weekday[];
  @ApiProperty({ type: [DateOverrideDto] }) date_overrides: readonly DateOverrideDto[];
  @ApiProperty({ type: 'integer', nullable: true }) max_bookings_per_day: number | null;
  @ApiProperty({ enum: MEETING_TYPES }) meeting_type: MeetingType;
  @ApiProperty({ type: String, nullable: true }) meeting_link: string | null;
  @ApiProperty({ type: String, nullable: true }) meeting_address: string | null;
  @ApiProperty() create_meet_link: boolean;
  @ApiProperty({ enum: UNVERIFIED_POLICIES }) on_unverified: UnverifiedPolicy;
  @ApiProperty({ type: 'integer' }) last_known_max_age_minutes: number;
  @ApiProperty({ format: 'date-time' }) created_at: string;

  static of(configuration: Configuration): ConfigurationDto {
    return {
      id: configuration.id,
      workspace_id: configuration.workspaceId,
      name: configuration.name,
      calendar_id: configuration.calendarId,
      conflict_calendar_ids: configuration.conflictCalendarIds,
      timezone: configuration.timezone,
      duration_minutes: configuration.durationMinutes,
      slot_interval_minutes: slotIntervalOf(configuration),
      prep_time_minutes: configuration.prepTimeMinutes,
      buffer_after_minutes: configuration.bufferAfterMinutes,
      days_buffer: configuration.daysBuffer,
      min_notice_minutes: configuration.minNoticeMinutes,
      max_days_ahead: configuration.maxDaysAhead,
      from_time: formatLocalTime(configuration.fromMinute),
      to_time: formatLocalTime(configuration.toMinute),
      workdays: configuration.workdays,
      date_overrides: configuration.dateOverrides.map(overrideDto),
      max_bookings_per_day: configuration.maxBookingsPerDay,
      meeting_type: configuration.meetingType,
      meeting_link: configuration.meetingLink,
      meeting_address: configuration.meetingAddress,
      create_meet_link: configuration.createMeetLink,
      on_unverified: configuration.onUnverified,
      last_known_max_age_minutes: configuration.lastKnownMaxAgeMinutes,
      created_at: formatInstant(configuration.createdAt, 'UTC'),
    };
  }
}

export class ConfigurationPage {
  @ApiProperty({ type: [ConfigurationDto] }) items: readonly ConfigurationDto[];
  @ApiProperty({ type: String, nullable: true }) next_cursor: string | null;
}

function overrideDto({ day, hours }: DateOverride): DateOverrideDto {
  const date = formatDate(day);
  if (hours === null) return { date, closed: true };
  return { date, from_time: formatLocalTime(hours.fromMinute), to_time: formatLocalTime(hours.toMinute) };
}
