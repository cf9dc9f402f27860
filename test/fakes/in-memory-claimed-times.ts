import { ClaimedTimes, type Claim, type Place } from '../../src/availability/claimed-times.js';
import type { Instant, Interval } from '../../src/shared/time.js';

export class InMemoryClaimedTimes extends ClaimedTimes {
  readonly #claims: Claim[] = [];
  readonly #places: (Place & { readonly configurationId: string })[] = [];

  given(claim: Omit<Claim, 'ownerId'> & Partial<Claim>): void {
    this.#claims.push({ ownerId: 'somebody', ...claim });
  }

  givenPlace(configurationId: string, startAt: Instant, ownerId = `owner ${this.#places.length}`): void {
    this.#places.push({ configurationId, startAt, ownerId });
  }

  async overlapping(calendarIds: readonly string[], window: Interval): Promise<Claim[]> {
    return this.#claims.filter(
      ({ calendarId, startAt, endAt }) =>
        calendarIds.includes(calendarId) && startAt < window.endAt && window.startAt < endAt,
    );
  }

  async places(configurationId: string, window: Interval): Promise<Place[]> {
    return this.#places.filter(
      (one) =>
        one.configurationId === configurationId &&
        window.startAt <= one.startAt &&
        one.startAt < window.endAt,
    );
  }
}
