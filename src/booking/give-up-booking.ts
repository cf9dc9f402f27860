import { Injectable } from '@nestjs/common';
import type { Calendar } from '../calendars/calendar.js';
import type { RemoteEvent } from '../calendars/calendar-provider.js';
import type { Deadline } from '../shared/deadline.js';
import { factsOf, ProviderError, type Failure } from '../shared/failure.js';
import { Log } from '../shared/log.js';
import { idsOf, type Booking } from './booking.js';
import { Bookings } from './bookings.js';
import { isLiveEventOf } from './calendar-comparison.js';
import { PlaceEvent } from './place-event.js';

/** Ends what waited for the calendar in vain until its time was over. */
@Injectable()
export class GiveUpBooking {
  constructor(
    private readonly placeEvent: PlaceEvent,
    private readonly bookings: Bookings,
    private readonly log: Log,
  ) {}

  /**
   * F36: the time has come and nobody knows of an event. One last look; without an event the booking has
   * failed, and one that turns up late is taken out again by the sweeps.
   */
  async execute(booking: Booking, calendar: Calendar, deadline: Deadline): Promise<void> {
    const found = await this.#look(booking, calendar, deadline);
    if ('event' in found && found.event !== null && isLiveEventOf(found.event, booking))
      return void (await this.bookings.confirm(booking, found.event.meetLink));
    const failure = 'failure' in found ? found.failure : NEVER_WRITTEN;
    if ((await this.bookings.fail(booking, failure)) === null) return;
    this.log.error('booking.given_up', 'An appointment came due before its event could be written.', {
      ...idsOf(booking),
      ...factsOf(failure),
    });
  }

  /** A move that could not be made ends where it began. */
  async leaveWhereItWas(booking: Booking): Promise<void> {
    if ((await this.bookings.undoMove(booking, booking.failure ?? NEVER_WRITTEN)) === null) return;
    this.log.error('booking.not_moved', 'An appointment could not be moved before its time was over.', {
      ...idsOf(booking),
    });
  }

  /** A calendar that nobody can write to any more does not keep a cancellation from its end. */
  async leaveEvent(booking: Booking): Promise<void> {
    if ((await this.bookings.finishCancelling(booking.id)) === null) return;
    this.log.error('booking.event_left', 'The event of a cancelled appointment could not be removed.', {
      ...idsOf(booking),
      event_id: booking.eventId,
    });
  }

  async #look(
    booking: Booking,
    calendar: Calendar,
    deadline: Deadline,
  ): Promise<{ event: RemoteEvent | null } | { failure: Failure }> {
    try {
      return { event: await this.placeEvent.find(booking, calendar, deadline) };
    } catch (error) {
      if (error instanceof ProviderError) return { failure: error.failure };
      throw error;
    }
  }
}

const NEVER_WRITTEN: Failure = {
  category: 'connection_error',
  code: 'event_never_written',
  reason: null,
  actor: 'none',
  httpStatus: null,
  message: 'The event could not be written before the appointment began.',
  needsReauth: false,
  retryable: false,
  retryAfterMs: null,
  timedOut: false,
};
