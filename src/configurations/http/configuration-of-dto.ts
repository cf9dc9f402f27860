import { parseDate, parseLocalTime } from '../../shared/time.js';
import type { ConfigurationChange, DateOverride } from '../configuration.js';
import type { NewConfiguration } from '../create-configuration.js';
import type { ConfigurationChangeDto, NewConfigurationDto } from './configuration-fields.dto.js';
import type { DateOverrideDto } from './date-override.dto.js';

/** What the caller said, in terms of the core; what it left out is left out. Takes validated bodies only. */
export function configurationOfDto(dto: NewConfigurationDto): NewConfiguration;
export function configurationOfDto(dto: ConfigurationChangeDto): ConfigurationChange;
export function configurationOfDto(dto: ConfigurationChangeDto): ConfigurationChange {
  return withoutUndefined({
    name: dto.name,
    calendarId: dto.calendar_id?.toLowerCase(),
    conflictCalendarIds: dto.conflict_calendar_ids && distinctIds(dto.conflict_calendar_ids),
    timezone: dto.timezone,
    durationMinutes: dto.duration_minutes,
    slotIntervalMinutes: dto.slot_interval_minutes,
    prepTimeMinutes: dto.prep_time_minutes,
    bufferAfterMinutes: dto.buffer_after_minutes,
    daysBuffer: dto.days_buffer,
    minNoticeMinutes: dto.min_notice_minutes,
    maxDaysAhead: dto.max_days_ahead,
    fromMinute: dto.from_time === undefined ? undefined : minuteOf(dto.from_time),
    toMinute: dto.to_time === undefined ? undefined : minuteOf(dto.to_time),
    workdays: dto.workdays,
    dateOverrides: dto.date_overrides?.map(overrideOfDto),
    maxBookingsPerDay: dto.max_bookings_per_day,
    meetingType: dto.meeting_type,
    meetingLink: dto.meeting_link,
    meetingAddress: dto.meeting_address,
    createMeetLink: dto.create_meet_link,
    onUnverified: dto.on_unverified,
    lastKnownMaxAgeMinutes: dto.last_known_max_age_minutes,
  });
}

function overrideOfDto({ date, from_time, to_time }: DateOverrideDto): DateOverride {
  const isOpen = from_time !== undefined && to_time !== undefined;
  return {
    day: validated(parseDate(date)),
    hours: isOpen ? { fromMinute: minuteOf(from_time), toMinute: minuteOf(to_time) } : null,
  };
}

function distinctIds(ids: readonly string[]): string[] {
  return [...new Set(ids.map((id) => id.toLowerCase()))];
}

function minuteOf(time: string): number {
  return validated(parseLocalTime(time, { allow24: true }));
}

function validated(parsed: number | null): number {
  if (parsed === null) throw new TypeError('The body was not validated.');
  return parsed;
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(fields: T): Defined<T> {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return given.reduce<Defined<T>>((kept, [name, value]) => ({ ...kept, [name]: value }), {});
}
