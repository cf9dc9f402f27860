import { Injectable } from '@nestjs/common';
import type { Calendar } from '../calendars/calendar.js';
import { Calendars } from '../calendars/calendars.js';
import { Clock } from '../shared/clock.js';
import { Deadline } from '../shared/deadline.js';
import { ProviderError } from '../shared/failure.js';
import type { Booking, BookingStatus } from './booking.js';
import { GiveUpBooking } from './give-up-booking.js';
import { RemoveEvent } from './remove-event.js';
import { WriteEvent } from './write-event.js';

/** One step takes no longer. */
export const ATTEMPT_MS = 12_000;
/** So long after an appointment, nobody looks for its event any more. */
const OVER_MS = 24 * 60 * 60_000;

type Step = (booking: Booking, calendar: Calendar, deadline: Deadline) => Promise<unknown>;

/** One step towards the wanted state of one booking. */
@Injectable()
export class UnfinishedBooking {
  constructor(
    private readonly writeEvent: WriteEvent,
    private readonly removeEvent: RemoveEvent,
    private readonly giveUp: GiveUpBooking,
    private readonly calendars: Calendars,
    private readonly clock: Clock,
  ) {}

  readonly #steps: Readonly<Record<BookingStatus, Step>> = {
    pending: (...step) => this.#write(...step),
    cancelling: (booking, _calendar, deadline) => this.#remove(booking, deadline),
    cancelled: (...step) => this.removeEvent.sweepAsDue(...step),
    failed: (...step) => this.removeEvent.sweepAsDue(...step),
    confirmed: async () => undefined,
  };

  async finish(booking: Booking): Promise<void> {
    const calendar = await this.calendars.find(booking.calendarId, 'all');
    if (calendar === null) return;
    await this.#steps[booking.status](booking, calendar, Deadline.in(ATTEMPT_MS, this.clock));
  }

  async #remove(booking: Booking, deadline: Deadline): Promise<void> {
    const { status } = await this.removeEvent.execute(booking, deadline);
    if (status === 'cancelling' && booking.endAt + OVER_MS <= this.clock.now())
      await this.giveUp.leaveEvent(booking);
  }

  async #write(booking: Booking, calendar: Calendar, deadline: Deadline): Promise<void> {
    const now = this.clock.now();
    if (booking.movedFrom === null && booking.startAt <= now)
      return this.giveUp.execute(booking, calendar, deadline);
    // A booking that was only to move has its event: that one is worth setting right for longer.
    if (booking.endAt + OVER_MS <= now) return this.giveUp.leaveWhereItWas(booking);
    try {
      await this.writeEvent.execute(booking, calendar, deadline, 'later');
    } catch (error) {
      // The booking has its outcome now: that is no fault of this run.
      if (!(error instanceof ProviderError)) throw error;
    }
  }
}
