import { weekdayOf, type LocalDay } from '../shared/time.js';
import { zoneTable, type OffsetSpan } from '../shared/zone-table.js';

const DAY_MINUTES = 1440;

/** Minutes since local midnight, half-open; `toMinutes` up to 1440 (24:00). */
export interface LocalHours {
  readonly fromMinutes: number;
  readonly toMinutes: number;
}

/** `workdays` as {@link weekdayOf} counts; an override replaces the hours of its day, also of a day off. */
export interface WeeklyHours extends LocalHours {
  readonly workdays: ReadonlySet<number>;
  readonly overrides: ReadonlyMap<LocalDay, 'closed' | LocalHours>;
}

export interface WorkingDay extends LocalHours {
  readonly day: LocalDay;
}

/**
 * Working time under one zone offset, in epoch minutes, half-open. The slot grid counts from `gridFrom`, where the
 * wall clock shows (or would show) the opening time. The day's work goes on without a break until `windowEnd`, which
 * is past `to` when the clock changes during work.
 */
export interface WorkingSpan {
  readonly from: number;
  readonly to: number;
  readonly gridFrom: number;
  readonly windowEnd: number;
}

/** The days from `firstDay` to `lastDay`, both included, on which there is work. */
export function workingDays(hours: WeeklyHours, firstDay: LocalDay, lastDay: LocalDay): WorkingDay[] {
  const days: WorkingDay[] = [];
  for (let day = firstDay; day <= lastDay; day += 1) {
    const open = hours.overrides.get(day) ?? (hours.workdays.has(weekdayOf(day)) ? hours : 'closed');
    if (open !== 'closed') days.push({ day, fromMinutes: open.fromMinutes, toMinutes: open.toMinutes });
  }
  return days;
}

/**
 * The real minutes at which the wall clock of `zone` shows working hours, in ascending order. The grid counts wall
 * time from the start of the hours: a local time that does not exist is on no grid, a repeated one is on it twice.
 *
 * @throws RangeError the zone is unknown
 */
export function dayWindows(days: readonly WorkingDay[], zone: string): WorkingSpan[] {
  const table = zoneTable(zone);
  const windows: WorkingSpan[] = [];
  for (const { day, fromMinutes, toMinutes } of days) {
    const opensAt = day * DAY_MINUTES + fromMinutes;
    const spans = table.realSpans(opensAt, day * DAY_MINUTES + toMinutes);
    for (const span of spans) {
      const { from, to, offset } = span;
      windows.push({ from, to, gridFrom: opensAt - offset, windowEnd: endOfRun(span, spans) });
    }
  }
  // Where a clock falls back over midnight, a day ends after the next one has begun.
  return windows.sort((a, b) => a.from - b.from);
}

/** Whether a slot that need not be on the grid lies inside the working time of one day with its full length. */
export function isInsideHours(
  windows: readonly WorkingSpan[],
  start: number,
  durationMinutes: number,
): boolean {
  return windows.some((w) => w.from <= start && start < w.to && start + durationMinutes <= w.windowEnd);
}

/** Where the spans (ascending) that touch one another from `span` on come to an end. */
function endOfRun(span: OffsetSpan, spans: readonly OffsetSpan[]): number {
  let end = span.to;
  for (const next of spans) if (next.from === end) end = next.to;
  return end;
}
