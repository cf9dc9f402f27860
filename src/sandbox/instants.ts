import { DateTime } from 'luxon';
import type { Instant } from '../shared/time.js';

const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;

/** As Google echoes the limits of a query: UTC, with milliseconds. */
export function utcMillis(at: Instant): string {
  return DateTime.fromMillis(at, { zone: 'utc' }).toISO() ?? '';
}

/** As Google writes busy times and events: whole seconds, `Z` for UTC, else the offset of the zone. */
export function inZone(at: Instant, zone: string): string {
  return DateTime.fromMillis(at, { zone }).startOf('second').toISO({ suppressMilliseconds: true }) ?? '';
}

/** The instant, or undefined when the text is no RFC 3339 time with an offset. */
export function parseInstant(text: unknown): Instant | undefined {
  if (typeof text !== 'string' || !RFC_3339.test(text)) return undefined;
  const time = DateTime.fromISO(text.toUpperCase());
  return time.isValid ? time.toMillis() : undefined;
}

/** A local time without offset, read in `zone`; undefined when it is malformed. */
export function parseLocal(text: string, zone: string): Instant | undefined {
  const time = DateTime.fromISO(text, { zone });
  return /T/i.test(text) && time.isValid ? time.toMillis() : undefined;
}

/** The first instant of a day (`YYYY-MM-DD`) in `zone`; undefined when it is malformed. */
export function startOfDay(date: string, zone: string): Instant | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return undefined;
  const day = DateTime.fromISO(date, { zone }).startOf('day');
  return day.isValid ? day.toMillis() : undefined;
}

export function isZone(zone: string): boolean {
  return DateTime.fromMillis(0, { zone }).isValid;
}
