import { Injectable } from '@nestjs/common';
import type { Calendar } from '../calendars/calendar.js';
import { CalendarProvider } from '../calendars/calendar-provider.js';
import { CalendarWrites } from '../calendars/calendar-writes.js';
import { Calendars } from '../calendars/calendars.js';
import type { Deadline } from '../shared/deadline.js';
import { factsOf, ProviderError, type Failure } from '../shared/failure.js';
import { Log } from '../shared/log.js';
import { idsOf, type Booking } from './booking.js';
import { Bookings } from './bookings.js';

const DELETE_MS = 5000;

/** Takes the event of a booking that ended out of the calendar. May be repeated by anyone at any time. */
@Injectable()
export class RemoveEvent {
  constructor(
    private readonly provider: CalendarProvider,
    private readonly writes: CalendarWrites,
    private readonly calendars: Calendars,
    private readonly bookings: Bookings,
    private readonly log: Log,
  ) {}

  /** `cancelled`, or still `cancelling` while the event is not known to be gone. */
  async execute(booking: Booking, deadline: Deadline): Promise<Booking> {
    const calendar = await this.calendars.find(booking.calendarId, 'all');
    const failure = calendar === null ? null : await this.#removed(booking, calendar, deadline);
    if (failure === null) return (await this.bookings.finishCancelling(booking.id)) ?? this.#latest(booking);
    this.log.warn('booking.cancelling', 'An event could not be removed yet; it will be tried again.', {
      ...idsOf(booking),
      ...factsOf(failure),
    });
    return (await this.bookings.postpone(booking.id, failure)) ?? this.#latest(booking);
  }

  /**
   * F40: removes what a late write may have left of a booking that is over. One that does not get through
   * is made good by the sweeps that follow the end of every booking with an open write.
   */
  async sweep(booking: Booking, calendar: Calendar, deadline: Deadline): Promise<'done' | 'failed'> {
    const failure = await this.#removed(booking, calendar, deadline);
    if (failure === null) return 'done';
    this.log.warn('booking.sweep_failed', 'Could not look for a late event of an ended booking.', {
      ...idsOf(booking),
      ...factsOf(failure),
    });
    return 'failed';
  }

  /** A sweep of the schedule: the next one comes when this one got through. */
  async sweepAsDue(booking: Booking, calendar: Calendar, deadline: Deadline): Promise<void> {
    const outcome = await this.sweep(booking, calendar, deadline);
    if (outcome === 'done') await this.bookings.swept(booking.id);
    else await this.bookings.postponeSweep(booking.id);
  }

  async #removed({ eventId }: Booking, calendar: Calendar, deadline: Deadline): Promise<Failure | null> {
    try {
      await this.writes.repeatable(
        calendar,
        { deadline, priority: 'booking', attemptMs: DELETE_MS },
        (access) => this.provider.deleteEvent(access, calendar.externalId, eventId),
      );
      return null;
    } catch (error) {
      if (error instanceof ProviderError) return error.failure;
      throw error;
    }
  }

  async #latest(booking: Booking): Promise<Booking> {
    return (await this.bookings.find(booking.id, 'all')) ?? booking;
  }
}
