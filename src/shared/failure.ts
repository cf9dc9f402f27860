import type { LogFields } from './log.js';

/** The one vocabulary for what can be wrong with a connection or a calendar. */
export const FAILURE_CATEGORIES = [
  'missing_tokens',
  'expired_tokens',
  'connection_error',
  'permission_error',
  'calendar_not_found',
  'rate_limited',
  'malformed_data',
  'provider_misconfigured',
] as const;

export type FailureCategory = (typeof FAILURE_CATEGORIES)[number];

/** Who can mend it. `none`: it passes by itself. */
export type Actor = 'user' | 'admin' | 'operator' | 'none';

/** One failure of a provider, classified. `message` is safe to show: no token, no body of an answer. */
export interface Failure {
  readonly category: FailureCategory;
  /** The provider's or our own short name of it, for example `invalid_grant`. */
  readonly code: string;
  /** A finer reason under `code`, for example `invalid_rapt`. */
  readonly reason: string | null;
  readonly actor: Actor;
  readonly httpStatus: number | null;
  readonly message: string;
  /** The connection cannot work until `actor` has done something. */
  readonly needsReauth: boolean;
  /** The same call may succeed if repeated soon. */
  readonly retryable: boolean;
  /** The provider asked for this pause. */
  readonly retryAfterMs: number | null;
  /** The call ended by our own time limit; repeating it inside the same request only doubles the wait. */
  readonly timedOut: boolean;
  /** How many calls of the provider failed before it was given up; 0 when it was not asked. Absent: one. */
  readonly attempts?: number;
}

/** A provider call that failed, carrying its classification. */
export class ProviderError extends Error {
  constructor(
    readonly failure: Failure,
    options?: ErrorOptions,
  ) {
    super(failure.message, options);
    this.name = 'ProviderError';
  }

  /** See {@link failedAfter}. */
  after(calls: number): ProviderError {
    return calls === 0 ? this : new ProviderError(failedAfter(calls, this.failure), { cause: this });
  }
}

export function attemptsOf({ attempts = 1 }: Failure): number {
  return attempts;
}

/** The same failure, with the calls that had failed before counted in. */
export function failedAfter(calls: number, failure: Failure): Failure {
  return { ...failure, attempts: calls + attemptsOf(failure) };
}

/** A failure that is known from before: the provider was not asked again. */
export function unasked<F extends Failure>(failure: F): F {
  return { ...failure, attempts: 0 };
}

/** What a log line tells of a failure. */
export function factsOf(failure: Failure) {
  const { category, code, httpStatus } = failure;
  const facts = { class: category, code, upstream_status: httpStatus, attempts: attemptsOf(failure) };
  return facts satisfies LogFields;
}
