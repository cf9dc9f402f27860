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

/** Starts of the free slots in epoch minutes, ascending, distinct. */
export function freeSlots(search: SlotSearch): Int32Array {
  return freeStarts(slotStarts(search), search, search.busy);
}

/** Those of the ascending `starts` (epoch minutes) whose slot, with the time around it, touches no busy time. */
export function freeStarts(starts: Int32Array, length: SlotLength, busy: readonly BusyTable[]): Int32Array {
  const taken = new Uint8Array(starts.length);
  for (const table of busy) markTaken(taken, starts, length, table);
  let kept = 0;
  const free = new Int32Array(starts.length);
  for (let i = 0; i < starts.length; i += 1) if (taken[i] === 0) free[kept++] = at(starts, i);
  return free.subarray(0, kept);
}

/** The slots on the grid that lie inside working hours, busy or not. */
function slotStarts({ windows, durationMinutes, slotIntervalMinutes, earliest }: SlotSearch): Int32Array {
  const starts: number[] = [];
  for (const { from, to, gridFrom, windowEnd } of windows) {
    const end = Math.min(to, windowEnd - durationMinutes + 1);
    const soonest = Math.max(from, earliest);
    const first = gridFrom + Math.ceil((soonest - gridFrom) / slotIntervalMinutes) * slotIntervalMinutes;
    for (let start = first; start < end; start += slotIntervalMinutes) starts.push(start);
  }
  return Int32Array.from(starts);
}

/**
 * Walks slots and busy times once, side by side: both ascend by start, so a slot that ends before one busy time ends
 * before all later ones, and a taken slot need not be looked at again.
 */
function markTaken(taken: Uint8Array, starts: Int32Array, length: SlotLength, busy: BusyTable): void {
  const after = length.durationMinutes + length.bufferMinutes;
  let slot = 0;
  for (let i = 0; i < busy.starts.length && slot < starts.length; i += 1) {
    const lastFree = at(busy.starts, i) - after;
    const nextFree = at(busy.ends, i) + length.prepMinutes;
    while (slot < starts.length && at(starts, slot) <= lastFree) slot += 1;
    while (slot < starts.length && at(starts, slot) < nextFree) taken[slot++] = 1;
  }
}

function at(minutes: Int32Array, index: number): number {
  return minutes[index] ?? 0;
}
