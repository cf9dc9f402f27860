import type { FailureRow } from './failure-row.js';
import { MALFORMED, PERIODS_MALFORMED, TIMED_OUT, UNANSWERED, UNREACHABLE, UNTRUSTED } from './verdicts.js';

const SYSTEM_ERRORS = 'https://nodejs.org/api/errors.html#common-system-errors';
const UNDICI_ERRORS = 'https://github.com/nodejs/undici/blob/main/docs/docs/api/Errors.md';

/** By `code` or name of the error that the HTTP client throws. */
export const NO_ANSWER: readonly FailureRow[] = [
  {
    match: {
      transport: [
        'TimeoutError',
        'AbortError',
        'ABORT_ERR',
        'ETIMEDOUT',
        'ESOCKETTIMEDOUT',
        'ERR_SOCKET_CONNECTION_TIMEOUT',
      ],
    },
    code: 'timeout',
    verdict: TIMED_OUT,
    source: SYSTEM_ERRORS,
  },
  {
    match: {
      transport: [
        'UND_ERR_CONNECT_TIMEOUT',
        'UND_ERR_HEADERS_TIMEOUT',
        'UND_ERR_BODY_TIMEOUT',
        'UND_ERR_ABORTED',
      ],
    },
    code: 'timeout',
    verdict: TIMED_OUT,
    source: UNDICI_ERRORS,
  },
  {
    match: {
      transport: [
        'CERT_HAS_EXPIRED',
        'CERT_NOT_YET_VALID',
        'CERT_UNTRUSTED',
        'CERT_REJECTED',
        'CERT_REVOKED',
        'CERT_SIGNATURE_FAILURE',
        'CERT_CHAIN_TOO_LONG',
        'DEPTH_ZERO_SELF_SIGNED_CERT',
        'SELF_SIGNED_CERT_IN_CHAIN',
        'UNABLE_TO_GET_ISSUER_CERT',
        'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
        'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
        'INVALID_CA',
        'INVALID_PURPOSE',
        'HOSTNAME_MISMATCH',
        'ERR_TLS_CERT_ALTNAME_INVALID',
      ],
    },
    code: 'network',
    verdict: UNTRUSTED,
    source: 'https://nodejs.org/api/tls.html#x509-certificate-error-codes',
  },
  {
    match: { transport: ['EAI_AGAIN'] },
    code: 'network',
    verdict: UNREACHABLE,
    source: 'https://man7.org/linux/man-pages/man3/getaddrinfo.3.html',
  },
  {
    match: {
      transport: [
        'ENOTFOUND',
        'ECONNREFUSED',
        'ECONNRESET',
        'ECONNABORTED',
        'EPIPE',
        'EHOSTUNREACH',
        'ENETUNREACH',
        'ENETDOWN',
        'EADDRNOTAVAIL',
      ],
    },
    code: 'network',
    verdict: UNREACHABLE,
    source: SYSTEM_ERRORS,
  },
  {
    match: { transport: ['UND_ERR_SOCKET', 'UND_ERR_CLOSED', 'UND_ERR_DESTROYED'] },
    code: 'network',
    verdict: UNREACHABLE,
    source: UNDICI_ERRORS,
  },
  {
    match: {},
    code: 'network',
    verdict: UNREACHABLE,
    source: 'any other error of the HTTP client: no answer came, and nobody said no',
  },
];

const PROXIES = 'seen where a proxy, a captive portal or a broken connection answers in place of Google';

/** A 2xx whose body is not what the call promises: HTML, cut JSON, nothing, a text, a list, a field missing. */
export const UNREADABLE_ANSWERS: readonly FailureRow[] = [
  {
    match: { unreadable: ['token_answer'] },
    code: 'malformed_answer',
    verdict: MALFORMED,
    source: 'https://www.rfc-editor.org/rfc/rfc6749#section-5.1',
  },
  {
    match: {
      unreadable: [
        'not_a_json_object',
        'other_window',
        'calendar_list',
        'event',
        'event_list',
        'endless_paging',
      ],
    },
    code: 'malformed_answer',
    verdict: MALFORMED,
    source: PROXIES,
  },
  {
    match: { unreadable: ['calendar_missing'] },
    code: 'calendar_missing',
    verdict: UNANSWERED,
    source: 'https://developers.google.com/workspace/calendar/api/v3/reference/freebusy/query',
  },
  {
    match: { unreadable: ['busy_period'] },
    code: 'malformed_answer',
    verdict: PERIODS_MALFORMED,
    source: PROXIES,
  },
  { match: {}, code: 'malformed_answer', verdict: MALFORMED, source: PROXIES },
];
