import { spanOf } from '../availability/bookable-days.js';
import type { Calendar } from '../calendars/calendar.js';
import type { Configuration } from '../configurations/configuration.js';
import { localDayOf, type Interval } from '../shared/time.js';
import type { Hold } from './hold.js';

const MINUTE_MS = 60_000;

/** A wish that the rules allow, with what is needed to grant it. */
export interface Bookable {
  readonly configuration: Configuration;
  readonly durationMinutes: number;
  readonly slot: Interval;
  /** The slot with its buffers: what must be free, and what a booking takes. */
  readonly needed: Interval;
  /** The booking calendar first. */
  readonly calendars: readonly [Calendar, ...Calendar[]];
  /** The hold that the wish spends. */
  readonly hold: Hold | null;
}

/** The day, in the configuration's zone, on which a booking counts, and how many the configuration takes then. */
export interface DayLimit extends Interval {
  readonly places: number;
}

/** What a claim takes and what it must not meet. */
export interface ClaimTerms {
  /** The slot with its buffers, in the booking calendar. */
  readonly needed: Interval;
  /** Calendars in which nobody else may have claimed any of that time either. */
  readonly watchedCalendarIds: readonly string[];
  readonly dayLimit: DayLimit | null;
}

export function claimTermsOf(bookable: Bookable): ClaimTerms {
  const [, ...others] = bookable.calendars;
  return {
    needed: bookable.needed,
    watchedCalendarIds: others.map(({ id }) => id),
    dayLimit: dayLimitOf(bookable),
  };
}

/** The slot with the time around it that the configuration's buffers claim. */
export function withBuffers({ startAt, endAt }: Interval, configuration: Configuration): Interval {
  return {
    startAt: startAt - configuration.prepTimeMinutes * MINUTE_MS,
    endAt: endAt + configuration.bufferAfterMinutes * MINUTE_MS,
  };
}

/** Null when the configuration takes any number of bookings a day. */
function dayLimitOf({ configuration, slot }: Bookable): DayLimit | null {
  const { maxBookingsPerDay, timezone } = configuration;
  if (maxBookingsPerDay === null) return null;
  const day = localDayOf(slot.startAt, timezone);
  const span = spanOf({ firstDay: day, lastDay: day }, timezone);
  return { ...span, places: maxBookingsPerDay };
}
