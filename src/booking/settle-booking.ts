import { Injectable } from '@nestjs/common';
import type { CalendarHealthView } from '../availability/calendar-health-view.js';
import type { Calendar } from '../calendars/calendar.js';
import { CalendarGone, CalendarPermissionDenied } from '../calendars/calendar.errors.js';
import { ConnectedAccounts } from '../oauth/connected-accounts.js';
import type { AppError, ProblemDetails } from '../shared/app-error.js';
import type { Deadline } from '../shared/deadline.js';
import { ProviderError, type Failure } from '../shared/failure.js';
import { EventRefused } from './booking.errors.js';
import type { Booking } from './booking.js';
import { WriteEvent, type Attempt } from './write-event.js';

/** Writes the event of a booking inside its request, and puts a refusal in the caller's terms. */
@Injectable()
export class SettleBooking {
  constructor(
    private readonly writeEvent: WriteEvent,
    private readonly accounts: ConnectedAccounts,
  ) {}

  /**
   * The booking as it is then: `pending` while the provider's answer is open.
   *
   * @throws ReauthRequired | CalendarGone | CalendarPermissionDenied | EventRefused
   */
  async execute(
    booking: Booking,
    calendar: Calendar,
    deadline: Deadline,
    health: CalendarHealthView,
    attempt: Attempt = 'in_request',
  ): Promise<Booking> {
    try {
      return await this.writeEvent.execute(booking, calendar, deadline, attempt);
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      throw this.refusal(calendar, error.failure, health);
    }
  }

  refusal({ connectionId }: Calendar, failure: Failure, health: CalendarHealthView): AppError {
    const details = { calendar_health: health };
    if (failure.needsReauth) return this.accounts.reauthRequired(connectionId, failure, details);
    return eventProblem(failure, details).noting({ connection_id: connectionId });
  }
}

function eventProblem(failure: Failure, details: ProblemDetails): AppError {
  if (failure.category === 'calendar_not_found') return new CalendarGone(failure, details);
  if (failure.category === 'permission_error') return new CalendarPermissionDenied(failure, details);
  return new EventRefused(failure, details);
}
