import { AppError, type ProblemDetails } from '../shared/app-error.js';
import type { ReadinessChecks } from './readiness.js';

interface ReadinessProblem extends ProblemDetails {
  readonly checks: ReadinessChecks;
}

const RETRY_SECONDS = 5;

/** Requests should go to another instance. Status 503. */
export class NotReady extends AppError {
  readonly kind = 'unavailable';
  readonly code = 'not_ready';

  constructor(checks: ReadinessChecks) {
    const missed = Object.entries(checks).filter(([, result]) => result !== 'ok');
    const details: ReadinessProblem = { checks, retry_after_seconds: RETRY_SECONDS };
    super(`The service is not ready: ${missed.map((check) => check.join(' ')).join(', ')}.`, details);
  }
}

/** The check went well, but the operator does not get what was asked for: the folder is missing, full or not ours. */
export class ExportFailed extends AppError {
  readonly kind = 'unavailable';
  readonly code = 'export_failed';

  constructor(reason: string, options?: ErrorOptions) {
    super(`The issues could not be written to EXPORT_DIR: ${reason}.`, {}, options);
  }
}
