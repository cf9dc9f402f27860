import type { BusyTable } from './busy-table.js';
import type { WorkingSpan } from './day-windows.js';

/** The time a slot takes: its own length, and free time before and after it that may lie outside working hours. */
export interface SlotLength {
  readonly durationMinutes: number;
  readonly prepMinutes: number;
  readonly bufferMinutes: number;
}

export interface SlotSearch extends SlotLength {
  readonly windows: readonly WorkingSpan[];
  readonly slotIntervalMinutes: number;
  /** Epoch minute before which no slot may start. */
  readonly earliest: number;
  readonly busy: readonly BusyTable[];
}

/** Follows the last start, later than any, so that a walk over the starts needs no other end. */
const NEVER = 2 ** 31 - 1;

/** Starts of the free slots in epoch minutes, ascending, distinct. */
export function freeSlots(search: SlotSearch): Int32Array {
  const starts = slotStarts(search);
  let count = starts.length - 1;
  for (const table of search.busy) count = dropTaken(starts, count, search, table);
  return starts.subarray(0, count);
}

/** Whether a slot from `start` (epoch minutes, may have a fraction), with the time around it, touches no busy time. */
export function isFree(start: number, length: SlotLength, busy: readonly BusyTable[]): boolean {
  const from = start - length.prepMinutes;
  const to = start + length.durationMinutes + length.bufferMinutes;
  return !busy.some(({ starts, ends }) =>
    starts.some((busyFrom, i) => busyFrom < to && from < (ends[i] ?? 0)),
  );
}

/** The slots on the grid that lie inside working hours, busy or not, and {@link NEVER}. */
function slotStarts({ windows, durationMinutes, slotIntervalMinutes, earliest }: SlotSearch): Int32Array {
  const room = windows.reduce((sum, { from, to }) => sum + Math.ceil((to - from) / slotIntervalMinutes), 1);
  const starts = new Int32Array(room);
  let count = 0;
  for (const { from, to, gridFrom, windowEnd } of windows) {
    const steps = Math.ceil((Math.max(from, earliest) - gridFrom) / slotIntervalMinutes);
    const end = Math.min(to, windowEnd - durationMinutes + 1);
    for (let at = gridFrom + steps * slotIntervalMinutes; at < end; at += slotIntervalMinutes)
      starts[count++] = at;
  }
  starts[count++] = NEVER;
  return starts.subarray(0, count);
}

/**
 * Walks slots and busy times once, side by side: both ascend by start, so a slot that ends before one busy time ends
 * before all later ones. Takes the slots out in place and returns how many are left.
 */
function dropTaken(starts: Int32Array, count: number, length: SlotLength, busy: BusyTable): number {
  const { starts: busyFrom, ends: busyTo } = busy;
  const after = length.durationMinutes + length.bufferMinutes;
  const before = length.prepMinutes;
  let kept = 0;
  let next = 0;
  let start = starts[0] ?? NEVER;
  for (let i = 0; i < busyFrom.length; i += 1) {
    const firstAfter = (busyTo[i] ?? 0) + before;
    if (firstAfter <= start) continue;
    const lastBefore = (busyFrom[i] ?? 0) - after;
    for (; start <= lastBefore; start = starts[++next] ?? NEVER) starts[kept++] = start;
    while (start < firstAfter) start = starts[++next] ?? NEVER;
  }
  starts.copyWithin(kept, next, count + 1);
  return count - (next - kept);
}
