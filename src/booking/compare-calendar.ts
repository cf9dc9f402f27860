import { Injectable } from '@nestjs/common';
import { CalendarProvider, type RemoteEvent } from '../calendars/calendar-provider.js';
import type { Calendar } from '../calendars/calendar.js';
import { ProviderCalls } from '../calendars/provider-calls.js';
import { Clock } from '../shared/clock.js';
import { Deadline } from '../shared/deadline.js';
import type { Interval } from '../shared/time.js';
import type { Booking } from './booking.js';
import { Bookings } from './bookings.js';
import { comparisonOf } from './calendar-comparison.js';
import { FollowCalendar, type Difference } from './follow-calendar.js';

const COMPARE_MS = 30_000;
const READ_MS = 10_000;
const MAX_BOOKINGS = 1000;

/**
 * Holds the confirmed bookings of one calendar against its events, and follows what people did there by hand: the
 * calendar is right about what was moved or deleted.
 */
@Injectable()
export class CompareCalendar {
  constructor(
    private readonly provider: CalendarProvider,
    private readonly calls: ProviderCalls,
    private readonly bookings: Bookings,
    private readonly follow: FollowCalendar,
    private readonly clock: Clock,
  ) {}

  /** What differed, after all of it was followed. @throws ProviderError the calendar could not be read */
  async execute(calendar: Calendar): Promise<Difference[]> {
    const deadline = Deadline.in(COMPARE_MS, this.clock);
    // First what we hold: an event that is written meanwhile is then not missed.
    const bookings = await this.bookings.standing(calendar.id, MAX_BOOKINGS);
    const window = spanOf(bookings);
    if (window === null) return [];
    const events = await this.#events(calendar, window, deadline);
    return this.follow.execute(comparisonOf(bookings, events), calendar, deadline);
  }

  async #events(calendar: Calendar, window: Interval, deadline: Deadline): Promise<RemoteEvent[]> {
    const limits = { deadline, priority: 'sweep', attemptMs: READ_MS } as const;
    return this.calls.repeatable(calendar.connectionId, limits, (access) =>
      this.provider.events(access, calendar.externalId, window),
    );
  }
}

function spanOf(bookings: readonly Booking[]): Interval | null {
  if (bookings.length === 0) return null;
  return {
    startAt: Math.min(...bookings.map(({ startAt }) => startAt)),
    endAt: Math.max(...bookings.map(({ endAt }) => endAt)),
  };
}
