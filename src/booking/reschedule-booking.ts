import { Injectable } from '@nestjs/common';
import { Conflict, found } from '../shared/app-error.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';
import { BookingPrecheck } from './booking-precheck.js';
import type { TimeWish } from './booking-wish.js';
import { isLiveAt, type Booking, type BookingStatus } from './booking.js';
import { Bookings } from './bookings.js';
import { MoveBooking } from './move-booking.js';

const MINUTE_MS = 60_000;

/** Moves an appointment at somebody's wish. */
@Injectable()
export class RescheduleBooking {
  constructor(
    private readonly bookings: Bookings,
    private readonly precheck: BookingPrecheck,
    private readonly moveBooking: MoveBooking,
  ) {}

  /**
   * The booking at its new time, `pending` while the provider's answer is open. Asking again for the time
   * that it has is fine. Without a duration it keeps its length.
   *
   * @throws NotFound | Conflict | RulesViolation | ReauthRequired | SlotUnavailable | CalendarGone |
   *   CalendarPermissionDenied | CalendarUnverifiable | EventRefused — the booking stays as it was
   */
  async execute(id: string, scope: WorkspaceScope, wish: TimeWish): Promise<Booking> {
    const booking = found(await this.bookings.find(id, scope));
    const durationMinutes = wish.durationMinutes ?? (booking.endAt - booking.startAt) / MINUTE_MS;
    const endAt = wish.startAt + durationMinutes * MINUTE_MS;
    if (isLiveAt(booking, { startAt: wish.startAt, endAt })) return booking;
    if (booking.status !== 'confirmed') throw new Conflict(IMMOVABLE[booking.status]);
    const bookable = await this.precheck.forMove(booking, wish.startAt, durationMinutes);
    return this.moveBooking.execute(booking, bookable);
  }
}

const IMMOVABLE: Readonly<Record<Exclude<BookingStatus, 'confirmed'>, string>> = {
  pending: 'The event of the booking is still being written; try again when it is confirmed.',
  cancelling: 'The booking is cancelled.',
  cancelled: 'The booking is cancelled.',
  failed: 'The booking failed; there is no appointment to move.',
};
