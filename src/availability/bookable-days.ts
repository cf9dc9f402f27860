import { WEEKDAYS, type Configuration } from '../configurations/configuration.js';
import {
  localDayOf,
  startOfLocalDay,
  weekdayOf,
  type Instant,
  type Interval,
  type LocalDay,
} from '../shared/time.js';
import { dayWindows, isInsideHours, workingDays, type WorkingDay, type WorkingSpan } from './day-windows.js';

const MINUTE_MS = 60_000;

export interface DayRange {
  readonly firstDay: LocalDay;
  readonly lastDay: LocalDay;
}

/** The days, in the configuration's zone, on which its rules allow a booking to start, as of `now`. */
export function bookableRange(configuration: Configuration, now: Instant): DayRange {
  const today = localDayOf(now, configuration.timezone);
  return { firstDay: today + configuration.daysBuffer, lastDay: today + configuration.maxDaysAhead };
}

/** The working days inside `range` on which the rules allow bookings. */
export function bookableDays(configuration: Configuration, range: DayRange, now: Instant): WorkingDay[] {
  const allowed = bookableRange(configuration, now);
  const firstDay = Math.max(range.firstDay, allowed.firstDay);
  return workingDays(weeklyHours(configuration), firstDay, Math.min(range.lastDay, allowed.lastDay));
}

/** Real time from the start of the first local day to the end of the last. */
export function spanOf({ firstDay, lastDay }: DayRange, zone: string): Interval {
  return { startAt: startOfLocalDay(firstDay, zone), endAt: startOfLocalDay(lastDay + 1, zone) };
}

/** The first minute at which a slot may start: now, or later by the minimum notice. */
export function earliestStart({ minNoticeMinutes }: Configuration, now: Instant): number {
  return Math.ceil(now / MINUTE_MS) + minNoticeMinutes;
}

/** Why nothing can be booked in `range`, in words. */
export function rangeProblem(configuration: Configuration, range: DayRange, now: Instant): string {
  const allowed = bookableRange(configuration, now);
  if (range.lastDay < allowed.firstDay) return tooEarly(configuration);
  if (range.firstDay > allowed.lastDay) return tooLate(configuration);
  if (range.firstDay === range.lastDay) return closedDay(configuration, range.firstDay) ?? NO_ROOM;
  return bookableDays(configuration, range, now).length === 0
    ? 'No day of the range is a working day.'
    : NO_ROOM;
}

/** Why the rules forbid an appointment at this time, in words; null when they allow it. */
export function timeProblem(
  configuration: Configuration,
  startAt: Instant,
  durationMinutes: number,
  now: Instant,
): string | null {
  const day = localDayOf(startAt, configuration.timezone);
  const allowed = bookableRange(configuration, now);
  if (startAt < now) return 'The time is in the past.';
  if (day < allowed.firstDay) return tooEarly(configuration);
  if (day > allowed.lastDay) return tooLate(configuration);
  if (startAt < now + configuration.minNoticeMinutes * MINUTE_MS)
    return `Bookings need ${configuration.minNoticeMinutes} minutes of notice.`;
  const closed = closedDay(configuration, day);
  if (closed !== null) return closed;
  const inside = isInsideHours(hoursOf(configuration, day), startAt / MINUTE_MS, durationMinutes);
  return inside ? null : 'The appointment does not lie inside the working hours with its full length.';
}

function hoursOf(configuration: Configuration, day: LocalDay): WorkingSpan[] {
  return dayWindows(workingDays(weeklyHours(configuration), day, day), configuration.timezone);
}

function weeklyHours(configuration: Configuration): Parameters<typeof workingDays>[0] {
  const { fromMinute, toMinute, workdays, dateOverrides } = configuration;
  return {
    fromMinutes: fromMinute,
    toMinutes: toMinute,
    workdays: new Set(workdays.map((name) => WEEKDAYS.indexOf(name))),
    overrides: new Map(
      dateOverrides.map(({ day, hours }) => [
        day,
        hours === null ? 'closed' : { fromMinutes: hours.fromMinute, toMinutes: hours.toMinute },
      ]),
    ),
  };
}

function closedDay({ dateOverrides, workdays }: Configuration, day: LocalDay): string | null {
  const override = dateOverrides.find((one) => one.day === day);
  if (override !== undefined) return override.hours === null ? 'The day is closed.' : null;
  const weekday = WEEKDAYS[weekdayOf(day)];
  return weekday !== undefined && workdays.includes(weekday) ? null : 'The day is not a working day.';
}

const NO_ROOM = 'The working hours leave no room for the appointment any more.';

function tooEarly({ daysBuffer }: Configuration): string {
  return daysBuffer === 0
    ? 'The day is in the past.'
    : `The first bookable day is ${daysBuffer} days from today.`;
}

function tooLate({ maxDaysAhead }: Configuration): string {
  return `Bookings are possible at most ${maxDaysAhead} days ahead.`;
}
