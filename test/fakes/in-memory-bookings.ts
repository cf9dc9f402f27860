import type { ClaimTerms } from '../../src/booking/bookable.js';
import { IdempotencyInProgress } from '../../src/booking/booking.errors.js';
import { eventIdOf, isLive, type Booking, type NewBooking } from '../../src/booking/booking.js';
import {
  Bookings,
  type BookingFilter,
  type ConflictingBookings,
  type Refused,
  type UpcomingBookings,
} from '../../src/booking/bookings.js';
import type { Failure } from '../../src/shared/failure.js';
import type { Page, PageQuery } from '../../src/shared/page.js';
import type { Instant, Interval } from '../../src/shared/time.js';
import type { WorkspaceScope } from '../../src/workspaces/workspace.js';
import { isVisible, type BookingRow, type InMemoryBookingTables } from './in-memory-booking-tables.js';
import { pageOf } from './in-memory-page.js';

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;
/** As with the usual deadlines: of a request, and of a step of the reconciliation. */
const LEASE_MS = 15_000;

type Change = Partial<BookingRow>;

export class InMemoryBookings extends Bookings {
  constructor(private readonly tables: InMemoryBookingTables) {
    super();
  }

  /** Puts a booking there as it is, with the time that it has. */
  given(booking: Booking, differences: Change = {}): Booking {
    this.tables.bookings.set(booking.id, { ...booking, ...NOTHING_PLANNED, ...differences });
    if (['pending', 'confirmed', 'cancelling'].includes(booking.status))
      this.tables.give(claimantOf(booking), booking, { incoming: booking.movedFrom !== null });
    if (booking.movedFrom !== null) this.tables.give(claimantOf(booking), booking.movedFrom);
    return booking;
  }

  async claim(booking: NewBooking, terms: ClaimTerms, holdId: string | null): Promise<Booking | Refused> {
    if (this.tables.bookings.has(booking.id)) throw new IdempotencyInProgress();
    const claimant = claimantOf(booking, holdId);
    const obstacle = this.tables.obstacle(claimant, terms);
    if (obstacle !== null) return obstacle;
    this.tables.give(claimant, terms.needed);
    if (holdId !== null) this.tables.holds.delete(holdId);
    const made: Booking = { ...booking, ...NOTHING_HAPPENED, createdAt: this.#now() };
    this.tables.bookings.set(booking.id, { ...made, ...NOTHING_PLANNED, nextAttemptAt: this.#in(LEASE_MS) });
    return made;
  }

  async find(id: string, scope: WorkspaceScope): Promise<Booking | null> {
    const row = this.tables.bookings.get(id);
    return row !== undefined && isVisible(row, scope) ? bookingOf(row) : null;
  }

  async list(scope: WorkspaceScope, filter: BookingFilter, page: PageQuery): Promise<Page<Booking>> {
    const { configurationId, status, from, to } = filter;
    const rows = this.#rows().filter(
      (row) =>
        isVisible(row, scope) &&
        (configurationId === null || row.configurationId === configurationId) &&
        (status === null || row.status === status) &&
        (from === null || row.startAt >= from) &&
        (to === null || row.startAt < to),
    );
    return pageOf(rows.map(bookingOf), page);
  }

  async findTwin(configurationId: string, startAt: Instant, email: string): Promise<Booking | null> {
    const twin = this.#rows().find(
      (row) =>
        row.configurationId === configurationId &&
        row.startAt === startAt &&
        row.attendee.email.toLowerCase() === email.toLowerCase() &&
        isLive(row) &&
        row.createdAt > this.#in(-10 * MINUTE_MS),
    );
    return twin === undefined ? null : bookingOf(twin);
  }

  async confirm(booking: Booking, meetingLink: string | null): Promise<Booking | null> {
    const confirmed = this.#changed(booking.id, asSeen('pending', booking), (row) => ({
      ...SETTLED,
      settledAt: this.#now(),
      meetingLink: meetingLink ?? row.meetingLink,
      failure: null,
    }));
    if (confirmed === null) return null;
    const incoming = this.tables.takeBack(booking.id, (claim) => claim.incoming);
    if (incoming.length > 0) this.tables.takeBack(booking.id);
    for (const claim of incoming) this.tables.give(claimantOf(booking), claim);
    return confirmed;
  }

  async fail(booking: Booking, failure: Failure): Promise<Booking | null> {
    const isNew = (row: BookingRow): boolean => asSeen('pending', booking)(row) && row.movedFrom === null;
    const nextAttemptAt = this.#in(MINUTE_MS);
    const change = { status: 'failed', failure, attempts: 0, sweepsLeft: 3, nextAttemptAt } as const;
    return this.#ended(this.#changed(booking.id, isNew, () => change));
  }

  async nextGeneration(id: string, from: number): Promise<Booking | null> {
    const isSo = ({ status, eventGeneration }: BookingRow): boolean =>
      status === 'pending' && eventGeneration === from;
    const eventGeneration = from + 1;
    return this.#changed(id, isSo, () => ({ eventGeneration, eventId: eventIdOf(id, eventGeneration) }));
  }

  async startMoving(
    { id }: Booking,
    to: Interval,
    terms: ClaimTerms,
  ): Promise<Booking | Refused | 'not_confirmed'> {
    const row = this.tables.bookings.get(id);
    if (row?.status !== 'confirmed') return 'not_confirmed';
    const obstacle = this.tables.obstacle(claimantOf(row), terms);
    if (obstacle !== null) return obstacle;
    this.tables.give(claimantOf(row), terms.needed, { incoming: true });
    const movedFrom = { startAt: row.startAt, endAt: row.endAt };
    const change = { ...to, status: 'pending', movedFrom, failure: null, attempts: 0 } as const;
    return this.#put(row, { ...change, nextAttemptAt: this.#in(LEASE_MS) });
  }

  async undoMove(booking: Booking, failure: Failure): Promise<Booking | null> {
    const isMoving = (row: BookingRow): boolean => asSeen('pending', booking)(row) && row.movedFrom !== null;
    const undone = this.#changed(booking.id, isMoving, ({ movedFrom }) => ({
      ...SETTLED,
      ...movedFrom,
      settledAt: this.#now(),
      failure,
    }));
    if (undone !== null) this.tables.takeBack(booking.id, (claim) => claim.incoming);
    return undone;
  }

  async startCancelling(id: string, cancelReason: string | null): Promise<Booking | null> {
    return this.#changed(id, isLive, ({ status }) => ({
      status: 'cancelling',
      cancelReason,
      attempts: 0,
      movedFrom: null,
      sweepsLeft: status === 'pending' ? 3 : 0,
      nextAttemptAt: this.#in(LEASE_MS),
    }));
  }

  async finishCancelling(id: string): Promise<Booking | null> {
    const isCancelling = ({ status }: BookingRow): boolean => status === 'cancelling';
    return this.#ended(
      this.#changed(id, isCancelling, ({ sweepsLeft }) => ({
        status: 'cancelled',
        failure: null,
        attempts: 0,
        nextAttemptAt: sweepsLeft > 0 ? this.#in(MINUTE_MS) : null,
      })),
    );
  }

  async standing(calendarId: string, limit: number): Promise<Booking[]> {
    const settledBefore = this.#in(-2 * MINUTE_MS);
    return this.#rows()
      .filter(
        (row) =>
          row.calendarId === calendarId &&
          row.status === 'confirmed' &&
          row.endAt > this.#now() &&
          row.settledAt !== null &&
          row.settledAt < settledBefore,
      )
      .toSorted((a, b) => a.startAt - b.startAt)
      .slice(0, limit)
      .map(bookingOf);
  }

  async followMove(booking: Booking, to: Interval): Promise<Booking | null> {
    const settledAt = this.#now();
    const moved = this.#changed(booking.id, asSeen('confirmed', booking), () => ({ ...to, settledAt }));
    if (moved === null) return null;
    // The buffers of a configuration are not known here.
    const [{ startAt, endAt } = booking] = this.tables.takeBack(booking.id);
    const needed = {
      startAt: to.startAt + startAt - booking.startAt,
      endAt: to.endAt + endAt - booking.endAt,
    };
    const free = { needed, watchedCalendarIds: [], dayLimit: null };
    if (this.tables.obstacle(claimantOf(booking), free) === null)
      this.tables.give(claimantOf(booking), needed);
    return moved;
  }

  async followDeletion(booking: Booking): Promise<Booking | null> {
    const cancelReason = 'The event was deleted in the calendar.';
    const change = { status: 'cancelled', cancelReason, nextAttemptAt: null } as const;
    return this.#ended(this.#changed(booking.id, asSeen('confirmed', booking), () => change));
  }

  async noteConflict(booking: Booking, isConflict: boolean): Promise<Booking | null> {
    const isNews = (row: BookingRow): boolean =>
      asSeen('confirmed', booking)(row) && (row.externalConflictSince === null) === isConflict;
    return this.#changed(booking.id, isNews, () => ({
      externalConflictSince: isConflict ? this.#now() : null,
    }));
  }

  async noteMeetLink(booking: Booking, meetingLink: string): Promise<Booking | null> {
    const hasNone = (row: BookingRow): boolean =>
      asSeen('confirmed', booking)(row) && row.meetingLink === null;
    return this.#changed(booking.id, hasNone, () => ({ meetingLink }));
  }

  async postpone(id: string, failure: Failure): Promise<Booking | null> {
    const isOpen = ({ status }: BookingRow): boolean => status === 'pending' || status === 'cancelling';
    return this.#changed(id, isOpen, ({ attempts }) => {
      const pauseMs = failure.needsReauth ? MINUTE_MS : Math.min(20_000, 2000 * 2 ** attempts);
      const askedMs = Math.min(failure.retryAfterMs ?? 0, 15 * MINUTE_MS);
      return { failure, attempts: attempts + 1, nextAttemptAt: this.#in(Math.max(pauseMs, askedMs)) };
    });
  }

  async swept(id: string): Promise<void> {
    this.#changed(id, isToBeSwept, ({ sweepsLeft }) => {
      const pauseMs = { 3: 9 * MINUTE_MS, 2: 50 * MINUTE_MS }[sweepsLeft];
      const nextAttemptAt = pauseMs === undefined ? null : this.#in(pauseMs);
      return { sweepsLeft: sweepsLeft - 1, attempts: 0, nextAttemptAt };
    });
  }

  async postponeSweep(id: string): Promise<void> {
    this.#changed(id, isToBeSwept, ({ attempts, endAt }) => {
      const isOver = endAt <= this.#in(-DAY_MS);
      const pauseMs = MINUTE_MS * Math.min(60, 2 ** attempts);
      return { attempts: attempts + 1, nextAttemptAt: isOver ? null : this.#in(pauseMs) };
    });
  }

  async takeDue(limit: number, busyCalendarIds: readonly string[]): Promise<Booking[]> {
    const due = this.#rows()
      .filter(({ nextAttemptAt }) => nextAttemptAt !== null && nextAttemptAt <= this.#now())
      .toSorted((a, b) => (a.nextAttemptAt ?? 0) - (b.nextAttemptAt ?? 0));
    const first = new Map<string, BookingRow>();
    for (const row of due)
      if (!busyCalendarIds.includes(row.calendarId) && !first.has(row.calendarId))
        first.set(row.calendarId, row);
    return [...first.values()]
      .slice(0, limit)
      .map((row) => this.#put(row, { nextAttemptAt: this.#in(LEASE_MS) }));
  }

  async countUpcoming(calendarIds: readonly string[]): Promise<ReadonlyMap<string, UpcomingBookings>> {
    const upcoming = new Map<string, UpcomingBookings>();
    for (const row of this.#rows()) {
      const { calendarId, startAt, endAt } = row;
      if (!calendarIds.includes(calendarId) || !isLive(row) || endAt <= this.#now()) continue;
      const { count, lastAt } = upcoming.get(calendarId) ?? { count: 0, lastAt: startAt };
      upcoming.set(calendarId, { count: count + 1, lastAt: Math.max(lastAt, startAt) });
    }
    return upcoming;
  }

  /** Names of calendars and accounts are not known here. */
  async conflicts(scope: WorkspaceScope): Promise<ConflictingBookings[]> {
    const byCalendar = new Map<string, ConflictingBookings>();
    for (const row of this.#rows()) {
      const { workspaceId, calendarId, externalConflictSince: at, status, endAt } = row;
      if (at === null || status !== 'confirmed' || endAt <= this.#now() || !isVisible(row, scope)) continue;
      const { count, since } = byCalendar.get(calendarId) ?? { count: 0, since: at };
      const names = { connectionId: '', accountEmail: '', calendarName: calendarId };
      const found = { workspaceId, calendarId, ...names, count: count + 1, since: Math.min(since, at) };
      byCalendar.set(calendarId, found);
    }
    return [...byCalendar.values()].sort((a, b) => a.since - b.since);
  }

  #rows(): BookingRow[] {
    return [...this.tables.bookings.values()];
  }

  #changed(
    id: string,
    isSo: (row: BookingRow) => boolean,
    change: (row: BookingRow) => Change,
  ): Booking | null {
    const row = this.tables.bookings.get(id);
    return row !== undefined && isSo(row) ? this.#put(row, change(row)) : null;
  }

  #put(row: BookingRow, change: Change): Booking {
    const changed = { ...row, ...change };
    this.tables.bookings.set(row.id, changed);
    return bookingOf(changed);
  }

  #ended(booking: Booking | null): Booking | null {
    if (booking !== null) this.tables.takeBack(booking.id);
    return booking;
  }

  #now(): Instant {
    return this.tables.clock.now();
  }

  #in(ms: number): Instant {
    return this.#now() + ms;
  }
}

const NOTHING_PLANNED = { sweepsLeft: 0, nextAttemptAt: null, settledAt: null } as const;
const NOTHING_HAPPENED = {
  status: 'pending',
  movedFrom: null,
  cancelReason: null,
  failure: null,
  externalConflictSince: null,
  attempts: 0,
} as const;
const SETTLED = { status: 'confirmed', attempts: 0, nextAttemptAt: null, movedFrom: null } as const;

const isToBeSwept = ({ status, sweepsLeft }: BookingRow): boolean =>
  ['cancelled', 'failed'].includes(status) && sweepsLeft > 0;

/** Still the time and the event that the caller knows. */
const asSeen =
  (status: 'pending' | 'confirmed', { startAt, endAt, eventId }: Booking) =>
  (row: BookingRow): boolean =>
    row.status === status && row.startAt === startAt && row.endAt === endAt && row.eventId === eventId;

function claimantOf({ id, calendarId, configurationId }: NewBooking, spentHold: string | null = null) {
  return { id, calendarId, configurationId, spentHold };
}

function bookingOf({ sweepsLeft: _s, nextAttemptAt: _n, settledAt: _a, ...booking }: BookingRow): Booking {
  return booking;
}
