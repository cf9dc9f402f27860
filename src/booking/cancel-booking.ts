import { Injectable } from '@nestjs/common';
import { Conflict, found } from '../shared/app-error.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';
import type { Booking } from './booking.js';
import { BookingLimits } from './booking-limits.js';
import { Bookings } from './bookings.js';
import { RemoveEvent } from './remove-event.js';

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
   * fine; the first reason stands.
   *
   * @throws NotFound @throws Conflict the booking failed, so there is nothing to cancel
   */
  async execute(id: string, scope: WorkspaceScope, reason: string | null): Promise<Booking> {
    found(await this.bookings.find(id, scope));
    const cancelling = await this.bookings.startCancelling(id, reason);
    if (cancelling !== null) return this.removeEvent.execute(cancelling, this.limits.deadline());
    const ended = found(await this.bookings.find(id, scope));
    if (ended.status === 'failed')
      throw new Conflict('The booking failed; there is no appointment to cancel.');
    return ended;
  }
}
