import { gunzipSync } from 'node:zlib';
import type { Interval } from '../../src/shared/time.js';

/** An answer as it comes out of the socket. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/*
 * What a careful reader makes of an answer, written a second time and as plainly as can be: the measure that the
 * service is held against. It says precisely which damage can be noticed. Everything else (a true-looking answer with
 * other times in it) is a lie that no reader can see through.
 */

/** JSON when it is JSON, else the text; undefined when HTTP itself cannot deliver it. */
export function decodedBody({ status, headers, body }: RawAnswer): unknown {
  if (status === 204 || status === 205) return '';
  const bytes = headers['content-encoding'] === 'gzip' ? unzipped(body) : body;
  if (bytes === undefined) return undefined;
  const text = new TextDecoder().decode(bytes);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export interface Reading {
  /** The answer tells the whole of the calendar's busy times inside the window. */
  readonly isWhole: boolean;
  /** The busy times inside the window that could be read. */
  readonly busy: readonly Interval[];
}

const NOTHING: Reading = { isWhole: false, busy: [] };

/** By the id asked for. */
export function readFreeBusy(
  answer: RawAnswer,
  ids: readonly string[],
  window: Interval,
): Map<string, Reading> {
  const body = decodedBody(answer);
  const usable = answer.status >= 200 && answer.status < 300 && isObject(body) && covers(body, window);
  const entries = usable ? Object.entries(objectOr(body['calendars'])) : [];
  return new Map(
    ids.map((id) => {
      const own = entries.filter(([name]) => name.toLowerCase() === id.toLowerCase());
      return [id, own.length === 0 ? NOTHING : together(own.map(([, entry]) => readEntry(entry, window)))];
    }),
  );
}

/** Several entries for one calendar contradict each other unless all can be read: then all of them count. */
function together(readings: readonly Reading[]): Reading {
  return {
    isWhole: readings.every(({ isWhole }) => isWhole),
    busy: readings.flatMap(({ busy }) => busy),
  };
}

function readEntry(entry: unknown, window: Interval): Reading {
  if (!isObject(entry)) return NOTHING;
  const { busy, errors = null } = entry;
  const hasNoErrors = errors === null || (Array.isArray(errors) && errors.length === 0);
  if (!hasNoErrors || !Array.isArray(busy)) return NOTHING;
  const periods = busy.map((period) => readPeriod(period));
  return {
    isWhole: !periods.includes(null),
    busy: periods.filter((period) => period !== null).flatMap((period) => clipped(period, window)),
  };
}

function readPeriod(period: unknown): Interval | null {
  if (!isObject(period)) return null;
  const startAt = instant(period['start']);
  const endAt = instant(period['end']);
  return startAt !== null && endAt !== null && startAt < endAt ? { startAt, endAt } : null;
}

/** An answer may say which window it is for; then it has to be the one asked for, or a wider one. */
function covers({ timeMin, timeMax }: Record<string, unknown>, window: Interval): boolean {
  const from = timeMin === undefined ? window.startAt : instant(timeMin);
  const to = timeMax === undefined ? window.endAt : instant(timeMax);
  return from !== null && to !== null && from <= window.startAt && window.endAt <= to;
}

const WRITTEN = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d+)?([Zz]|([+-])(\d\d):(\d\d))$/;
/** After so many years the calendar repeats; `Date.UTC` takes the years below 100 for those of another century. */
const CYCLE_YEARS = 400;
const CYCLE_MS = 146_097 * 86_400_000;

/** RFC 3339, digit by digit. */
export function instant(value: unknown): number | null {
  const match = typeof value === 'string' ? WRITTEN.exec(value) : null;
  if (match === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  const milliseconds = Number((match[7] ?? '.').slice(1, 4).padEnd(3, '0'));
  const [hours = 0, minutes = 0] = match.slice(10).map((digits) => Number(digits ?? 0));
  const lastDay = new Date(Date.UTC(year + CYCLE_YEARS, month, 0)).getUTCDate();
  const isDate = year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= lastDay;
  const isTime = hour <= 23 && minute <= 59 && second <= 59 && hours <= 23 && minutes <= 59;
  if (!isDate || !isTime) return null;
  const offset = (hours * 60 + minutes) * (match[9] === '-' ? -1 : 1);
  const at = Date.UTC(year + CYCLE_YEARS, month - 1, day, hour, minute - offset, second, milliseconds);
  return at - CYCLE_MS;
}

/** Merged and sorted. */
export function union(intervals: readonly Interval[]): Interval[] {
  const result: { startAt: number; endAt: number }[] = [];
  for (const { startAt, endAt } of intervals.toSorted((a, b) => a.startAt - b.startAt)) {
    const last = result.at(-1);
    if (last !== undefined && startAt <= last.endAt) last.endAt = Math.max(last.endAt, endAt);
    else result.push({ startAt, endAt });
  }
  return result;
}

/** Whether every moment of `times` lies inside `by`. */
export function isCovered(times: readonly Interval[], by: readonly Interval[]): boolean {
  const near = by.filter((one) =>
    times.some((time) => one.startAt <= time.endAt && time.startAt <= one.endAt),
  );
  const whole = union(near);
  return times.every((time) =>
    whole.some(({ startAt, endAt }) => startAt <= time.startAt && time.endAt <= endAt),
  );
}

export function clipped({ startAt, endAt }: Interval, window: Interval): Interval[] {
  const inside = { startAt: Math.max(startAt, window.startAt), endAt: Math.min(endAt, window.endAt) };
  return inside.startAt < inside.endAt ? [inside] : [];
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectOr(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {};
}

function unzipped(body: Buffer): Buffer | undefined {
  try {
    return gunzipSync(body);
  } catch {
    return undefined;
  }
}
