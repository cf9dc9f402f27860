import { Injectable } from '@nestjs/common';
import type { WorkspaceScope } from '../workspaces/workspace.js';
import type { Booked } from './book-appointment.js';
import { BookingLimits } from './booking-limits.js';
import { BookingPrecheck } from './booking-precheck.js';
import { Bookings } from './bookings.js';
import { FreshCheck } from './fresh-check.js';
import { SettleBooking } from './settle-booking.js';

/** Takes up what a request made that came to no end: it died, or its answer was lost. */
@Injectable()
export class ResumeBooking {
  constructor(
    private readonly bookings: Bookings,
    private readonly precheck: BookingPrecheck,
    private readonly freshCheck: FreshCheck,
    private readonly settle: SettleBooking,
    private readonly limits: BookingLimits,
  ) {}

  /**
   * The booking of that id, its event written if that was still to be done; null when none was made.
   *
   * @throws EventRefused | ReauthRequired | CalendarGone | CalendarPermissionDenied it had failed
   * @throws Conflict it was cancelled, or its configuration deleted since
   */
  async execute(bookingId: string, scope: WorkspaceScope): Promise<Booked | null> {
    const booking = await this.bookings.find(bookingId, scope);
    if (booking === null) return null;
    const deadline = this.limits.deadline();
    const bookable = await this.precheck.ofBooking(booking);
    const truth = await this.freshCheck.look(bookable, deadline);
    const [calendar] = bookable.calendars;
    const { health } = truth;
    if (booking.status !== 'pending')
      return { booking: this.settle.standing(booking, calendar, health), ...truth };
    const settled = await this.settle.execute(booking, calendar, deadline, { health, attempt: 'later' });
    return { booking: settled, ...truth };
  }
}
