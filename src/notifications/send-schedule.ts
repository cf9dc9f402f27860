import type { Instant } from '../shared/time.js';
import type { Mail } from './mail.js';

const FIRST_PAUSE_MS = 15_000;
const LONGEST_PAUSE_MS = 10 * 60_000;
/**
 * For so long an e-mail is offered to a mail server that does not take it.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5321#section-4.5.4.1
 */
const PATIENCE_MS = 5 * 86_400_000;
/** What was put off together is not tried again together. */
const JITTER = 0.2;

/** Milliseconds until an e-mail that could not be sent is tried again; null: never. `random` is from 0 to 1. */
export function pauseAfter(
  { attempts, dueAt }: Pick<Mail, 'attempts' | 'dueAt'>,
  now: Instant,
  random: number,
): number | null {
  if (now - dueAt > PATIENCE_MS) return null;
  const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempts);
  return Math.round(pause * (1 + JITTER * random));
}
