import type { Instant, Interval } from '../shared/time.js';

/** What is known of a calendar inside a window, from earlier reads. */
export interface KnownBusyTimes {
  readonly busy: readonly Interval[];
  /** The parts of the window that some read covered. */
  readonly covered: readonly Interval[];
  /** The oldest read among them. */
  readonly asOf: Instant;
}

/** The last successful read of every calendar, kept per UTC day. */
export abstract class KnownBusy {
  /** `window` must start and end at a UTC midnight. */
  abstract remember(
    reads: ReadonlyMap<string, readonly Interval[]>,
    window: Interval,
    readAt: Instant,
  ): Promise<void>;
  /** Per calendar id; calendars of which nothing newer than `notBefore` is known are left out. */
  abstract recall(
    calendarIds: readonly string[],
    window: Interval,
    notBefore: Instant,
  ): Promise<ReadonlyMap<string, KnownBusyTimes>>;
  /** Forgets days that are over. */
  abstract removePast(): Promise<number>;
}
