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

/** Later than any start, so that a walk over the starts needs no other end. */
const NEVER = 2 ** 31 - 1;

/** Starts of the free slots in epoch minutes, ascending, distinct. */
export function freeSlots(search: SlotSearch): number[] {
  return freeStarts(slotStarts(search), search, search.busy);
}

/** Those of the ascending `starts` (epoch minutes) whose slot, with the time around it, touches no busy time. */
export function freeStarts(
  starts: readonly number[],
  length: SlotLength,
  busy: readonly BusyTable[],
): number[] {
  const free = [...starts, NEVER];
  for (const table of busy) dropTaken(free, length, table);
  free.pop();
  return free;
}

/** The slots on the grid that lie inside working hours, busy or not. */
function slotStarts({ windows, durationMinutes, slotIntervalMinutes, earliest }: SlotSearch): number[] {
  const starts: number[] = [];
  for (const { from, to, gridFrom, windowEnd } of windows) {
    const end = Math.min(to, windowEnd - durationMinutes + 1);
    const wait = Math.ceil((Math.max(from, earliest) - gridFrom) / slotIntervalMinutes);
    for (let at = gridFrom + wait * slotIntervalMinutes; at < end; at += slotIntervalMinutes) starts.push(at);
  }
  return starts;
}

/**
 * Walks slots and busy times once, side by side: both ascend by start, so a slot that ends before one busy time ends
 * before all later ones. Takes the slots out in place; the last start is {@link NEVER} and stays.
 */
function dropTaken(starts: number[], length: SlotLength, busy: BusyTable): void {
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
  starts.splice(kept, next - kept);
}
