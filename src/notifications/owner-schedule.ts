import type { Instant } from '../shared/time.js';
import { ASKING_STEPS, type AskingStep, type PlannedMail } from './mail.js';

const DAY_MS = 86_400_000;
/** An account that stops again and again is written about once in this time. */
const QUIET_MS = DAY_MS;

const AFTER_DAYS: Readonly<Record<AskingStep, number>> = {
  stopped: 0,
  reminder_3: 3,
  reminder_7: 7,
  reminder_14: 14,
};

/** The stop of an account. */
export interface Stop {
  readonly episode: string;
  readonly connectionId: string;
  readonly at: Instant;
}

/**
 * All that is sent about a stop while it lasts.
 *
 * @param lastFirstAt when the first e-mail about an earlier stop went out; null: never
 */
export function mailsOfStop({ episode, connectionId, at }: Stop, lastFirstAt: Instant | null): PlannedMail[] {
  const notBefore = lastFirstAt === null ? at : lastFirstAt + QUIET_MS;
  return ASKING_STEPS.map((step) => ({
    episode,
    step,
    connectionId,
    fault: null,
    episodeBeganAt: at,
    dueAt: step === 'stopped' ? Math.max(at, notBefore) : at + AFTER_DAYS[step] * DAY_MS,
  }));
}
