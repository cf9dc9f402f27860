import type { Problem } from './problem.js';

type Sample = Omit<Problem, 'code'>;

const HEALTH = {
  status: 'critical',
  total_calendars: 2,
  successful_calendars: 0,
  failed_calendars: ['Main', 'Ada'],
  token_issues: ['ada@example.com'],
  message: '0/2 calendars checked successfully. 1 need re-authorization, 1 had other issues',
  calendars: [],
};

/** Every `code` of the API with its status and one example; what the API document shows. */
export const PROBLEM_CODES = {
  validation_failed: {
    status: 400,
    detail: 'title: expected text of 1 to 500 characters',
    errors: [{ field: 'title', message: 'expected text of 1 to 500 characters' }],
  },
  unauthenticated: { status: 401, detail: 'The key is not valid.' },
  calendar_reauth_required: {
    status: 401,
    detail: 'The owner of the calendar must re-authorize the account.',
    requires_reauth: true,
    reauth_actor: 'user',
    connection_id: '5f0c8c1e-6f5c-4a55-9a57-0f7a3a1c2b10',
    reauth_url: 'https://slotkeeper.example.com/api/oauth/google/reauthorize?link=…',
    error_category: 'token_issues',
    calendar_health: HEALTH,
  },
  forbidden: { status: 403, detail: 'This needs the admin key.' },
  calendar_permission_denied: {
    status: 403,
    detail: 'The account may not write to the booking calendar.',
    error_category: 'token_issues',
    calendar_health: HEALTH,
  },
  not_found: { status: 404, detail: 'There is no such object.' },
  slot_unavailable: {
    status: 409,
    detail: 'The time is no longer free.',
    alternatives: [{ start_time: '2027-03-10T09:30:00-05:00', end_time: '2027-03-10T10:00:00-05:00' }],
    calendar_health: HEALTH,
  },
  calendar_gone: {
    status: 409,
    detail: 'The booking calendar no longer exists for the account.',
    error_category: 'system_error',
  },
  account_mismatch: {
    status: 409,
    detail: 'Consent was given by another Google account than the one to re-authorize.',
    connection_id: '5f0c8c1e-6f5c-4a55-9a57-0f7a3a1c2b10',
  },
  idempotency_in_progress: {
    status: 409,
    detail: 'The first request with this key is still running.',
    retry_after_seconds: 1,
  },
  conflict: { status: 409, detail: 'The booking failed; there is no appointment to cancel.' },
  payload_too_large: { status: 413, detail: 'The body is larger than 100 kB.' },
  unsupported_media_type: { status: 415, detail: 'Send the body as application/json.' },
  rules_violation: {
    status: 422,
    detail: 'The day is not a workday.',
    error_category: 'rules_violation',
  },
  idempotency_key_reused: { status: 422, detail: 'This key was used with another body.' },
  rate_limited: { status: 429, detail: 'There were too many requests.', retry_after_seconds: 10 },
  internal_error: { status: 500, detail: 'The service failed; the problem has been logged.' },
  provider_unavailable: {
    status: 503,
    detail: 'Google failed for the moment.',
    retry_after_seconds: 5,
    error_category: 'system_error',
    calendar_health: HEALTH,
  },
  calendar_unverifiable: {
    status: 503,
    detail: 'The booking calendar could not be read reliably; nothing was booked.',
    retry_after_seconds: 5,
    error_category: 'system_error',
    calendar_health: HEALTH,
  },
  service_unavailable: {
    status: 503,
    detail: 'The service cannot reach its database now.',
    retry_after_seconds: 5,
    error_category: 'system_error',
  },
  not_ready: {
    status: 503,
    detail: 'The service is not ready: database failed.',
    retry_after_seconds: 5,
  },
} as const satisfies Readonly<Record<string, Sample>>;

export type ProblemCode = keyof typeof PROBLEM_CODES;
