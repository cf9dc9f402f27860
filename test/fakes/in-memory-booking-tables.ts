import { ClaimedTimes, type Claim, type Place } from '../../src/availability/claimed-times.js';
import type { ClaimTerms, DayLimit } from '../../src/booking/bookable.js';
import type { Booking } from '../../src/booking/booking.js';
import type { Refused } from '../../src/booking/bookings.js';
import type { Hold } from '../../src/booking/hold.js';
import type { Clock } from '../../src/shared/clock.js';
import type { Instant, Interval } from '../../src/shared/time.js';
import type { WorkspaceScope } from '../../src/workspaces/workspace.js';

export interface BookingRow extends Booking {
  readonly sweepsLeft: number;
  readonly nextAttemptAt: Instant | null;
  readonly settledAt: Instant | null;
}

export interface ClaimRow extends Claim {
  readonly incoming: boolean;
  readonly holdEndsAt: Instant | null;
}

/** Who claims, and where. */
export interface Claimant {
  readonly id: string;
  readonly calendarId: string;
  readonly configurationId: string | null;
  readonly spentHold: string | null;
}

/** Bookings, holds and claims, which their ports share as one database. Each calendar is one that nobody else lists. */
export class InMemoryBookingTables extends ClaimedTimes {
  readonly bookings = new Map<string, BookingRow>();
  readonly holds = new Map<string, Hold>();
  claims: ClaimRow[] = [];

  constructor(readonly clock: Clock) {
    super();
  }

  /** What stands against a claim; without an obstacle, what ran out or is spent has made way for it. */
  obstacle(claimant: Claimant, { needed, watchedCalendarIds, dayLimit }: ClaimTerms): Refused | null {
    const own = new Set([claimant.id, claimant.spentHold]);
    const inTheWay = (calendars: readonly string[]): boolean =>
      this.#running(calendars, needed).some(({ ownerId }) => !own.has(ownerId));
    if (inTheWay(watchedCalendarIds)) return 'taken';
    if (dayLimit !== null && this.#isFull(claimant, dayLimit)) return 'day_full';
    if (inTheWay([claimant.calendarId])) return 'taken';
    this.claims = this.claims.filter(
      (claim) =>
        claim.ownerId !== claimant.spentHold &&
        !(claim.calendarId === claimant.calendarId && overlap(claim, needed) && !this.#runs(claim)),
    );
    return null;
  }

  give(owner: Claimant, during: Interval, differences: Partial<ClaimRow> = {}): void {
    const { startAt, endAt } = during;
    const claim = { ownerId: owner.id, calendarId: owner.calendarId, startAt, endAt };
    this.claims.push({ ...claim, incoming: false, holdEndsAt: null, ...differences });
  }

  takeBack(ownerId: string, which: (claim: ClaimRow) => boolean = () => true): ClaimRow[] {
    const taken = this.claims.filter((claim) => claim.ownerId === ownerId && which(claim));
    this.claims = this.claims.filter((claim) => !taken.includes(claim));
    return taken;
  }

  async overlapping(calendarIds: readonly string[], window: Interval): Promise<Claim[]> {
    return this.#running(calendarIds, window).map(({ ownerId, calendarId, startAt, endAt }) => ({
      ownerId,
      calendarId,
      startAt,
      endAt,
    }));
  }

  async places(configurationId: string, window: Interval): Promise<Place[]> {
    return this.#placesOf(configurationId).filter(({ startAt }) => isIn(startAt, window));
  }

  #placesOf(configurationId: string): Place[] {
    const bookings = [...this.bookings.values()].filter((row) => row.configurationId === configurationId);
    const holds = [...this.holds.values()].filter((hold) => hold.configurationId === configurationId);
    return [
      ...bookings
        .filter(({ status }) => LIVE.has(status))
        .map(({ id, startAt }) => ({ ownerId: id, startAt })),
      ...bookings.flatMap(({ id, movedFrom }) =>
        movedFrom === null ? [] : { ownerId: id, startAt: movedFrom.startAt },
      ),
      ...holds
        .filter(({ expiresAt }) => expiresAt > this.clock.now())
        .map(({ id, startAt }) => ({ ownerId: id, startAt })),
    ];
  }

  #isFull({ id, spentHold, configurationId }: Claimant, day: DayLimit): boolean {
    if (configurationId === null) return false;
    const owners = this.#placesOf(configurationId)
      .filter(({ ownerId, startAt }) => ownerId !== id && ownerId !== spentHold && isIn(startAt, day))
      .map(({ ownerId }) => ownerId);
    return new Set(owners).size >= day.places;
  }

  #running(calendarIds: readonly string[], window: Interval): ClaimRow[] {
    return this.claims.filter(
      (claim) => calendarIds.includes(claim.calendarId) && overlap(claim, window) && this.#runs(claim),
    );
  }

  #runs({ holdEndsAt }: ClaimRow): boolean {
    return holdEndsAt === null || holdEndsAt > this.clock.now();
  }
}

export const isVisible = ({ workspaceId }: { workspaceId: string }, scope: WorkspaceScope): boolean =>
  scope === 'all' || scope.workspaceId === workspaceId;

const LIVE: ReadonlySet<string> = new Set(['pending', 'confirmed', 'cancelling']);

export const overlap = (a: Interval, b: Interval): boolean => a.startAt < b.endAt && b.startAt < a.endAt;

const isIn = (instant: Instant, { startAt, endAt }: Interval): boolean =>
  startAt <= instant && instant < endAt;
