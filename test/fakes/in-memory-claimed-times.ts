import { ClaimedTimes, type Claim } from '../../src/availability/claimed-times.js';
import type { Instant, Interval } from '../../src/shared/time.js';

export class InMemoryClaimedTimes extends ClaimedTimes {
  readonly #claims: Claim[] = [];
  readonly #starts: { readonly configurationId: string; readonly startAt: Instant }[] = [];

  given(claim: Omit<Claim, 'ownerId'> & Partial<Claim>): void {
    this.#claims.push({ ownerId: 'somebody', ...claim });
  }

  givenBooking(configurationId: string, startAt: Instant): void {
    this.#starts.push({ configurationId, startAt });
  }

  async overlapping(calendarIds: readonly string[], window: Interval): Promise<Claim[]> {
    return this.#claims.filter(
      ({ calendarId, startAt, endAt }) =>
        calendarIds.includes(calendarId) && startAt < window.endAt && window.startAt < endAt,
    );
  }

  async bookingStarts(configurationId: string, window: Interval): Promise<Instant[]> {
    return this.#starts
      .filter((one) => one.configurationId === configurationId)
      .map(({ startAt }) => startAt)
      .filter((startAt) => window.startAt <= startAt && startAt < window.endAt);
  }
}
