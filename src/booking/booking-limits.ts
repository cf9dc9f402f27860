import { Injectable } from '@nestjs/common';
import type { CalendarHealthView } from '../availability/calendar-health-view.js';
import { Clock } from '../shared/clock.js';
import { Config } from '../shared/config.js';
import { Deadline } from '../shared/deadline.js';
import { formatInstant } from '../shared/time.js';
import type { Bookable } from './bookable.js';
import { SlotUnavailable } from './booking.errors.js';
import { Bookings } from './bookings.js';
import { FindAlternatives } from './find-alternatives.js';

/** How long a booking may take, and what it says when the time is gone. */
@Injectable()
export class BookingLimits {
  constructor(
    private readonly alternatives: FindAlternatives,
    private readonly bookings: Bookings,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  deadline(): Deadline {
    return Deadline.in(this.config.bookingDeadlineMs, this.clock);
  }

  /** @param attendeeEmail names the caller's own booking, when it is that which has the time (F60) */
  async unavailable(
    bookable: Bookable,
    health: CalendarHealthView,
    deadline: Deadline,
    attendeeEmail: string | null = null,
  ): Promise<SlotUnavailable> {
    const { configuration, slot } = bookable;
    const [free, twin] = await Promise.all([
      this.alternatives.execute(bookable, deadline),
      attendeeEmail === null ? null : this.bookings.findTwin(configuration.id, slot.startAt, attendeeEmail),
    ]);
    const alternatives = free.map(({ startAt, endAt }) => ({
      start_time: formatInstant(startAt, configuration.timezone),
      end_time: formatInstant(endAt, configuration.timezone),
    }));
    const twinId = twin === null ? {} : { booking_id: twin.id };
    return new SlotUnavailable({ alternatives, calendar_health: health, ...twinId });
  }
}
