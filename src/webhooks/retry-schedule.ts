const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/**
 * The pause before each attempt from the second on: ten attempts in a little more than three days.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#deliverability-and-reliability
 */
const PAUSES: readonly number[] = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];
const MAX_ASKED_MS = 24 * HOUR;
/** Receivers that failed together are not asked together again. */
const JITTER = 0.1;

/** Milliseconds until the attempt after `attempts` that failed; null when that was the last. `random` is from 0 to 1. */
export function pauseAfter(attempts: number, askedMs: number | null, random: number): number | null {
  const pause = PAUSES[attempts - 1];
  if (pause === undefined) return null;
  return Math.max(Math.round(pause * (1 + JITTER * random)), Math.min(askedMs ?? 0, MAX_ASKED_MS));
}
