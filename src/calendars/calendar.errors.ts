import { AppError, type ProblemDetails } from '../shared/app-error.js';
import type { Failure } from '../shared/failure.js';

/** OAuth errors that may be repeated to a caller as they are; anything else could be an attacker's text. */
const KNOWN_ERRORS = new Set([
  'access_denied',
  'admin_policy_enforced',
  'org_internal',
  'invalid_request',
  'invalid_scope',
  'server_error',
  'temporarily_unavailable',
]);

/** The consent did not lead to a connection. Status 400; `reason` is what a return URL gets as `error`. */
export abstract class ConsentFailed extends AppError {
  readonly kind = 'invalid';
  readonly code = 'validation_failed';

  constructor(
    readonly reason: string,
    message: string,
    field: string,
  ) {
    super(message, { errors: [{ field, message }] });
  }
}

export class ConsentRefused extends ConsentFailed {
  constructor(error: string | undefined) {
    const known = error !== undefined && KNOWN_ERRORS.has(error) ? error : 'authorization_failed';
    const message =
      known === 'access_denied'
        ? 'The consent was cancelled; nothing was changed.'
        : `Google did not complete the consent (${known}); nothing was changed.`;
    super(known, message, error === undefined ? 'code' : 'error');
  }
}

export class ConsentUseless extends ConsentFailed {
  static missingScopes(missing: readonly string[]): ConsentUseless {
    const message = `These permissions were not granted, and nothing works without them: ${missing.join(', ')}. Start again and leave them ticked.`;
    return new ConsentUseless('insufficient_scope', message, 'scope');
  }

  static noRefreshToken(): ConsentUseless {
    const message = 'Google gave no lasting authorization. Start again and confirm the consent page.';
    return new ConsentUseless('no_refresh_token', message, 'refresh_token');
  }

  static unknownAccount(): ConsentUseless {
    const message = 'Google did not tell which account consented. Start again.';
    return new ConsentUseless('unknown_account', message, 'id_token');
  }
}

/** The account may not do this with the calendar. Status 403. */
export class CalendarPermissionDenied extends AppError {
  readonly kind = 'forbidden';
  readonly code = 'calendar_permission_denied';

  constructor(failure: Failure, details: ProblemDetails = {}) {
    super('The account may not write to the booking calendar.', {
      error_category: 'token_issues',
      ...details,
    });
    this.dueTo(failure);
  }
}

/** The booking calendar no longer exists for the account. Status 409. */
export class CalendarGone extends AppError {
  readonly kind = 'conflict';
  readonly code = 'calendar_gone';

  constructor(failure: Failure, details: ProblemDetails = {}) {
    super('The booking calendar no longer exists for the account.', {
      error_category: 'system_error',
      ...details,
    });
    this.dueTo(failure);
  }
}

/** The provider refused the code of a consent: it is used, too old, or the OAuth client is wrong. */
export class ConsentUnanswered extends ConsentFailed {
  constructor(failure: Failure) {
    const operator = failure.category === 'provider_misconfigured';
    const message = operator
      ? "Google refuses this service's own registration; its operator must mend that."
      : 'Google did not accept the consent any more. Start again.';
    super(operator ? 'provider_misconfigured' : 'authorization_failed', message, 'code');
    this.dueTo(failure);
  }
}
