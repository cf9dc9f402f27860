import { localDayOf, startOfLocalDay, type Instant, type Interval } from '../shared/time.js';
import type { TimeSpan } from './time-span.js';

const DAYS = { d: 1, w: 7 } as const;

/**
 * Where the steps of a window begin and end, the window's own ends included. Steps of minutes and hours are those of
 * the clock in UTC; days and weeks are counted from the window's first day in `zone`, and are as long as they are
 * there. The first and the last may be cut short.
 */
export function trendBounds({ startAt, endAt }: Interval, step: TimeSpan, zone: string): Instant[] {
  const inner =
    step.unit === 'd' || step.unit === 'w' ? midnights(startAt, step, zone) : ticks(startAt, step);
  const bounds = [startAt];
  for (const at of inner) {
    if (at >= endAt) break;
    if (at > startAt) bounds.push(at);
  }
  return [...bounds, endAt];
}

function* ticks(startAt: Instant, { ms }: TimeSpan): Generator<Instant> {
  for (let at = Math.ceil(startAt / ms) * ms; ; at += ms) yield at;
}

function* midnights(startAt: Instant, { count, unit }: TimeSpan, zone: string): Generator<Instant> {
  const days = count * (unit === 'w' ? DAYS.w : DAYS.d);
  for (let day = localDayOf(startAt, zone); ; day += days) yield startOfLocalDay(day, zone);
}
