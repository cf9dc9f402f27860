import { AppError, type ProblemDetails } from '../shared/app-error.js';
import type { Failure } from '../shared/failure.js';
import type { Connection } from './connection.js';

const ASK = {
  user: 'The owner of the calendar must re-authorize the account.',
  admin: 'An administrator of the Google Workspace must allow the access.',
  operator: 'The operator of this service must mend its Google configuration.',
  none: 'The account must be re-authorized.',
} as const;

/** Access to an account ended; only `reauth_actor` can mend it. Status 401. */
export class ReauthRequired extends AppError {
  readonly kind = 'reauth';
  readonly code = 'calendar_reauth_required';

  constructor(
    readonly connection: Pick<Connection, 'id'>,
    readonly failure: Failure,
    reauthUrl: string | null,
    details: ProblemDetails = {},
  ) {
    const actor = failure.actor === 'none' ? 'user' : failure.actor;
    super(ASK[failure.actor], {
      requires_reauth: true,
      reauth_actor: actor,
      connection_id: connection.id,
      reauth_url: actor === 'operator' ? null : reauthUrl,
      error_category: 'token_issues',
      ...details,
    });
    this.noting({ connection_id: connection.id }).dueTo(failure);
  }
}

/** Google or the network failed for the moment, and the answer cannot be given safely. Status 503. */
export class ProviderUnavailable extends AppError {
  readonly kind = 'unavailable';
  readonly code = 'provider_unavailable';

  constructor(failure: Failure, details: ProblemDetails = {}) {
    super(failure.message, {
      error_category: 'system_error',
      retry_after_seconds: Math.max(1, Math.ceil((failure.retryAfterMs ?? 5000) / 1000)),
      ...details,
    });
    this.dueTo(failure);
  }
}

/** Consent was given by another account than the one to re-authorize. Status 409. */
export class AccountMismatch extends AppError {
  readonly kind = 'conflict';
  readonly code = 'account_mismatch';

  constructor(connectionId: string) {
    super('Consent was given by another Google account than the one to re-authorize.', {
      connection_id: connectionId,
    });
    this.noting({ connection_id: connectionId });
  }
}
