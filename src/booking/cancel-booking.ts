import { Injectable } from '@nestjs/common';
import { CalendarProvider } from '../calendars/calendar-provider.js';
import { Calendars } from '../calendars/calendars.js';
import { ProviderCalls } from '../calendars/provider-calls.js';
import { Conflict, found } from '../shared/app-error.js';
import type { Deadline } from '../shared/deadline.js';
import { ProviderError } from '../shared/failure.js';
import { Log } from '../shared/log.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';
import type { Booking } from './booking.js';
import { BookingLimits } from './book-appointment.js';
import { Bookings } from './bookings.js';

const DELETE_MS = 5000;

/** Cancels an appointment: durable at once, and the event is removed now or as soon as the provider answers. */
@Injectable()
export class CancelBooking {
  constructor(
    private readonly bookings: Bookings,
    private readonly removeEvent: RemoveEvent,
    private readonly limits: BookingLimits,
  ) {}

  /**
   * The booking as `cancelled`, or `cancelling` while its event is not known to be gone. Cancelling twice is
   * fine.
   *
   * @throws NotFound @throws Conflict the booking failed, so there is nothing to cancel
   */
  async execute(id: string, scope: WorkspaceScope, reason: string | null): Promise<Booking> {
    const booking = found(await this.bookings.find(id, scope));
    const cancelling = await this.bookings.startCancelling(id, reason);
    if (cancelling !== null) return this.removeEvent.execute(cancelling, this.limits.deadline());
    const now = found(await this.bookings.find(id, scope));
    if (now.status === 'failed') throw new Conflict('The booking failed; there is no appointment to cancel.');
    return now.status === 'cancelling' || now.status === 'cancelled' ? now : booking;
  }
}

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
