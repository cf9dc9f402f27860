import type { Instant, LocalDay } from '../shared/time.js';

/** In the order of `weekdayOf` in shared/time.ts: 0 is Sunday. */
export const WEEKDAYS = [
  'sunday',
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
] as const;
export type Weekday = (typeof WEEKDAYS)[number];

export const MEETING_TYPES = ['online', 'in_person', 'phone'] as const;
export type MeetingType = (typeof MEETING_TYPES)[number];

/** What to do with time that a calendar could not vouch for. */
export const UNVERIFIED_POLICIES = ['last_known', 'flag', 'block'] as const;
export type UnverifiedPolicy = (typeof UNVERIFIED_POLICIES)[number];

/** Minutes since local midnight, half-open; `toMinute` up to 1440 (24:00). */
export interface OpeningHours {
  readonly fromMinute: number;
  readonly toMinute: number;
}

/** Replaces the hours of one day, also of a day off; null closes it. */
export interface DateOverride {
  readonly day: LocalDay;
  readonly hours: OpeningHours | null;
}

/** When, how long and into which calendar visitors may book. */
export interface Configuration extends OpeningHours {
  readonly id: string;
  readonly workspaceId: string;
  readonly name: string;
  /** Where bookings are written. Its busy time always counts, listed as a conflict calendar or not. */
  readonly calendarId: string;
  /** Distinct; may contain the booking calendar. */
  readonly conflictCalendarIds: readonly string[];
  /** IANA zone of hours, days and overrides. */
  readonly timezone: string;
  readonly durationMinutes: number;
  /** Null: follows the duration. */
  readonly slotIntervalMinutes: number | null;
  /** Time before a slot that must be free of busy time. */
  readonly prepTimeMinutes: number;
  readonly bufferAfterMinutes: number;
  /** Days from today, in the configuration's zone, until the earliest bookable day. */
  readonly daysBuffer: number;
  readonly minNoticeMinutes: number;
  /** Days from today, in the configuration's zone, until the last bookable day. */
  readonly maxDaysAhead: number;
  /** Distinct. */
  readonly workdays: readonly Weekday[];
  /** At most one per day, in any order. */
  readonly dateOverrides: readonly DateOverride[];
  readonly maxBookingsPerDay: number | null;
  readonly meetingType: MeetingType;
  readonly meetingLink: string | null;
  readonly meetingAddress: string | null;
  readonly createMeetLink: boolean;
  readonly onUnverified: UnverifiedPolicy;
  /** How old last-known busy time may be before it counts as nothing known. */
  readonly lastKnownMaxAgeMinutes: number;
  readonly createdAt: Instant;
}

/** What a caller decides about a configuration. */
export type ConfigurationDraft = Omit<Configuration, 'id' | 'workspaceId' | 'createdAt'>;
export type ConfigurationChange = Partial<ConfigurationDraft>;

/** The distinct calendars to ask, the booking calendar first. */
export function calendarIdsOf({
  calendarId,
  conflictCalendarIds,
}: Pick<Configuration, 'calendarId' | 'conflictCalendarIds'>): string[] {
  return [...new Set([calendarId, ...conflictCalendarIds])];
}

/** Minutes from one start on the slot grid to the next. */
export function slotIntervalOf({
  slotIntervalMinutes,
  durationMinutes,
}: Pick<Configuration, 'slotIntervalMinutes' | 'durationMinutes'>): number {
  return slotIntervalMinutes ?? durationMinutes;
}
