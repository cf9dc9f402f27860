import { Injectable } from '@nestjs/common';
import { calendarHealth, healthWarnings } from '../availability/calendar-health.js';
import { calendarHealthView, type CalendarHealthView } from '../availability/calendar-health-view.js';
import { confidenceIn, isTaken } from '../availability/offer-slots.js';
import { SlotResearch } from '../availability/slot-research.js';
import { CalendarGone, CalendarPermissionDenied } from '../calendars/calendar.errors.js';
import type { Calendar } from '../calendars/calendar.js';
import type { CalendarRead } from '../calendars/read-busy.js';
import { ConnectedAccounts } from '../oauth/connected-accounts.js';
import type { AppError } from '../shared/app-error.js';
import type { Deadline } from '../shared/deadline.js';
import type { Failure } from '../shared/failure.js';
import type { Bookable } from './bookable.js';
import { CalendarUnverifiable } from './booking.errors.js';
import { readWithout, type OwnTime } from './own-time.js';

/** What the calendars said of exactly the time that is to be booked. */
export interface FreshTruth {
  readonly taken: boolean;
  readonly health: CalendarHealthView;
  readonly warnings: readonly string[];
}

/**
 * Reads the calendars again for exactly the wished time. The booking calendar must be readable now; for
 * the others, the configuration's policy decides what an unreadable calendar means.
 */
@Injectable()
export class FreshCheck {
  constructor(
    private readonly research: SlotResearch,
    private readonly accounts: ConnectedAccounts,
  ) {}

  /** @throws ReauthRequired | CalendarGone | CalendarPermissionDenied | CalendarUnverifiable */
  async execute(
    { configuration, calendars, needed }: Bookable,
    deadline: Deadline,
    own: OwnTime | null = null,
  ): Promise<FreshTruth> {
    const wish = { window: needed, deadline, priority: 'booking' } as const;
    const { reads, claims } = await this.research.known(configuration, calendars, wish);
    const health = calendarHealthView(calendarHealth(reads), configuration.timezone);
    const [main] = reads;
    if (main?.failure) throw this.#bookingCalendarProblem(main, main.failure, health);
    if (configuration.onUnverified === 'block' && confidenceIn(reads, needed) === 'unverified') {
      const unread = reads.find((read) => read.failure !== null);
      const message = 'A calendar that must be free could not be checked, so nothing was booked.';
      throw new CalendarUnverifiable(message, unread?.failure ?? null, { calendar_health: health }).noting({
        connection_id: unread?.calendar.connectionId,
      });
    }
    const foreign = claims.filter(({ ownerId }) => ownerId !== own?.ownerId);
    const seen = reads.map((read) => (isSameCalendar(read, calendars[0]) ? readWithout(read, own) : read));
    return { taken: isTaken(seen, foreign, needed), health, warnings: healthWarnings(reads) };
  }

  /** The state of the calendars around a booking that is made already: nothing is judged. */
  async look(
    { configuration, calendars, needed }: Bookable,
    deadline: Deadline,
  ): Promise<Omit<FreshTruth, 'taken'>> {
    const wish = { window: needed, deadline, priority: 'request' } as const;
    const { reads } = await this.research.known(configuration, calendars, wish);
    const health = calendarHealthView(calendarHealth(reads), configuration.timezone);
    return { health, warnings: healthWarnings(reads) };
  }

  #bookingCalendarProblem(
    { calendar: { connectionId } }: CalendarRead,
    failure: Failure,
    health: CalendarHealthView,
  ): AppError {
    const details = { calendar_health: health };
    const whose = { connection_id: connectionId };
    if (failure.needsReauth) return this.accounts.reauthRequired(connectionId, failure, details);
    if (failure.category === 'calendar_not_found') return new CalendarGone(failure, details).noting(whose);
    if (failure.category === 'permission_error')
      return new CalendarPermissionDenied(failure, details).noting(whose);
    const message = 'The booking calendar could not be checked just now, so nothing was booked.';
    return new CalendarUnverifiable(message, failure, details).noting(whose);
  }
}

/** Another account may list the booking calendar as well; it is the same calendar. */
function isSameCalendar({ calendar }: CalendarRead, { externalId }: Calendar): boolean {
  return calendar.externalId.toLowerCase() === externalId.toLowerCase();
}
