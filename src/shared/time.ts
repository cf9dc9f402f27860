import { DateTime } from 'luxon';
import { dayAt, digits } from './written-date.js';
import { zoneTable } from './zone-table.js';

/** Milliseconds since the Unix epoch, UTC. */
export type Instant = number;

/** Half-open: contains `startAt`, not `endAt`. */
export interface Interval {
  readonly startAt: Instant;
  readonly endAt: Instant;
}

/** A date on a local calendar, as days since 1970-01-01. */
export type LocalDay = number;

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const DAY_MINUTES = 1440;
const FIRST_YEAR = 1970;
const LAST_YEAR = 2199;

const RFC_3339 =
  /^\d{4}-\d\d-\d\d[Tt](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;
const FRACTION_AT = '2027-03-10T09:00:00'.length;

/**
 * Null unless the text is a real date and time of the years 0001 to 9999 with an offset. Leap seconds are refused;
 * digits after the millisecond are dropped.
 *
 * @see https://www.rfc-editor.org/rfc/rfc3339#section-5.6
 */
export function parseInstant(text: unknown): Instant | null {
  if (typeof text !== 'string' || !RFC_3339.test(text)) return null;
  const day = dayAt(text);
  if (day === null) return null;
  // A calendar's busy times come by the thousand, so digits are read in place rather than cut out.
  const minutes = day * DAY_MINUTES + digits(text, 11, 2) * 60 + digits(text, 14, 2) - writtenOffset(text);
  return minutes * MINUTE_MS + digits(text, 17, 2) * 1000 + writtenMilliseconds(text);
}

const FIRST_INSTANT: Instant = 0;
const END_OF_INSTANTS: Instant = 7_258_118_400_000;

/** {@link parseInstant}, for what callers send: null also outside the years 1970 to 2199 (UTC), as in {@link parseDate}. */
export function parseGivenInstant(text: unknown): Instant | null {
  const at = parseInstant(text);
  return at !== null && at >= FIRST_INSTANT && at < END_OF_INSTANTS ? at : null;
}

const PRINTED_AS_Z = new Set(['UTC', 'Etc/UTC']);

/**
 * RFC 3339 in the zone's wall time, e.g. `2027-03-10T09:00:00-05:00`; milliseconds only when there are any.
 *
 * @throws RangeError the zone is unknown
 */
export function formatInstant(at: Instant, zone: string): string {
  const minute = Math.floor(at / MINUTE_MS);
  const offset = zoneTable(zone).offsetAt(minute);
  const day = Math.floor((minute + offset) / DAY_MINUTES);
  const time = formatLocalTime(minute + offset - day * DAY_MINUTES);
  const suffix = offset === 0 && PRINTED_AS_Z.has(zone) ? 'Z' : formatOffset(offset);
  return `${formatDate(day)}T${time}:${formatSeconds(at - minute * MINUTE_MS)}${suffix}`;
}

/** Null unless `YYYY-MM-DD` is a real date of the years 1970 to 2199. */
export function parseDate(text: unknown): LocalDay | null {
  if (typeof text !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(text)) return null;
  const year = digits(text, 0, 4);
  return year < FIRST_YEAR || year > LAST_YEAR ? null : dayAt(text);
}

const ISO_TIME_LENGTH = 'T00:00:00.000Z'.length;
const MAX_PRINTED_DATES = 4096;
const printedDates = new Map<LocalDay, string>();

export function formatDate(day: LocalDay): string {
  const known = printedDates.get(day);
  if (known !== undefined) return known;
  if (printedDates.size >= MAX_PRINTED_DATES) printedDates.clear();
  const text = new Date(day * DAY_MS).toISOString().slice(0, -ISO_TIME_LENGTH);
  printedDates.set(day, text);
  return text;
}

/** 0 is Sunday. */
export function weekdayOf(day: LocalDay): number {
  return (((day + 4) % 7) + 7) % 7;
}

/** Minutes since local midnight of `HH:MM`, else null; `24:00` (1440) only with `allow24`. */
export function parseLocalTime(text: unknown, { allow24 = false } = {}): number | null {
  if (allow24 && text === '24:00') return DAY_MINUTES;
  const match = typeof text === 'string' ? /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text) : null;
  return match ? Number(match[1]) * 60 + Number(match[2]) : null;
}

const PRINTED_TIMES = Array.from({ length: DAY_MINUTES + 1 }, (_, minutes) => clockText(minutes));

/** `HH:MM` of 0 to 1440 minutes since midnight. */
export function formatLocalTime(minutes: number): string {
  return PRINTED_TIMES[minutes] ?? clockText(minutes);
}

const ZONE_NAME = /^[A-Za-z][\w+-]*(\/[\w+-]+)*$/;
/** `Intl` also knows abbreviations that are no zone names, and means places by them: `ACT` is Darwin. */
const SHORT_ZONES = new Set('CET EET EST GMT HST MET MST PRC ROC ROK UCT UTC WET'.split(' '));

/** Names of the IANA database only: no offsets, no abbreviations. */
export function isTimeZone(name: unknown): boolean {
  if (typeof name !== 'string' || !ZONE_NAME.test(name) || name.startsWith('SystemV/')) return false;
  if (name.length <= 3 && !SHORT_ZONES.has(name.toUpperCase())) return false;
  try {
    zoneTable(name);
    return true;
  } catch {
    return false;
  }
}

export function localDayOf(at: Instant, zone: string): LocalDay {
  const minute = Math.floor(at / MINUTE_MS);
  return Math.floor((minute + zoneTable(zone).offsetAt(minute)) / DAY_MINUTES);
}

/**
 * Midnight, or the first instant after it where the clock skips midnight. When the zone skips the whole day, the
 * first instant of the next one.
 */
export function startOfLocalDay(day: LocalDay, zone: string): Instant {
  const midnight = day * DAY_MINUTES;
  const [first] = zoneTable(zone).realSpans(midnight, midnight + 2 * DAY_MINUTES);
  return (first?.from ?? midnight) * MINUTE_MS;
}

/** Minutes east of UTC, as a checked RFC 3339 text ends. */
function writtenOffset(text: string): number {
  const at = text.length - 6;
  if ('Zz'.includes(text.charAt(at + 5))) return 0;
  const offset = digits(text, at + 1, 2) * 60 + digits(text, at + 4, 2);
  return text.charAt(at) === '-' ? -offset : offset;
}

function writtenMilliseconds(text: string): number {
  if (text.charAt(FRACTION_AT) !== '.') return 0;
  const fraction = /^\d{1,3}/.exec(text.slice(FRACTION_AT + 1))?.[0] ?? '';
  return Number(fraction.padEnd(3, '0'));
}

function clockText(minutes: number): string {
  return `${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`;
}

function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

function formatSeconds(ms: number): string {
  if (ms === 0) return '00';
  const fraction = ms % 1000;
  return twoDigits(Math.floor(ms / 1000)) + (fraction === 0 ? '' : `.${String(fraction).padStart(3, '0')}`);
}

function formatOffset(offset: number): string {
  return (offset < 0 ? '-' : '+') + formatLocalTime(Math.abs(offset));
}

/** An HTTP date (RFC 9110 section 5.6.7), as `Retry-After` may carry one. */
export function parseHttpDate(text: string): Instant | null {
  const at = DateTime.fromHTTP(text, { zone: 'utc' });
  return at.isValid ? at.toMillis() : null;
}

/** The UTC day that `at` is in, as days since 1970-01-01. */
export function utcDayOf(at: Instant): number {
  return Math.floor(at / DAY_MS);
}

export function utcDay(day: number): Interval {
  return { startAt: day * DAY_MS, endAt: (day + 1) * DAY_MS };
}

/** The smallest run of whole UTC days that contains `window`. */
export function wholeUtcDays({ startAt, endAt }: Interval): Interval {
  return { startAt: Math.floor(startAt / DAY_MS) * DAY_MS, endAt: Math.ceil(endAt / DAY_MS) * DAY_MS };
}

/** The whole UTC days inside `window`; null when there is none. */
export function innerUtcDays({ startAt, endAt }: Interval): Interval | null {
  const inner = { startAt: Math.ceil(startAt / DAY_MS) * DAY_MS, endAt: Math.floor(endAt / DAY_MS) * DAY_MS };
  return inner.startAt < inner.endAt ? inner : null;
}

export function intersection(a: Interval, b: Interval): Interval | null {
  const startAt = Math.max(a.startAt, b.startAt);
  const endAt = Math.min(a.endAt, b.endAt);
  return startAt < endAt ? { startAt, endAt } : null;
}

/** Sorted, without overlaps; touching intervals become one. */
export function merged(intervals: readonly Interval[]): Interval[] {
  const result: { startAt: Instant; endAt: Instant }[] = [];
  for (const { startAt, endAt } of intervals.toSorted((a, b) => a.startAt - b.startAt)) {
    const last = result.at(-1);
    if (last !== undefined && startAt <= last.endAt) last.endAt = Math.max(last.endAt, endAt);
    else result.push({ startAt, endAt });
  }
  return result;
}
