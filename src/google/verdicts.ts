import type { Actor, FailureCategory } from '../shared/failure.js';
import type { Verdict } from './failure-row.js';

/** F20: a used-up quota does not come back within a request. */
const QUOTA_PAUSE_MS = 15 * 60_000;

const STOPS = { needsReauth: true };
const PASSES = { retryable: true };

const verdict = (
  category: FailureCategory,
  actor: Actor,
  message: string,
  more: Partial<Verdict> = {},
): Verdict => ({ category, actor, message, needsReauth: false, retryable: false, ...more });

export const CONSENT_LOST = verdict(
  'expired_tokens',
  'user',
  'Google no longer accepts the authorization; the owner must re-authorize.',
  STOPS,
);
export const SESSION_ENDED = verdict(
  'expired_tokens',
  'user',
  'The session length that the Google Workspace administrator set is over; the owner must re-authorize.',
  STOPS,
);
export const ADMIN_BLOCKS = verdict(
  'permission_error',
  'admin',
  'The Google Workspace administrator blocks the access.',
  STOPS,
);
export const ACCOUNT_PROTECTED = verdict(
  'permission_error',
  'user',
  "The account's own protection blocks the access; its owner must allow it and re-authorize.",
  STOPS,
);
export const SCOPE_MISSING = verdict(
  'permission_error',
  'user',
  'A permission that the service needs was not granted; the owner must re-authorize.',
  STOPS,
);
export const CLIENT_REFUSED = verdict(
  'provider_misconfigured',
  'operator',
  "Google refuses the service's own OAuth client.",
  STOPS,
);

/** Re-authorizing mends no mistake of the service; its connections stay, and work again once it is mended. */
export const OAUTH_REQUEST_WRONG = verdict(
  'provider_misconfigured',
  'operator',
  "Google refuses the form of the service's OAuth request: its settings or its code need mending.",
);
export const PROJECT_REFUSED = verdict(
  'provider_misconfigured',
  'operator',
  'Google does not let the Google Cloud project of the service use the Calendar API.',
);
export const CALENDAR_REQUEST_WRONG = verdict(
  'connection_error',
  'operator',
  'Google refused a request that the service should not have made in this form.',
);

/** `ProviderCalls` takes it for its cue to refresh the token and to repeat the call, once. */
export const TOKEN_REJECTED = verdict('expired_tokens', 'user', 'Google rejected the access token.');

export const NO_ACCESS = verdict(
  'permission_error',
  'user',
  'The account may not do this with the calendar.',
);
export const ACCOUNT_UNUSABLE = verdict(
  'permission_error',
  'user',
  'Google says that the account is deleted, disabled or not verified.',
);
/** Nobody has to consent again: it works as soon as the administrator allows it. */
export const POLICY_FORBIDS = verdict(
  'permission_error',
  'admin',
  'The Google Workspace administrator does not let the account use Google Calendar here.',
);
export const GONE = verdict(
  'calendar_not_found',
  'user',
  'The calendar does not exist for the account, or is no longer shared with it.',
);

export const PACE = verdict('rate_limited', 'none', 'Google limits the rate of requests.', PASSES);
export const QUOTA = verdict('rate_limited', 'operator', 'The usage limit of the calendar is reached.', {
  pauseMs: QUOTA_PAUSE_MS,
});
export const CALENDAR_LIMITED = verdict(
  'rate_limited',
  'none',
  'Google limits the rate of requests for the calendar.',
);
/** F10: to a calendar's reader, a throttled token endpoint is one that cannot be reached for a while. */
export const THROTTLED = verdict(
  'connection_error',
  'none',
  'Google limits the rate of token requests.',
  PASSES,
);

export const TRANSIENT = verdict('connection_error', 'none', 'Google failed for the moment.', PASSES);
export const REFUSED = verdict('connection_error', 'none', 'Google refused the request.');
export const EXISTS_ALREADY = verdict('connection_error', 'none', 'The event exists already.');
export const DELETED_ALREADY = verdict('connection_error', 'none', 'The event was deleted before.');
export const CHANGED_MEANWHILE = verdict(
  'connection_error',
  'none',
  'The event was changed by somebody else meanwhile.',
);
export const SYNC_LOST = verdict(
  'connection_error',
  'none',
  'Google no longer knows what changed; everything has to be read again.',
);

export const GROUP_TOO_BIG = verdict(
  'connection_error',
  'user',
  'The group behind the calendar is too large for its busy times to be read.',
);
export const UNANSWERED = verdict('connection_error', 'none', 'Google left the calendar out of its answer.');
export const MALFORMED = verdict(
  'connection_error',
  'none',
  'Google sent an answer that cannot be read.',
  PASSES,
);
export const PERIODS_MALFORMED = verdict(
  'malformed_data',
  'none',
  'Google sent busy periods that cannot be read.',
);

export const UNREACHABLE = verdict('connection_error', 'none', 'Google could not be reached.', PASSES);
export const UNTRUSTED = verdict(
  'connection_error',
  'operator',
  "Google's certificate cannot be verified: a proxy, the clock or the trusted authorities are wrong.",
  PASSES,
);
/** Repeating it inside the same request would only double the wait. */
export const TIMED_OUT = verdict('connection_error', 'none', 'Google did not answer in time.', {
  timedOut: true,
});
