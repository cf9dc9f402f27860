import { AppError, RulesViolation, type ProblemDetails } from '../shared/app-error.js';
import type { Failure } from '../shared/failure.js';

/** The time is taken or held. Status 409; `alternatives` are free times near it. */
export class SlotUnavailable extends AppError {
  readonly kind = 'conflict';
  readonly code = 'slot_unavailable';

  constructor(details: ProblemDetails = {}) {
    super('The time is no longer free.', { alternatives: [], ...details });
  }
}

/** A calendar could not be read reliably just before booking; nothing was written. Status 503. */
export class CalendarUnverifiable extends AppError {
  readonly kind = 'unavailable';
  readonly code = 'calendar_unverifiable';

  constructor(message: string, failure: Failure | null, details: ProblemDetails = {}) {
    const pauseMs = failure?.retryAfterMs ?? 5000;
    super(message, {
      error_category: 'system_error',
      retry_after_seconds: Math.max(1, Math.ceil(pauseMs / 1000)),
      ...details,
    });
    if (failure !== null) this.dueTo(failure);
  }
}

/** Google refused the event for good; nothing was booked and the time is free again. Status 409. */
export class EventRefused extends AppError {
  readonly kind = 'conflict';
  readonly code = 'conflict';

  constructor(failure: Failure, details: ProblemDetails = {}) {
    super('Google refused to write the appointment; nothing was booked.', {
      error_category: 'system_error',
      ...details,
    });
    this.dueTo(failure);
  }
}

/** The day reached `max_bookings_per_day`. Status 422. */
export class DayFull extends RulesViolation {
  constructor() {
    super('The day has reached its limit of bookings.');
  }
}

/** The first request with this key is still running. Status 409. */
export class IdempotencyInProgress extends AppError {
  readonly kind = 'conflict';
  readonly code = 'idempotency_in_progress';

  constructor() {
    super('The first request with this idempotency key is still running.', { retry_after_seconds: 1 });
  }
}

/** The key was sent with another request before. Status 422. */
export class IdempotencyKeyReused extends AppError {
  readonly kind = 'unprocessable';
  readonly code = 'idempotency_key_reused';

  constructor() {
    super('The idempotency key was used for another request; choose a new one.');
  }
}
