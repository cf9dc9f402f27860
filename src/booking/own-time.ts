import type { CalendarRead } from '../calendars/read-busy.js';
import type { Interval } from '../shared/time.js';

/** Time in the booking calendar that the asker has itself, so that it cannot be in the way. */
export interface OwnTime extends Interval {
  /** The asker's booking or hold. */
  readonly ownerId: string;
  /** Whether an event stands there, so that the calendar reports it as busy. */
  readonly hasEvent: boolean;
}

/** Busy times without `own`; what sticks out of it on either side stays. */
export function without(busy: readonly Interval[], own: Interval): Interval[] {
  return busy.flatMap(({ startAt, endAt }) => {
    if (endAt <= own.startAt || own.endAt <= startAt) return [{ startAt, endAt }];
    return [
      ...(startAt < own.startAt ? [{ startAt, endAt: own.startAt }] : []),
      ...(own.endAt < endAt ? [{ startAt: own.endAt, endAt }] : []),
    ];
  });
}

/** The read of the booking calendar as it would be without the asker's own event. */
export function readWithout(read: CalendarRead, own: OwnTime | null): CalendarRead {
  return own?.hasEvent === true ? { ...read, busy: without(read.busy, own) } : read;
}
