import type { Instant, Interval } from '../shared/time.js';

/** A time that is kept for somebody who is still filling in a form. Ends by itself at `expiresAt`. */
export interface Hold extends Interval {
  readonly id: string;
  readonly workspaceId: string;
  readonly configurationId: string;
  readonly calendarId: string;
  /** Of the configuration when the hold was made. */
  readonly timezone: string;
  /** By the database's clock. */
  readonly expiresAt: Instant;
}

export type NewHold = Omit<Hold, 'expiresAt'>;
