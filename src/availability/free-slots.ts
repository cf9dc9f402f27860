import type { BusyTable } from './busy-table.js';
import type { WorkingSpan } from './day-windows.js';

/** The time a slot takes: its own length, and free time before and after it that may lie outside working hours. */
export interface SlotLength {
  readonly durationMinutes: number;
  readonly prepMinutes: number;
  readonly bufferMinutes: number;
}

export interface SlotSearch extends SlotLength {
  /** Ascending, without overlaps. */
  readonly windows: readonly WorkingSpan[];
  readonly slotIntervalMinutes: number;
  /** Epoch minute before which no slot may start. */
  readonly earliest: number;
  readonly busy: readonly BusyTable[];
}

/** Follows the last candidate, later than any, so that a walk over the candidates needs no other end. */
const NEVER = 2 ** 31 - 1;

/** Kept from search to search, which never overlap: to allocate it anew would cost more than a short search. */
let candidates = new Int32Array(1024);

/** Starts of the free slots in epoch minutes, ascending, distinct. */
export function freeSlots(search: SlotSearch): Int32Array {
  let count = fillCandidates(search);
  for (const table of search.busy) count = dropTaken(count, search, table);
  return candidates.slice(0, count);
}

/** Writes the slots on the grid that lie inside working hours, busy or not, and {@link NEVER}; returns how many. */
function fillCandidates(search: SlotSearch): number {
  const { windows, durationMinutes, slotIntervalMinutes, earliest } = search;
  const room = windows.reduce((sum, { from, to }) => sum + Math.ceil((to - from) / slotIntervalMinutes), 1);
  if (candidates.length < room) candidates = new Int32Array(room);
  let count = 0;
  for (const { from, to, gridFrom, windowEnd } of windows) {
    const steps = Math.ceil((Math.max(from, earliest) - gridFrom) / slotIntervalMinutes);
    const end = Math.min(to, windowEnd - durationMinutes + 1);
    let start = gridFrom + steps * slotIntervalMinutes;
    for (; start < end; start += slotIntervalMinutes) candidates[count++] = start;
  }
  candidates[count] = NEVER;
  return count;
}

/**
 * Walks slots and busy times once, side by side: both ascend by start, so a slot that ends before one busy time ends
 * before all later ones. Takes the slots out in place; returns how many are left.
 */
function dropTaken(count: number, length: SlotLength, { starts, ends }: BusyTable): number {
  const slots = candidates;
  const after = length.durationMinutes + length.bufferMinutes;
  const before = length.prepMinutes;
  let kept = 0;
  let next = 0;
  let slot = slots[0] ?? NEVER;
  for (let i = 0; i < starts.length; i += 1) {
    const firstAfter = (ends[i] ?? 0) + before;
    if (firstAfter <= slot) continue;
    const lastBefore = (starts[i] ?? 0) - after;
    for (; slot <= lastBefore; slot = slots[++next] ?? NEVER) slots[kept++] = slot;
    while (slot < firstAfter) slot = slots[++next] ?? NEVER;
  }
  slots.copyWithin(kept, next, count + 1);
  return count - (next - kept);
}
