import { Injectable } from '@nestjs/common';
import type { Bookable } from './bookable.js';
import { BookingLimits } from './booking-limits.js';
import type { Booking } from './booking.js';
import { ClaimSlot } from './claim-slot.js';
import { FreshCheck } from './fresh-check.js';
import { SettleBooking } from './settle-booking.js';

/**
 * Brings a confirmed booking to another allowed time. The new time is claimed before the old one is given
 * up, and the intent is stored before the event is touched: an outage or a crash on the way leaves a
 * `pending` booking that the reconciliation finishes.
 */
@Injectable()
export class MoveBooking {
  constructor(
    private readonly freshCheck: FreshCheck,
    private readonly claimSlot: ClaimSlot,
    private readonly settle: SettleBooking,
    private readonly limits: BookingLimits,
  ) {}

  async execute(booking: Booking, bookable: Bookable): Promise<Booking> {
    const deadline = this.limits.deadline();
    const own = { ownerId: booking.id, startAt: booking.startAt, endAt: booking.endAt, hasEvent: true };
    const { taken, health, recheck } = await this.freshCheck.execute(bookable, deadline, own);
    const moving = taken ? null : await this.claimSlot.move(bookable, booking);
    if (moving === null) throw await this.limits.unavailable(bookable, health, deadline);
    return this.settle
      .execute(moving, bookable.calendars[0], deadline, { health, recheck })
      .catch((error: unknown) => this.limits.orAlternatives(error, bookable, health, deadline));
  }
}
