import { Injectable } from '@nestjs/common';
import { Ids } from '../shared/ids.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';
import { BookingLimits } from './booking-limits.js';
import { BookingPrecheck } from './booking-precheck.js';
import type { TimeWish } from './booking-wish.js';
import { ClaimSlot } from './claim-slot.js';
import { FreshCheck } from './fresh-check.js';
import type { Hold } from './hold.js';

/** Keeps a time for somebody who is about to book it. Same rules and same look at the calendars as a booking. */
@Injectable()
export class HoldSlot {
  constructor(
    private readonly precheck: BookingPrecheck,
    private readonly freshCheck: FreshCheck,
    private readonly claimSlot: ClaimSlot,
    private readonly limits: BookingLimits,
    private readonly ids: Ids,
  ) {}

  /**
   * @throws NotFound | RulesViolation | ReauthRequired | SlotUnavailable | CalendarGone |
   *   CalendarPermissionDenied | CalendarUnverifiable
   */
  async execute(
    configurationId: string,
    scope: WorkspaceScope,
    wish: TimeWish,
    ttlSeconds: number,
  ): Promise<Hold> {
    const deadline = this.limits.deadline();
    const bookable = await this.precheck.execute(configurationId, scope, { ...wish, holdId: null });
    const { taken, health } = await this.freshCheck.execute(bookable, deadline);
    const hold = taken ? null : await this.claimSlot.hold(bookable, this.ids.next(), ttlSeconds);
    if (hold === null) throw await this.limits.unavailable(bookable, health, deadline);
    return hold;
  }
}
