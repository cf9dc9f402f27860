/** `unknown`: what it rests on failed already, so it could not be looked at. */
export type CheckResult = 'ok' | 'failed' | 'unknown';

export interface ReadinessChecks {
  /** It answers and takes writes. */
  readonly database: CheckResult;
  /** Every migration of this version has run; newer ones of another version do no harm. */
  readonly migrations: CheckResult;
  /** The constraint that makes double bookings impossible is there, as it has to be, and enforced (F52). */
  readonly constraints: CheckResult;
}

/** What this instance needs before it may be sent requests. */
export abstract class Readiness {
  /** Answers within two seconds, and never throws: a check that cannot be made has failed. */
  abstract check(): Promise<ReadinessChecks>;
}

export function isReady(checks: ReadinessChecks): boolean {
  return Object.values(checks).every((result) => result === 'ok');
}
