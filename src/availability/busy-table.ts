import type { Interval } from '../shared/time.js';

/** Busy time of one calendar in epoch minutes, half-open, sorted by start, within ±2^30; entries may overlap. */
export interface BusyTable {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

const MINUTE_MS = 60_000;
/** The year 4011; leaves room to add lengths without leaving 32 bits. */
const LAST_MINUTE = 2 ** 30;

/**
 * Takes intervals in any order, overlapping or repeated. A minute that is busy for one millisecond is busy; an
 * interval that contains no time is left out.
 */
export function busyTable(intervals: readonly Interval[]): BusyTable {
  const sorted = intervals.filter((i) => i.startAt < i.endAt).sort((a, b) => a.startAt - b.startAt);
  return {
    starts: Int32Array.from(sorted, (i) => clamped(Math.floor(i.startAt / MINUTE_MS))),
    ends: Int32Array.from(sorted, (i) => clamped(Math.ceil(i.endAt / MINUTE_MS))),
  };
}

function clamped(minute: number): number {
  return Math.min(Math.max(minute, -LAST_MINUTE), LAST_MINUTE);
}
