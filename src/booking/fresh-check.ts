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
import type { Recheck } from './place-event.js';

/** What the calendars said of exactly the time that is to be booked. */
export interface FreshTruth {
  readonly taken: boolean;
  readonly health: CalendarHealthView;
  readonly warnings: readonly string[];
  /** F43: for the moment before the event is written. Reads the booking calendar again if that look is no longer fresh. */
  readonly recheck: Recheck;
}

/** An event that is written later than this after the look is not written upon it. */
const FRESH_MS = 2000;

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
    const leftMs = deadline.remainingMs();
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
    const recheck: Recheck = async () => {
      if (leftMs - deadline.remainingMs() <= FRESH_MS) return null;
      const again = await this.research.known(configuration, [calendars[0]], wish);
      const [read] = again.reads;
      if (read === undefined || read.failure !== null) return read?.failure ?? null;
      return isTaken([readWithout(read, own)], [], needed) ? TAKEN_MEANWHILE : null;
    };
    return { taken: isTaken(seen, foreign, needed), health, warnings: healthWarnings(reads), recheck };
  }

  /** The state of the calendars around a booking that is made already: nothing is judged. */
  async look(
    { configuration, calendars, needed }: Bookable,
    deadline: Deadline,
  ): Promise<Pick<FreshTruth, 'health' | 'warnings'>> {
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

/** Somebody else put an event there between the look and the write. */
export const TAKEN_MEANWHILE: Failure = {
  category: 'connection_error',
  code: 'taken_meanwhile',
  reason: null,
  actor: 'none',
  httpStatus: 409,
  message: 'Another event was put into the calendar at that time.',
  needsReauth: false,
  retryable: false,
  retryAfterMs: null,
  timedOut: false,
  attempts: 0,
};

/** Another account may list the booking calendar as well; it is the same calendar. */
function isSameCalendar({ calendar }: CalendarRead, { externalId }: Calendar): boolean {
  return calendar.externalId.toLowerCase() === externalId.toLowerCase();
}
