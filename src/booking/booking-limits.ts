import { Injectable } from '@nestjs/common';
import type { CalendarHealthView } from '../availability/calendar-health-view.js';
import { AppError, NotFound, ValidationFailed } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import { Config } from '../shared/config.js';
import { Deadline } from '../shared/deadline.js';
import { formatInstant } from '../shared/time.js';
import type { Bookable } from './bookable.js';
import type { BookingWish } from './booking-wish.js';
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

  async unavailable(
    bookable: Bookable,
    health: CalendarHealthView,
    deadline: Deadline,
  ): Promise<SlotUnavailable> {
    const { timezone } = bookable.configuration;
    const free = await this.alternatives.execute(bookable, deadline);
    const alternatives = free.map(({ startAt, endAt }) => ({
      start_time: formatInstant(startAt, timezone),
      end_time: formatInstant(endAt, timezone),
    }));
    return new SlotUnavailable({ alternatives, calendar_health: health });
  }

  /** What is thrown when settling a booking ended with `error`: a time that was lost in the last moment has alternatives, too. */
  async orAlternatives(
    error: unknown,
    bookable: Bookable,
    health: CalendarHealthView,
    deadline: Deadline,
  ): Promise<never> {
    throw error instanceof SlotUnavailable ? await this.unavailable(bookable, health, deadline) : error;
  }

  /**
   * Does `work` for a wish. F60: what refuses it may be the caller's own booking, made a moment ago: by its time, the
   * day's limit, or an outage since. Then the refusal names the booking.
   *
   * @throws SlotUnavailable with `booking_id`; else whatever `work` throws
   */
  async orRepeated<T>(configurationId: string, wish: BookingWish, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AppError) || SAYS_NOTHING.some((kind) => error instanceof kind)) throw error;
      const { startAt, attendee } = wish;
      const twin = await this.bookings.findTwin(configurationId, startAt, attendee.email);
      if (twin === null) throw error;
      const details = error instanceof SlotUnavailable ? error.details : {};
      throw new SlotUnavailable({ ...details, booking_id: twin.id });
    }
  }
}

/** Of a configuration that the caller cannot see, and of a wish that makes no sense. */
const SAYS_NOTHING = [NotFound, ValidationFailed];
