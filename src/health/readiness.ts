import { AppError, type ProblemDetails } from '../shared/app-error.js';

/** `unknown`: what it rests on failed already, so it could not be looked at. */
export type CheckResult = 'ok' | 'failed' | 'unknown';

export interface ReadinessChecks {
  readonly database: CheckResult;
  /** Every migration of this version has run; newer ones of another version do no harm. */
  readonly migrations: CheckResult;
  /** The constraint that makes double bookings impossible is there and enforced (F52). */
  readonly constraints: CheckResult;
}

/** What this instance needs before it may be sent requests. */
export abstract class Readiness {
  /** Answers within two seconds, and never throws: a check that cannot be made has failed. */
  abstract check(): Promise<ReadinessChecks>;
}

interface ReadinessProblem extends ProblemDetails {
  readonly checks: ReadinessChecks;
}

const RETRY_SECONDS = 5;

/** Requests should go to another instance. Status 503. */
export class NotReady extends AppError {
  readonly kind = 'unavailable';
  readonly code = 'not_ready';

  constructor(checks: ReadinessChecks) {
    const failed = Object.entries(checks).filter(([, result]) => result !== 'ok');
    const details: ReadinessProblem = { checks, retry_after_seconds: RETRY_SECONDS };
    super(
      `The service is not ready: ${failed.map(([name, result]) => `${name} ${result}`).join(', ')}.`,
      details,
    );
  }
}

/** @throws NotReady naming the checks that did not pass */
export function requireReady(checks: ReadinessChecks): void {
  if (Object.values(checks).some((result) => result !== 'ok')) throw new NotReady(checks);
}
