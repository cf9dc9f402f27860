import { Injectable } from '@nestjs/common';
import type { CalendarHealthView } from '../availability/calendar-health-view.js';
import type { Calendar } from '../calendars/calendar.js';
import { CalendarGone, CalendarPermissionDenied } from '../calendars/calendar.errors.js';
import { ConnectedAccounts } from '../oauth/connected-accounts.js';
import { Conflict, type AppError, type ProblemDetails } from '../shared/app-error.js';
import type { Deadline } from '../shared/deadline.js';
import { ProviderError, unasked, type Failure } from '../shared/failure.js';
import type { Interval } from '../shared/time.js';
import { EventRefused, SlotUnavailable } from './booking.errors.js';
import { isLive, isLiveAt, type Booking } from './booking.js';
import { TAKEN_MEANWHILE } from './fresh-check.js';
import type { Recheck } from './place-event.js';
import { WriteEvent, type Attempt } from './write-event.js';

interface Circumstances {
  /** For the answer, if it is no. */
  readonly health: CalendarHealthView;
  readonly attempt?: Attempt;
  readonly recheck?: Recheck | null;
}

/** Writes the event of a booking inside its request, and puts a refusal in the caller's terms. */
@Injectable()
export class SettleBooking {
  constructor(
    private readonly writeEvent: WriteEvent,
    private readonly accounts: ConnectedAccounts,
  ) {}

  /**
   * The booking as it is then: `confirmed`, or `pending` while the provider's answer is open.
   *
   * @throws ReauthRequired | CalendarGone | CalendarPermissionDenied | EventRefused
   * @throws SlotUnavailable `recheck` found the time to be taken
   * @throws Conflict the booking was cancelled meanwhile
   */
  async execute(
    booking: Booking,
    calendar: Calendar,
    deadline: Deadline,
    { health, attempt = 'in_request', recheck = null }: Circumstances,
  ): Promise<Booking> {
    try {
      const written = await this.writeEvent.execute(booking, calendar, deadline, attempt, recheck);
      return this.standing(written, calendar, health, booking);
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      throw this.#refusal(calendar, error.failure, health);
    }
  }

  /**
   * The booking, if it stands at its time or is to stand there. Somebody else may have been told of the refusal that ended
   * it, or may have cancelled it.
   *
   * @param wanted where it was to be
   * @throws the same as {@link execute}
   */
  standing(
    booking: Booking,
    calendar: Calendar,
    health: CalendarHealthView,
    wanted: Interval = booking,
  ): Booking {
    const { status, failure } = booking;
    if (isLiveAt(booking, wanted)) return booking;
    if (failure !== null && (status === 'failed' || status === 'confirmed'))
      throw this.#refusal(calendar, unasked(failure), health);
    if (isLive(booking)) return booking;
    throw new Conflict('The appointment was cancelled meanwhile.');
  }

  #refusal({ connectionId }: Calendar, failure: Failure, health: CalendarHealthView): AppError {
    const details = { calendar_health: health };
    if (failure.needsReauth) return this.accounts.reauthRequired(connectionId, failure, details);
    return eventProblem(failure, details).noting({ connection_id: connectionId });
  }
}

function eventProblem(failure: Failure, details: ProblemDetails): AppError {
  if (failure.code === TAKEN_MEANWHILE.code) return new SlotUnavailable(details);
  if (failure.category === 'calendar_not_found') return new CalendarGone(failure, details);
  if (failure.category === 'permission_error') return new CalendarPermissionDenied(failure, details);
  return new EventRefused(failure, details);
}
