import type { Instant, Interval } from '../shared/time.js';

/** Time that this service itself has given away: bookings with their buffers, and holds that still run. */
export interface Claim extends Interval {
  readonly calendarId: string;
  /** The booking or hold that the time is given to. */
  readonly ownerId: string;
}

/** What counts towards a configuration's limit per day. */
export interface Place {
  readonly ownerId: string;
  readonly startAt: Instant;
}

export abstract class ClaimedTimes {
  /** Per calendar asked for; what was claimed through another account that lists it counts too. */
  abstract overlapping(calendarIds: readonly string[], window: Interval): Promise<Claim[]>;
  /** The live bookings and holds of a configuration that start, or started before a move, inside `window`. */
  abstract places(configurationId: string, window: Interval): Promise<Place[]>;
}
