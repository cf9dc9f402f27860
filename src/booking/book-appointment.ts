import { Injectable } from '@nestjs/common';
import type { CalendarHealthView } from '../availability/calendar-health-view.js';
import type { Deadline } from '../shared/deadline.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';
import type { Bookable } from './bookable.js';
import { BookingLimits } from './booking-limits.js';
import { BookingPrecheck } from './booking-precheck.js';
import type { BookingWish } from './booking-wish.js';
import type { Booking } from './booking.js';
import { ClaimSlot } from './claim-slot.js';
import { FreshCheck } from './fresh-check.js';
import { SettleBooking } from './settle-booking.js';

/** `booking.status` is `confirmed`, or `pending` when the provider's answer is still open. */
export interface Booked {
  readonly booking: Booking;
  readonly health: CalendarHealthView;
  readonly warnings: readonly string[];
}

/**
 * Books an appointment: rules, connection, fresh look at the calendars, claim in our database, event,
 * confirmation. Nothing is written before the claim, and the claim settles every race.
 */
@Injectable()
export class BookAppointment {
  constructor(
    private readonly precheck: BookingPrecheck,
    private readonly freshCheck: FreshCheck,
    private readonly claimSlot: ClaimSlot,
    private readonly settle: SettleBooking,
    private readonly limits: BookingLimits,
  ) {}

  /**
   * @param prechecked what {@link BookingPrecheck} said of this very wish a moment ago
   * @throws RulesViolation | ReauthRequired | SlotUnavailable | CalendarGone | CalendarPermissionDenied |
   *   CalendarUnverifiable | EventRefused
   * @throws ValidationFailed | Conflict the hold is none of the caller's, or keeps something else
   */
  async execute(
    configurationId: string,
    scope: WorkspaceScope,
    wish: BookingWish,
    prechecked: Bookable | null = null,
  ): Promise<Booked> {
    return this.limits.orRepeated(configurationId, wish, async () => {
      const deadline = this.limits.deadline();
      const bookable = prechecked ?? (await this.precheck.execute(configurationId, scope, wish));
      return this.#book(bookable, wish, deadline);
    });
  }

  async #book(bookable: Bookable, wish: BookingWish, deadline: Deadline): Promise<Booked> {
    const { hold } = bookable;
    const own = hold && { ownerId: hold.id, startAt: hold.startAt, endAt: hold.endAt, hasEvent: false };
    const { taken, health, warnings, recheck } = await this.freshCheck.execute(bookable, deadline, own);
    const booking = taken ? null : await this.claimSlot.execute(bookable, wish);
    if (booking === null) throw await this.limits.unavailable(bookable, health, deadline);
    const [calendar] = bookable.calendars;
    const settled = await this.settle
      .execute(booking, calendar, deadline, { health, recheck })
      .catch((error: unknown) => this.limits.orAlternatives(error, bookable, health, deadline));
    return { booking: settled, health, warnings };
  }
}
