import type { Failure } from '../shared/failure.js';
import type { Page, PageQuery } from '../shared/page.js';
import type { Instant, Interval } from '../shared/time.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';
import type { Booking, BookingStatus, NewBooking } from './booking.js';

export interface BookingFilter {
  readonly configurationId: string | null;
  readonly status: BookingStatus | null;
  /** Bookings that start inside; null: no bound. */
  readonly from: Instant | null;
  readonly to: Instant | null;
}

/** Bookings and the claims that keep their time. Every transition is a compare-and-set on the status. */
export abstract class Bookings {
  /**
   * Takes `claim` (the booking's time with its buffers) and stores the booking as `pending`, in one
   * statement; null when the time is already given away. Of any number of racers, one wins.
   */
  abstract claim(booking: NewBooking, claim: Interval): Promise<Booking | null>;
  abstract find(id: string, scope: WorkspaceScope): Promise<Booking | null>;
  abstract list(scope: WorkspaceScope, filter: BookingFilter, page: PageQuery): Promise<Page<Booking>>;
  /** `pending` to `confirmed`. Null when it was no longer pending. */
  abstract confirm(id: string, meetingLink: string | null): Promise<Booking | null>;
  /** `pending` to `failed`; gives the time back. Null when it was no longer pending. */
  abstract fail(id: string, failure: Failure): Promise<Booking | null>;
  /** A new event id, if the booking is still pending with generation `from`. */
  abstract nextGeneration(id: string, from: number): Promise<Booking | null>;
  /** `pending` or `confirmed` to `cancelling`. Null in any other status. */
  abstract startCancelling(id: string, reason: string | null): Promise<Booking | null>;
  /** `cancelling` to `cancelled`; gives the time back. */
  abstract finishCancelling(id: string): Promise<Booking | null>;
  /** Keeps a `pending` or `cancelling` booking for a later attempt, further away each time. */
  abstract postpone(id: string, failure: Failure): Promise<Booking | null>;
  /** Bookings whose next attempt is due; each is handed to one caller at a time. */
  abstract takeDue(limit: number): Promise<Booking[]>;
  /** Upcoming live bookings per calendar, for judging what an outage affects. */
  abstract countUpcoming(calendarIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
}
