import { useSyncExternalStore } from 'react';
import { counted } from './words.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TICK = 10 * SECOND;

/** Ages are shown by the browser's clock, one tick for the whole page. */
let tick = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

export function useNow(): number {
  return useSyncExternalStore(onTick, () => tick);
}

function onTick(tell: () => void): () => void {
  listeners.add(tell);
  timer ??= setInterval(() => {
    tick = Date.now();
    for (const listener of listeners) listener();
  }, TICK);
  return () => void listeners.delete(tell);
}

export function currentTime(): number {
  return Date.now();
}

const UNITS = [
  [DAY, 'day'],
  [HOUR, 'hour'],
  [MINUTE, 'minute'],
] as const;

/** `4 hours ago`, `in 3 minutes`; what is less than a minute away is now. */
export function ago(at: string, from: number): string {
  const ms = from - Date.parse(at);
  // The clock here is a tick behind at most, and need not be that of the service.
  if (Math.abs(ms) < MINUTE) return ms > -2 * TICK ? 'just now' : 'in a moment';
  const text = span(Math.abs(ms));
  return ms > 0 ? `${text} ago` : `in ${text}`;
}

/** How long something has lasted. */
export function lasting(since: string, now: number): string {
  return `for ${span(Math.max(MINUTE, now - Date.parse(since)))}`;
}

/** In the largest unit that fits: `2 days`, `5 minutes`. */
export function span(ms: number): string {
  for (const [length, name] of UNITS) if (ms >= length) return counted(Math.floor(ms / length), name);
  return ms >= SECOND ? counted(Math.floor(ms / SECOND), 'second') : 'less than a second';
}

export function minutesSpan(minutes: number): string {
  return minutes === 0 ? 'none' : span(minutes * MINUTE);
}

const EXACT = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' });
const DAY_ONLY = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const TO_THE_MINUTE = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

export function exactly(at: string): string {
  return EXACT.format(Date.parse(at));
}

/** Days come with the offset of their zone: the date is what is written, whatever zone the browser is in. */
export function writtenDay(at: string): string {
  return DAY_ONLY.format(Date.parse(`${at.slice(0, 10)}T12:00:00`));
}

export function shortly(at: string): string {
  return TO_THE_MINUTE.format(Date.parse(at));
}

export function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
