import type { Instant } from '../shared/time.js';

/** What asks somebody to mend an account, in this order, as long as the account stands still. */
export const ASKING_STEPS = ['stopped', 'reminder_3', 'reminder_7', 'reminder_14'] as const;

/** The others tell that an account works again, and the operator of the beginning and the end of a fault. */
export const MAIL_STEPS = [...ASKING_STEPS, 'recovered', 'alert', 'mended'] as const;

export type AskingStep = (typeof ASKING_STEPS)[number];
export type MailStep = (typeof MAIL_STEPS)[number];

/** `unknown`: its sender was cut off in the middle, so it may have gone out; it never goes out again. */
export const MAIL_STATUSES = ['planned', 'sending', 'sent', 'failed', 'unknown', 'cancelled'] as const;

export type MailStatus = (typeof MAIL_STATUSES)[number];

/** There is one e-mail for each step of an episode: one stop of an account, or one fault of the operator's. */
export interface MailKey {
  /** Of an account: the event of its stop. Of the operator: the episode of the alert. */
  readonly episode: string;
  readonly step: MailStep;
}

/** A fault that only the operator can mend. */
export interface OperatorFault {
  readonly code: string;
  readonly message: string;
}

export interface PlannedMail extends MailKey {
  /** The account it is about; null: it is for the operator. */
  readonly connectionId: string | null;
  /** What it is about; null: it is about an account. */
  readonly fault: OperatorFault | null;
  readonly episodeBeganAt: Instant;
  readonly dueAt: Instant;
}

export interface Mail extends PlannedMail {
  readonly status: MailStatus;
  /** Attempts that came to nothing, so that it was put off. */
  readonly attempts: number;
  /** Whom it went to, once it was claimed. */
  readonly recipient: string | null;
}

export function isAsking(step: MailStep): step is AskingStep {
  return ASKING_STEPS.some((asking) => asking === step);
}
