import { Injectable } from '@nestjs/common';
import { CalendarProvider } from '../calendars/calendar-provider.js';
import { Calendars } from '../calendars/calendars.js';
import { ProviderCalls } from '../calendars/provider-calls.js';
import type { Deadline } from '../shared/deadline.js';
import { ProviderError } from '../shared/failure.js';
import { Log } from '../shared/log.js';
import type { Booking } from './booking.js';
import { Bookings } from './bookings.js';

/** Takes the event of a cancelling booking out of the calendar. May be repeated by anyone at any time. */
@Injectable()
export class RemoveEvent {
  constructor(
    private readonly provider: CalendarProvider,
    private readonly calls: ProviderCalls,
    private readonly calendars: Calendars,
    private readonly bookings: Bookings,
    private readonly log: Log,
  ) {}

  async execute(booking: Booking, deadline: Deadline): Promise<Booking> {
    const calendar = await this.calendars.find(booking.calendarId, 'all');
    try {
      if (calendar !== null)
        await this.calls.repeatable(calendar.connectionId, { deadline, attemptMs: DELETE_MS }, (access) =>
          this.provider.deleteEvent(access, calendar.externalId, booking.eventId),
        );
      return (await this.bookings.finishCancelling(booking.id)) ?? booking;
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      this.log.warn('booking.cancelling', 'An event could not be removed yet; it will be tried again.', {
        booking_id: booking.id,
        class: error.failure.category,
        upstream_status: error.failure.httpStatus,
      });
      return (await this.bookings.postpone(booking.id, error.failure)) ?? booking;
    }
  }
}

const DELETE_MS = 5000;
