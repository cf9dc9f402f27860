import { Injectable } from '@nestjs/common';
import type { CalendarHealthView } from '../availability/calendar-health-view.js';
import { ProviderError } from '../shared/failure.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';
import type { Booking } from './booking.js';
import type { BookingWish } from './booking-wish.js';
import { BookingPrecheck } from './booking-precheck.js';
import { FreshCheck } from './fresh-check.js';
import { WriteEvent } from './write-event.js';
import { ClaimSlot } from './claim-slot.js';
import { BookingLimits } from './booking-limits.js';

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
    private readonly writeEvent: WriteEvent,
    private readonly limits: BookingLimits,
  ) {}

  /**
   * @throws RulesViolation | ReauthRequired | SlotUnavailable | CalendarGone | CalendarPermissionDenied |
   *   CalendarUnverifiable | EventRefused
   */
  async execute(configurationId: string, scope: WorkspaceScope, wish: BookingWish): Promise<Booked> {
    const deadline = this.limits.deadline();
    const bookable = await this.precheck.execute(configurationId, scope, wish);
    const { taken, health, warnings } = await this.freshCheck.execute(bookable, deadline);
    const booking = taken ? null : await this.claimSlot.execute(bookable, wish);
    if (booking === null) throw await this.limits.unavailable(bookable, health, deadline);
    try {
      const outcome = await this.writeEvent.execute(booking, bookable.calendars[0], deadline);
      return { booking: outcome.booking, health, warnings };
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      throw this.limits.refusal(bookable, error.failure, health);
    }
  }
}
