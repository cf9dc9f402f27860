import type { FailureRow } from './failure-row.js';
import {
  ACCOUNT_UNUSABLE,
  CALENDAR_LIMITED,
  CALENDAR_REQUEST_WRONG,
  CHANGED_MEANWHILE,
  DELETED_ALREADY,
  EXISTS_ALREADY,
  GONE,
  GROUP_TOO_BIG,
  NO_ACCESS,
  PACE,
  POLICY_FORBIDS,
  PROJECT_REFUSED,
  QUOTA,
  REFUSED,
  SCOPE_MISSING,
  SYNC_LOST,
  TOKEN_REJECTED,
  TRANSIENT,
} from './verdicts.js';

const GUIDE = 'https://developers.google.com/workspace/calendar/api/guides/errors';
const GLOBAL_ERRORS = 'https://developers.google.com/youtube/v3/docs/core_errors';
const ERROR_REASONS = 'https://github.com/googleapis/googleapis/blob/master/google/api/error_reason.proto';
const FREE_BUSY = 'https://developers.google.com/workspace/calendar/api/v3/reference/freebusy/query';
const HTTP = 'https://www.rfc-editor.org/rfc/rfc9110#section-15';

/** Rate limits stand before permissions: a 403 for the pace of requests is no refusal. */
const LIMITS: readonly FailureRow[] = [
  { match: { reason: ['quotaExceeded'] }, verdict: QUOTA, source: GUIDE },
  {
    match: { reason: ['calendarLimitsExceeded'] },
    verdict: QUOTA,
    source:
      'no public source found; read like quotaExceeded, whose text is "Calendar usage limits exceeded."',
  },
  {
    match: {
      reason: [
        'dailyLimitExceeded',
        'dailyLimitExceededUnreg',
        'limitExceeded',
        'variableTermLimitExceeded',
        'variableTermExpiredDailyExceeded',
        'dailyLimitExceeded402',
        'quotaExceeded402',
      ],
    },
    verdict: QUOTA,
    source: GLOBAL_ERRORS,
  },
  { match: { reason: ['RESOURCE_QUOTA_EXCEEDED'] }, verdict: QUOTA, source: ERROR_REASONS },
  { match: { reason: ['RATE_LIMIT_EXCEEDED'] }, verdict: PACE, source: ERROR_REASONS },
  { match: { reason: ['rateLimitExceeded', 'userRateLimitExceeded'] }, verdict: PACE, source: GUIDE },
  {
    match: {
      reason: [
        'rateLimitExceededUnreg',
        'userRateLimitExceededUnreg',
        'concurrentLimitExceeded',
        'servingLimitExceeded',
      ],
    },
    verdict: PACE,
    source: GLOBAL_ERRORS,
  },
  {
    match: { reason: ['RESOURCE_EXHAUSTED'] },
    verdict: PACE,
    source: 'https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto',
  },
];

const OPERATOR: readonly FailureRow[] = [
  {
    match: {
      reason: [
        'SERVICE_DISABLED',
        'SERVICE_NOT_VISIBLE',
        'BILLING_DISABLED',
        'CONSUMER_INVALID',
        'CONSUMER_SUSPENDED',
        'USER_PROJECT_DENIED',
        'RESOURCE_PROJECT_INVALID',
        'GCP_SUSPENDED',
        'SECURITY_POLICY_VIOLATED',
        'ORG_RESTRICTION_VIOLATION',
        'ORG_RESTRICTION_HEADER_INVALID',
      ],
    },
    verdict: PROJECT_REFUSED,
    source: ERROR_REASONS,
  },
  {
    match: {
      reason: [
        'API_KEY_INVALID',
        'API_KEY_SERVICE_BLOCKED',
        'API_KEY_HTTP_REFERRER_BLOCKED',
        'API_KEY_IP_ADDRESS_BLOCKED',
        'API_KEY_ANDROID_APP_BLOCKED',
        'API_KEY_IOS_APP_BLOCKED',
      ],
    },
    verdict: PROJECT_REFUSED,
    source: ERROR_REASONS,
  },
  {
    match: {
      reason: [
        'accessNotConfigured',
        'keyInvalid',
        'keyExpired',
        'insufficientAudience',
        'insufficientAuthorizedParty',
        'sslRequired',
        'unknownAuth',
      ],
    },
    verdict: PROJECT_REFUSED,
    source: GLOBAL_ERRORS,
  },
];

const ACCOUNT: readonly FailureRow[] = [
  {
    match: { reason: ['ACCESS_TOKEN_SCOPE_INSUFFICIENT'] },
    code: 'insufficient_scope',
    verdict: SCOPE_MISSING,
    source: ERROR_REASONS,
  },
  {
    match: { reason: ['insufficientPermissions'] },
    code: 'insufficient_scope',
    verdict: SCOPE_MISSING,
    source: GLOBAL_ERRORS,
  },
  { match: { reason: ['authError'] }, verdict: TOKEN_REJECTED, source: GUIDE },
  {
    match: {
      reason: [
        'ACCESS_TOKEN_EXPIRED',
        'ACCESS_TOKEN_TYPE_UNSUPPORTED',
        'ACCOUNT_STATE_INVALID',
        'CREDENTIALS_MISSING',
      ],
    },
    verdict: TOKEN_REJECTED,
    source: ERROR_REASONS,
  },
  {
    match: { status: 401, reason: ['expired', 'unauthorized'] },
    verdict: TOKEN_REJECTED,
    source: GLOBAL_ERRORS,
  },
  {
    // With status 400, `required` means a parameter.
    match: { status: 401, reason: ['required', 'UNAUTHENTICATED'] },
    verdict: TOKEN_REJECTED,
    source: 'https://github.com/spatie/laravel-google-calendar/issues/184',
  },
  { match: { reason: ['USER_BLOCKED_BY_ADMIN'] }, verdict: POLICY_FORBIDS, source: ERROR_REASONS },
  {
    match: { reason: ['domainPolicy'] },
    verdict: POLICY_FORBIDS,
    source: 'https://developers.google.com/workspace/drive/api/guides/handle-errors',
  },
  {
    match: { reason: ['notACalendarUser'] },
    verdict: POLICY_FORBIDS,
    source: 'https://github.com/GAM-team/GAM/issues/806',
  },
  {
    match: { reason: ['accountDeleted', 'accountDisabled', 'accountUnverified'] },
    verdict: ACCOUNT_UNUSABLE,
    source: GLOBAL_ERRORS,
  },
];

const CALENDAR: readonly FailureRow[] = [
  {
    match: { reason: ['requiredAccessLevel'] },
    verdict: NO_ACCESS,
    source: 'https://github.com/spatie/laravel-google-calendar/issues/95',
  },
  { match: { reason: ['forbiddenForNonOrganizer'] }, verdict: NO_ACCESS, source: GUIDE },
  { match: { reason: ['notFound'] }, verdict: GONE, source: GUIDE },
  { match: { reason: ['responseTooLarge'] }, verdict: REFUSED, source: GLOBAL_ERRORS },
  {
    match: { reason: ['timeRangeTooLong'] },
    verdict: CALENDAR_REQUEST_WRONG,
    source: 'https://github.com/calcom/cal.diy/pull/11696',
  },
  { match: { reason: ['timeRangeEmpty'] }, verdict: CALENDAR_REQUEST_WRONG, source: GUIDE },
  {
    match: { status: 400, reason: ['invalid', 'badRequest', 'invalidParameter', 'parseError', 'required'] },
    code: 'http_400',
    verdict: REFUSED,
    source: GLOBAL_ERRORS,
  },
  { match: { reason: ['duplicate'] }, verdict: EXISTS_ALREADY, source: GLOBAL_ERRORS },
  { match: { reason: ['conflict'] }, verdict: REFUSED, source: GUIDE },
  { match: { reason: ['fullSyncRequired', 'updatedMinTooLongAgo'] }, verdict: SYNC_LOST, source: GUIDE },
  { match: { reason: ['deleted'] }, code: 'http_410', verdict: DELETED_ALREADY, source: GUIDE },
  { match: { reason: ['conditionNotMet'] }, verdict: CHANGED_MEANWHILE, source: GUIDE },
  { match: { reason: ['backendError', 'internalError'] }, verdict: TRANSIENT, source: GLOBAL_ERRORS },
  { match: { reason: ['forbidden'] }, verdict: NO_ACCESS, source: GLOBAL_ERRORS },
];

const STATUSES: readonly FailureRow[] = [
  { match: { status: 401 }, verdict: TOKEN_REJECTED, source: GUIDE },
  { match: { status: 403 }, verdict: NO_ACCESS, source: GUIDE },
  { match: { status: 404 }, verdict: GONE, source: GUIDE },
  { match: { status: 408 }, verdict: TRANSIENT, source: HTTP },
  { match: { status: 429 }, verdict: PACE, source: GUIDE },
  { match: {}, verdict: REFUSED, source: HTTP },
];

export const CALENDAR_API_ANSWERS: readonly FailureRow[] = [
  {
    match: { error: ['invalid_token'] },
    verdict: TOKEN_REJECTED,
    source: 'https://www.rfc-editor.org/rfc/rfc6750#section-3.1',
  },
  {
    match: { error: ['token_expired'] },
    verdict: TOKEN_REJECTED,
    source: 'no public source found; read like invalid_token',
  },
  ...LIMITS,
  ...OPERATOR,
  ...ACCOUNT,
  ...CALENDAR,
  ...STATUSES,
];

/** The error of one calendar inside a free/busy answer that is good for the others (F25): never the account's fault. */
export const FREE_BUSY_ENTRIES: readonly FailureRow[] = [
  { match: { reason: ['notFound'] }, verdict: GONE, source: FREE_BUSY },
  { match: { reason: ['internalError'] }, verdict: TRANSIENT, source: FREE_BUSY },
  { match: { reason: ['groupTooBig'] }, verdict: GROUP_TOO_BIG, source: FREE_BUSY },
  {
    match: { reason: ['tooManyCalendarsRequested'] },
    verdict: CALENDAR_REQUEST_WRONG,
    source: FREE_BUSY,
  },
  {
    match: { reason: ['forbidden', 'insufficientPermissions', 'requiredAccessLevel'] },
    verdict: NO_ACCESS,
    source: 'not documented for entries; read like the answers of the Calendar API with these names',
  },
  {
    match: { reason: ['quotaExceeded', 'rateLimitExceeded', 'userRateLimitExceeded'] },
    verdict: CALENDAR_LIMITED,
    source: 'not documented for entries; read like the answers of the Calendar API with these names',
  },
  { match: {}, verdict: REFUSED, source: FREE_BUSY },
];
