import type { Interval } from '../../src/shared/time.js';
import { rfc3339 } from './google-answers.js';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** Midnight, UTC, of a day that every configuration takes bookings on, as it does on the forty after it. */
export const DAY = Math.ceil(Date.now() / DAY_MS) * DAY_MS + 3 * DAY_MS;

/** A time as answers of the service write it. */
export interface Written {
  readonly start_time: string;
  readonly end_time: string;
}

export function intervalOf({ start_time: start, end_time: end }: Written): Interval {
  return { startAt: Date.parse(start), endAt: Date.parse(end) };
}

export function meetsAny({ startAt, endAt }: Interval, others: readonly Interval[]): boolean {
  return others.some((other) => other.startAt < endAt && startAt < other.endAt);
}

export function dateOf(at: number): string {
  return rfc3339(at).slice(0, 10);
}
