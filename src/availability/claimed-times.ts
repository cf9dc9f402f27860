import type { Instant, Interval } from '../shared/time.js';

/** Time that this service itself has given away: bookings with their buffers, and holds that still run. */
export interface Claim extends Interval {
  readonly calendarId: string;
  /** The booking or hold that the time is given to. */
  readonly ownerId: string;
}

export abstract class ClaimedTimes {
  /** Per calendar asked for; what was claimed through another account that lists it counts too. */
  abstract overlapping(calendarIds: readonly string[], window: Interval): Promise<Claim[]>;
  /** When the live bookings of a configuration start inside `window`, for its limit per day. */
  abstract bookingStarts(configurationId: string, window: Interval): Promise<Instant[]>;
}
