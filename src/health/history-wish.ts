import { ValidationFailed } from '../shared/app-error.js';
import { localDayOf, parseInstant, startOfLocalDay, type Instant, type Interval } from '../shared/time.js';
import { CHECKS_KEPT_MS, HISTORY_KEPT_MS } from './history-kept.js';
import { parseTimeSpan, type TimeSpan } from './time-span.js';
import { trendBounds } from './trend-steps.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DEFAULT_DAYS = 30;
const MOST_POINTS = 1000;
/** Up to here a trend is shown by the hour, from here on by the day, unless a step is named. */
const HOURLY_MS = 48 * HOUR_MS;

/** A trend as it was asked for, each part as it was written. */
export interface TrendWish {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly step?: string | undefined;
}

export interface TrendPlan {
  readonly bounds: readonly Instant[];
  readonly step: string;
  readonly grain: 'check' | 'hour';
}

/**
 * By default the last thirty local days, today included. What lies ahead is left off.
 *
 * @throws ValidationFailed naming `from`, `to` or `step`
 */
export function trendPlan(wish: TrendWish, now: Instant, zone: string): TrendPlan {
  const window = windowOf(wish, now, zone);
  const text = wish.step ?? (window.endAt - window.startAt <= HOURLY_MS ? '1h' : '1d');
  const step = spanIn('step', text);
  refuse(step.unit === 'm' && tooOld(window, now), 'step', 'steps of minutes go back 30 days');
  refuse(
    (window.endAt - window.startAt) / step.ms > MOST_POINTS,
    'step',
    `expected at most ${MOST_POINTS} steps`,
  );
  return {
    bounds: trendBounds(window, step, zone),
    step: text,
    grain: step.unit === 'm' ? 'check' : 'hour',
  };
}

function windowOf({ from, to }: TrendWish, now: Instant, zone: string): Interval {
  const endAt = Math.min(now, (to === undefined ? null : parseInstant(to)) ?? now);
  const firstDay = localDayOf(endAt, zone) - DEFAULT_DAYS + 1;
  const startAt = (from === undefined ? null : parseInstant(from)) ?? startOfLocalDay(firstDay, zone);
  refuse(startAt >= now, 'from', 'expected a time that is past');
  refuse(startAt >= endAt, 'to', 'expected a time after `from`');
  refuse(endAt - startAt > HISTORY_KEPT_MS, 'from', 'expected at most 366 days before `to`');
  return { startAt, endAt };
}

function tooOld({ startAt }: Interval, now: Instant): boolean {
  return startAt < now - CHECKS_KEPT_MS;
}

/** The window that ends now. @throws ValidationFailed naming `window` */
export function windowBefore(now: Instant, text: string): Interval {
  const span = spanIn('window', text);
  refuse(span.ms < HOUR_MS || span.ms > HISTORY_KEPT_MS, 'window', 'expected between 1h and 366d');
  return { startAt: now - span.ms, endAt: now };
}

/**
 * The availability to aim at, as a share: `0.999`, or as a percentage from 1 on: `99.9`.
 *
 * @throws ValidationFailed naming `target`
 */
export function targetIn(text: string): number {
  const number = /^\d{1,2}(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
  const target = number >= 1 ? number / 100 : number;
  refuse(
    !(target >= 0.5 && target < 1),
    'target',
    'expected a share such as 0.999 or a percentage such as 99.9',
  );
  return target;
}

function spanIn(field: string, text: string): TimeSpan {
  const span = parseTimeSpan(text);
  if (span === null)
    throw ValidationFailed.of(
      field,
      'expected a number of minutes, hours, days or weeks such as 15m, 1h, 30d',
    );
  return span;
}

function refuse(isBad: boolean, field: string, message: string): void {
  if (isBad) throw ValidationFailed.of(field, message);
}
