import { Injectable } from '@nestjs/common';
import type { CalendarHealthView } from '../availability/calendar-health-view.js';
import { CalendarGone, CalendarPermissionDenied } from '../calendars/calendar.errors.js';
import { ConnectedAccounts } from '../oauth/connected-accounts.js';
import type { AppError } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import { Config } from '../shared/config.js';
import { Deadline } from '../shared/deadline.js';
import { type Failure } from '../shared/failure.js';
import { formatInstant } from '../shared/time.js';
import { type Bookable } from './booking-precheck.js';
import { EventRefused, SlotUnavailable } from './booking.errors.js';
import { FindAlternatives } from './find-alternatives.js';

/** How long a booking may take, and what its refusals say. */
@Injectable()
export class BookingLimits {
  constructor(
    private readonly alternatives: FindAlternatives,
    private readonly accounts: ConnectedAccounts,
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
    const zone = bookable.configuration.timezone;
    const free = await this.alternatives.execute(bookable, deadline);
    const alternatives = free.map(({ startAt, endAt }) => ({
      start_time: formatInstant(startAt, zone),
      end_time: formatInstant(endAt, zone),
    }));
    return new SlotUnavailable({ alternatives, calendar_health: health });
  }

  refusal({ calendars }: Bookable, failure: Failure, health: CalendarHealthView): AppError {
    const details = { calendar_health: health };
    if (failure.needsReauth) return this.accounts.reauthRequired(calendars[0].connectionId, failure, details);
    if (failure.category === 'calendar_not_found') return new CalendarGone(details);
    if (failure.category === 'permission_error') return new CalendarPermissionDenied(details);
    return new EventRefused(failure, details);
  }
}
