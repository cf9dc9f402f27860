import type { Instant } from '../shared/time.js';
import type { Attendee } from './booking.js';

export interface TimeWish {
  readonly startAt: Instant;
  /** Null: the configuration's. */
  readonly durationMinutes: number | null;
}

export interface BookingWish extends TimeWish {
  /** Chosen before anything happens, so that a repeated request can find what the first one made. */
  readonly bookingId: string;
  readonly holdId: string | null;
  readonly title: string;
  readonly description: string | null;
  readonly attendee: Attendee;
}
