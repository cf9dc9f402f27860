import type { Interval } from '../shared/time.js';

/** Busy time of one calendar in epoch minutes, half-open, sorted by start; entries may overlap. */
export interface BusyTable {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

const MINUTE_MS = 60_000;
const INT32_MIN = -(2 ** 31);
const INT32_MAX = 2 ** 31 - 1;

/**
 * Takes intervals in any order, overlapping or repeated. A minute that is busy for one millisecond is busy; an
 * interval that contains no time is left out.
 */
export function busyTable(intervals: readonly Interval[]): BusyTable {
  const sorted = intervals.filter((i) => i.startAt < i.endAt).sort((a, b) => a.startAt - b.startAt);
  return {
    starts: Int32Array.from(sorted, (i) => int32(Math.floor(i.startAt / MINUTE_MS))),
    ends: Int32Array.from(sorted, (i) => int32(Math.ceil(i.endAt / MINUTE_MS))),
  };
}

function int32(minute: number): number {
  return Math.min(Math.max(minute, INT32_MIN), INT32_MAX);
}
