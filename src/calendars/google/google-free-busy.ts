import { calendarEntryFailure, malformedAnswer } from '../../google/google-failure.js';
import type { Failure } from '../../shared/failure.js';
import { grouped } from '../../shared/grouped.js';
import { record } from '../../shared/record.js';
import { intersection, merged, parseInstant, type Interval } from '../../shared/time.js';
import type { BusyRead } from '../calendar-provider.js';

/**
 * What a free/busy answer says of each calendar asked for. Ids match in any letter case (F26); a calendar
 * that the answer leaves out, or whose entry cannot be read, has failed. So has every calendar when the answer
 * is for another window: what it leaves out of this one would look free.
 *
 * @see https://developers.google.com/workspace/calendar/api/v3/reference/freebusy/query
 */
export function freeBusyReads(
  answer: Readonly<Record<string, unknown>>,
  ids: readonly string[],
  window: Interval,
): ReadonlyMap<string, BusyRead> {
  if (!isFor(window, answer)) return new Map(ids.map((id) => [id, OTHER_WINDOW]));
  const entries = grouped(Object.entries(record(answer['calendars'])), ([id]) => id.toLowerCase());
  return new Map(
    ids.map((id) => {
      const own = entries.get(id.toLowerCase()) ?? [];
      return [id, own.length === 0 ? UNANSWERED : joinedReads(own.map(([, entry]) => readOf(entry, window)))];
    }),
  );
}

/** Several reads of one calendar as one: busy is what any of them says, and all of them must be whole. */
export function joinedReads(reads: readonly BusyRead[]): BusyRead {
  const failure = reads.find((read) => read.failure !== null)?.failure ?? null;
  return { busy: merged(reads.flatMap(({ busy }) => busy)), failure };
}

const UNANSWERED: BusyRead = { busy: [], failure: malformedAnswer(200, 'calendar_missing') };
const OTHER_WINDOW: BusyRead = { busy: [], failure: malformedAnswer(200, 'other_window') };

/** Whether the answer, where it names its window, has all of the one asked for. */
function isFor(
  { startAt, endAt }: Interval,
  { timeMin, timeMax }: Readonly<Record<string, unknown>>,
): boolean {
  const from = timeMin === undefined ? startAt : parseInstant(timeMin);
  const to = timeMax === undefined ? endAt : parseInstant(timeMax);
  return from !== null && to !== null && from <= startAt && endAt <= to;
}

function readOf(entry: unknown, window: Interval): BusyRead {
  const { errors = null, busy } = record(entry);
  if (errors !== null && !isEmptyList(errors))
    return { busy: [], failure: calendarEntryFailure(reasonIn(errors)) };
  if (!Array.isArray(busy)) return UNANSWERED;
  const periods = busy.map(periodOf);
  const good = periods.filter((period) => period !== null);
  const inside = good.flatMap((period) => intersection(period, window) ?? []);
  const skipped = periods.length - good.length;
  return { busy: merged(inside), failure: skipped === 0 ? null : malformedPeriods(skipped, periods.length) };
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** Errors in a form that Google does not use are errors all the same. */
function reasonIn(errors: unknown): string {
  const { reason } = record(Array.isArray(errors) ? errors[0] : errors);
  return typeof reason === 'string' ? reason : 'unknown';
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
