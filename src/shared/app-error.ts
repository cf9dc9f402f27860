import { factsOf, type Failure } from './failure.js';
import type { LogFields } from './log.js';

/** Why a request could not be served, in the caller's terms. Each kind has exactly one HTTP status. */
export type ErrorKind =
  | 'invalid'
  | 'rules'
  | 'unauthenticated'
  | 'reauth'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'unprocessable'
  | 'too_large'
  | 'rate_limited'
  | 'unavailable';

export type ErrorCategory = 'rules_violation' | 'token_issues' | 'system_error';

export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/** Members of the problem document beyond `title`, `status`, `detail`, `code` (RFC 9457 section 3.2). */
export interface ProblemDetails {
  readonly errors?: readonly FieldError[];
  readonly requires_reauth?: boolean;
  readonly reauth_actor?: 'user' | 'admin' | 'operator';
  readonly connection_id?: string;
  readonly reauth_url?: string | null;
  readonly retry_after_seconds?: number;
  readonly calendar_health?: unknown;
  readonly alternatives?: readonly { start_time: string; end_time: string }[];
  readonly error_category?: ErrorCategory;
  readonly booking_id?: string;
}

/**
 * An error that the caller can act on; anything else thrown is a bug and becomes a bare 500.
 * `message` is the problem's `detail`: plain words, ids at most, never a token or an event title.
 */
export abstract class AppError extends Error {
  abstract readonly kind: ErrorKind;
  abstract readonly code: string;

  /** For the log line of the request only: what is known of a provider's failure, and ids. */
  facts: LogFields = {};

  constructor(
    message: string,
    readonly details: ProblemDetails = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }

  /** The same error, whose log line tells this as well. */
  noting(facts: LogFields): this {
    this.facts = { ...this.facts, ...facts };
    return this;
  }

  /** The same error, whose log line tells of the provider's failure behind it. */
  dueTo(failure: Failure): this {
    const { code, ...facts } = factsOf(failure);
    return this.noting({ ...facts, failure_code: code });
  }
}

export class ValidationFailed extends AppError {
  readonly kind = 'invalid';
  readonly code = 'validation_failed';

  constructor(errors: readonly FieldError[], details: ProblemDetails = {}) {
    super(errors.map((e) => `${e.field}: ${e.message}`).join('; '), { ...details, errors });
  }

  static of(field: string, message: string): ValidationFailed {
    return new ValidationFailed([{ field, message }]);
  }
}

export class Unauthenticated extends AppError {
  readonly kind = 'unauthenticated';
  readonly code = 'unauthenticated';
}

export class Forbidden extends AppError {
  readonly kind = 'forbidden';
  readonly code = 'forbidden';
}

export class NotFound extends AppError {
  readonly kind = 'not_found';
  readonly code = 'not_found';
}

export class Conflict extends AppError {
  readonly kind = 'conflict';
  readonly code = 'conflict';
}

export class RulesViolation extends AppError {
  readonly kind = 'rules';
  readonly code = 'rules_violation';

  constructor(message: string, details: ProblemDetails = {}) {
    super(message, { error_category: 'rules_violation', ...details });
  }
}

/** The service's own database or another part of it cannot answer now; the caller may repeat. */
export class ServiceUnavailable extends AppError {
  readonly kind = 'unavailable';
  readonly code = 'service_unavailable';
}

/** @throws NotFound when a look-up answered null, or a change touched nothing */
export function found<T>(value: T | null | false): T {
  if (value === null || value === false) throw new NotFound('There is no such object.');
  return value;
}
