import { Injectable } from '@nestjs/common';
import { Calendars } from '../calendars/calendars.js';
import { Clock } from '../shared/clock.js';
import { Deadline } from '../shared/deadline.js';
import { ProviderError } from '../shared/failure.js';
import type { Booking } from './booking.js';
import { Bookings } from './bookings.js';
import { RemoveEvent } from './remove-event.js';
import { WriteEvent } from './write-event.js';

/** One step towards the wanted state of one booking. */
@Injectable()
export class UnfinishedBooking {
  constructor(
    private readonly writeEvent: WriteEvent,
    private readonly removeEvent: RemoveEvent,
    private readonly bookings: Bookings,
    private readonly calendars: Calendars,
    private readonly clock: Clock,
  ) {}

  async finish(booking: Booking): Promise<void> {
    const deadline = Deadline.in(ATTEMPT_MS, this.clock);
    if (booking.status === 'cancelling') return void (await this.removeEvent.execute(booking, deadline));
    const calendar = await this.calendars.find(booking.calendarId, 'all');
    if (calendar === null) return;
    if (booking.startAt <= this.clock.now()) return this.#giveUp(booking, deadline);
    try {
      await this.writeEvent.execute(booking, calendar, deadline);
    } catch (error) {
      // The booking is `failed` now: that is the outcome, not a fault of this run.
      if (!(error instanceof ProviderError)) throw error;
    }
  }

  /** F36: the time has come and nobody knows of an event. It is called off, and a late event is taken out again. */
  async #giveUp(booking: Booking, deadline: Deadline): Promise<void> {
    const cancelling = await this.bookings.startCancelling(
      booking.id,
      'The calendar could not be reached in time.',
    );
    if (cancelling !== null) await this.removeEvent.execute(cancelling, deadline);
  }
}

const ATTEMPT_MS = 12_000;
