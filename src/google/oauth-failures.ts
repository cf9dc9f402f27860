import type { FailureRow } from './failure-row.js';
import {
  ACCOUNT_PROTECTED,
  ADMIN_BLOCKS,
  CLIENT_REFUSED,
  CONSENT_LOST,
  OAUTH_REQUEST_WRONG,
  REFUSED,
  SESSION_ENDED,
  THROTTLED,
  TRANSIENT,
} from './verdicts.js';

const AUTHORIZATION_ERRORS =
  'https://developers.google.com/identity/protocols/oauth2/web-server#authorization-errors';

/** `{"error": "…"}` of the OAuth endpoints (RFC 6749 section 5.2, and Google's own), whatever the status below 500. */
export const OAUTH_ERRORS: readonly FailureRow[] = [
  {
    match: { error: ['invalid_grant'], subtype: ['invalid_rapt', 'rapt_required'] },
    code: 'invalid_grant',
    verdict: SESSION_ENDED,
    source: 'https://support.google.com/a/answer/9368756',
  },
  {
    // Its description says "expired or revoked", "Bad Request", "Account has been deleted" and more: never judged.
    match: { error: ['invalid_grant'] },
    verdict: CONSENT_LOST,
    source: 'https://developers.google.com/identity/protocols/oauth2#expiration',
  },
  {
    match: { error: ['authorization_revoked'] },
    verdict: CONSENT_LOST,
    source: 'no public source found; the name leaves no doubt of its meaning',
  },
  {
    match: { error: ['admin_policy_enforced'] },
    verdict: ADMIN_BLOCKS,
    source: 'https://developers.google.com/identity/protocols/oauth2#expiration',
  },
  {
    match: { error: ['access_denied'] },
    verdict: ADMIN_BLOCKS,
    source:
      'https://github.com/google-cloud-sdk-unofficial/google-cloud-sdk/blob/master/lib/googlecloudsdk/core/context_aware.py',
  },
  {
    match: { error: ['org_internal'] },
    verdict: ADMIN_BLOCKS,
    source: AUTHORIZATION_ERRORS,
  },
  {
    match: { error: ['access_not_configured'] },
    verdict: ADMIN_BLOCKS,
    source: 'https://support.google.com/accounts/answer/16668185',
  },
  {
    match: { error: ['policy_enforced'] },
    verdict: ACCOUNT_PROTECTED,
    source: 'https://github.com/twentyhq/twenty/pull/25148',
  },
  {
    match: { error: ['invalid_client'] },
    verdict: CLIENT_REFUSED,
    source: AUTHORIZATION_ERRORS,
  },
  {
    match: { error: ['unauthorized_client'] },
    verdict: CLIENT_REFUSED,
    source: 'https://github.com/googleapis/google-auth-library-python/issues/1561',
  },
  {
    match: { error: ['deleted_client'] },
    verdict: CLIENT_REFUSED,
    source: 'https://github.com/googleapis/google-api-nodejs-client/issues/1256',
  },
  {
    match: { error: ['disabled_client'] },
    verdict: CLIENT_REFUSED,
    source: 'https://github.com/openpubkey/opkssh/issues/617',
  },
  {
    // "Missing required parameter: refresh_token", "client_secret is missing." and the like.
    match: { error: ['invalid_request'] },
    verdict: OAUTH_REQUEST_WRONG,
    source: 'https://github.com/yiisoft/yii2/issues/7389',
  },
  {
    match: { error: ['redirect_uri_mismatch'] },
    verdict: OAUTH_REQUEST_WRONG,
    source: 'https://github.com/googleapis/google-api-nodejs-client/issues/744',
  },
  {
    match: { error: ['unsupported_grant_type'] },
    verdict: OAUTH_REQUEST_WRONG,
    source: 'https://github.com/googleapis/google-api-ruby-client/issues/862',
  },
  {
    match: { error: ['invalid_scope'] },
    verdict: OAUTH_REQUEST_WRONG,
    source: 'https://github.com/googleapis/google-auth-library-python/issues/999',
  },
  {
    match: { error: ['internal_failure', 'server_error', 'temporarily_unavailable'] },
    verdict: TRANSIENT,
    source: 'https://github.com/googleapis/google-auth-library-python/blob/main/google/oauth2/_client.py',
  },
];

const RATE_LIMITS = [
  'quotaExceeded',
  'dailyLimitExceeded',
  'rateLimitExceeded',
  'userRateLimitExceeded',
  'RATE_LIMIT_EXCEEDED',
  'RESOURCE_EXHAUSTED',
];

/** What else the OAuth endpoints answer. Their statuses tell nothing of calendars or of access tokens. */
export const TOKEN_ENDPOINT_ANSWERS: readonly FailureRow[] = [
  {
    // Said of an access token these are cured by a refresh; said to a refresh, by a new consent only.
    match: { error: ['invalid_token', 'token_expired'] },
    verdict: CONSENT_LOST,
    source: 'no public source found; a refresh that hears this of its token has no other left',
  },
  {
    match: { error: ['rate_limit_exceeded'] },
    verdict: THROTTLED,
    source: 'https://support.google.com/cloud/answer/9028764',
  },
  {
    match: { error: ['slow_down'] },
    verdict: THROTTLED,
    source: 'https://developers.google.com/identity/protocols/oauth2/limited-input-device',
  },
  {
    match: { reason: RATE_LIMITS },
    verdict: THROTTLED,
    source: 'https://github.com/googleapis/oauth2client/pull/11',
  },
  {
    match: { status: 429 },
    verdict: THROTTLED,
    source: 'https://www.rfc-editor.org/rfc/rfc6585#section-4',
  },
  {
    // Google throttles refreshes of one token with a page that no program can read.
    match: { status: 403 },
    verdict: THROTTLED,
    source: 'https://github.com/googleapis/google-oauth-java-client/issues/57',
  },
  {
    match: { status: 408 },
    verdict: TRANSIENT,
    source: 'https://www.rfc-editor.org/rfc/rfc9110#section-15.5.9',
  },
  {
    // Among them a 401 with an empty body, which Google was seen to send.
    match: {},
    verdict: REFUSED,
    source: 'https://github.com/googleapis/google-api-java-client/issues/932',
  },
];
