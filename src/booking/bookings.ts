import type { Failure } from '../shared/failure.js';
import type { Page, PageQuery } from '../shared/page.js';
import type { Instant, Interval } from '../shared/time.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';
import type { ClaimTerms } from './bookable.js';
import type { Booking, BookingStatus, NewBooking } from './booking.js';

export interface BookingFilter {
  readonly configurationId: string | null;
  readonly status: BookingStatus | null;
  /** Bookings that start inside; null: no bound. */
  readonly from: Instant | null;
  readonly to: Instant | null;
}

/** At least one. */
export interface UpcomingBookings {
  readonly count: number;
  /** When the last of them starts. */
  readonly lastAt: Instant;
}

/** Upcoming bookings of one calendar at whose time another event stands. */
export interface ConflictingBookings {
  readonly workspaceId: string;
  readonly connectionId: string;
  readonly accountEmail: string;
  readonly calendarId: string;
  readonly calendarName: string;
  readonly count: number;
  /** When the first of them was found. */
  readonly since: Instant;
}

/** Why nothing was claimed. */
export type Refused = 'taken' | 'day_full';

/**
 * Bookings and the claims that keep their time. Every transition is a compare-and-set on the status; those
 * that take a {@link Booking} also want its time and event to be still the same.
 */
export abstract class Bookings {
  /**
   * Claims the time and stores the booking as `pending`, in one statement. Of any number of racers, one
   * wins; of any number on one day, as many as its limit. `holdId` is spent: its time is this booking's.
   *
   * @throws IdempotencyInProgress there is a booking of that id: another run of the same request made it
   */
  abstract claim(booking: NewBooking, terms: ClaimTerms, holdId: string | null): Promise<Booking | Refused>;
  abstract find(id: string, scope: WorkspaceScope): Promise<Booking | null>;
  abstract list(scope: WorkspaceScope, filter: BookingFilter, page: PageQuery): Promise<Page<Booking>>;
  /** A live booking of the same person for the same time, made in the last ten minutes (F60). */
  abstract findTwin(configurationId: string, startAt: Instant, email: string): Promise<Booking | null>;
  /** `pending` to `confirmed`; a booking that moved gives its former time back. Null when it is not so any more. */
  abstract confirm(booking: Booking, meetingLink: string | null): Promise<Booking | null>;
  /** `pending` to `failed`; gives the time back. Null when it is not so any more, or was moving. */
  abstract fail(booking: Booking, failure: Failure): Promise<Booking | null>;
  /** A new event id, if the booking is still pending with generation `from`. */
  abstract nextGeneration(id: string, from: number): Promise<Booking | null>;
  /**
   * `confirmed` to `pending` at a new time, which is claimed while the present one is kept, in one statement.
   * `not_confirmed`: the booking is in another status.
   */
  abstract startMoving(
    booking: Booking,
    to: Interval,
    terms: ClaimTerms,
  ): Promise<Booking | Refused | 'not_confirmed'>;
  /** Back to `confirmed` at the former time; gives the new one back. Null when it is not so any more. */
  abstract undoMove(booking: Booking, failure: Failure): Promise<Booking | null>;
  /** `pending` or `confirmed` to `cancelling`. Null in any other status. */
  abstract startCancelling(id: string, reason: string | null): Promise<Booking | null>;
  /** `cancelling` to `cancelled`; gives the time back. */
  abstract finishCancelling(id: string): Promise<Booking | null>;
  /**
   * Confirmed bookings of a calendar that are not over, the earliest first. Those that were written in the last two
   * minutes are left out: a calendar may not show them everywhere yet.
   */
  abstract standing(calendarId: string, limit: number): Promise<Booking[]>;
  /**
   * The event was given another time in the calendar: so is the booking, if it is still confirmed and as it is here.
   * Its claim follows as far as nobody else has that time.
   */
  abstract followMove(booking: Booking, to: Interval): Promise<Booking | null>;
  /** The event was deleted in the calendar: the booking is `cancelled`, if it is still confirmed and as it is here. */
  abstract followDeletion(booking: Booking): Promise<Booking | null>;
  /** Another event stands at the booking's time, or does so no more. Null when that is known, or it is not so any more. */
  abstract noteConflict(booking: Booking, isConflict: boolean): Promise<Booking | null>;
  /** The provider made the link after the event. */
  abstract noteMeetLink(booking: Booking, meetLink: string): Promise<Booking | null>;
  /** Keeps a `pending` or `cancelling` booking for a later attempt, further away each time. */
  abstract postpone(id: string, failure: Failure): Promise<Booking | null>;
  /** Notes that the event of an ended booking was looked for; it is looked for again 9 and 50 minutes later (F40). */
  abstract swept(id: string): Promise<void>;
  /** The calendar could not be asked: the same look is due again, a while later each time. */
  abstract postponeSweep(id: string): Promise<void>;
  /**
   * Bookings whose next attempt is due, at most one of a calendar and none of `busyCalendarIds`. Each is handed to one
   * caller at a time, and to another when that one came to no end with it.
   */
  abstract takeDue(limit: number, busyCalendarIds: readonly string[]): Promise<Booking[]>;
  /** Upcoming live bookings per calendar, for judging what an outage affects. */
  abstract countUpcoming(calendarIds: readonly string[]): Promise<ReadonlyMap<string, UpcomingBookings>>;
  /** By calendar, the longest known first. */
  abstract conflicts(scope: WorkspaceScope): Promise<ConflictingBookings[]>;
}
