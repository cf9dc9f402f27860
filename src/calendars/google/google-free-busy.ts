import { calendarEntryFailure, malformedAnswer } from '../../google/google-failure.js';
import type { Failure } from '../../shared/failure.js';
import { record } from '../../shared/record.js';
import { intersection, merged, parseInstant, type Interval } from '../../shared/time.js';
import type { BusyRead } from '../calendar-provider.js';

/**
 * What a free/busy answer says of each calendar asked for. Ids match in any letter case (F26); a calendar
 * that the answer leaves out, or whose entry cannot be read, has failed.
 *
 * @see https://developers.google.com/workspace/calendar/api/v3/reference/freebusy/query
 */
export function freeBusyReads(
  calendars: unknown,
  ids: readonly string[],
  window: Interval,
): ReadonlyMap<string, BusyRead> {
  const entries = new Map(Object.entries(record(calendars)).map(([id, entry]) => [id.toLowerCase(), entry]));
  return new Map(ids.map((id) => [id, readOf(entries.get(id.toLowerCase()), window)]));
}

function readOf(entry: unknown, window: Interval): BusyRead {
  const { errors, busy } = record(entry);
  if (Array.isArray(errors) && errors.length > 0) {
    const { reason } = record(errors[0]);
    return { busy: [], failure: calendarEntryFailure(typeof reason === 'string' ? reason : 'unknown') };
  }
  if (!Array.isArray(busy)) return { busy: [], failure: malformedAnswer(200, 'calendar_missing') };
  const periods = busy.map(periodOf);
  const good = periods.filter((period) => period !== null);
  const inside = good.flatMap((period) => intersection(period, window) ?? []);
  const skipped = periods.length - good.length;
  return { busy: merged(inside), failure: skipped === 0 ? null : malformedPeriods(skipped, periods.length) };
}

/** Null for anything that is not a real, forward period with offsets (F28). */
function periodOf(entry: unknown): Interval | null {
  const { start, end } = record(entry);
  const startAt = parseInstant(start);
  const endAt = parseInstant(end);
  return startAt !== null && endAt !== null && startAt < endAt ? { startAt, endAt } : null;
}

function malformedPeriods(skipped: number, total: number): Failure {
  const message = `Google sent ${skipped} of ${total} busy periods in a form that cannot be read.`;
  return { ...malformedAnswer(200, 'busy_period'), message };
}
