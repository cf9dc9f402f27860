import type { IncomingMessage } from 'node:http';
import { record } from '../../shared/record.js';
import type { Attempt, DeliveryFailure } from '../delivery.js';
import { ForbiddenTarget, isUnknownName } from './target.js';

const TLS = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|EPROTO|HOSTNAME_MISMATCH)/;

/** 2xx is the only success. */
export function attemptOf(answer: IncomingMessage, durationMs: number): Attempt {
  const responseStatus = answer.statusCode ?? null;
  const isTaken = responseStatus !== null && responseStatus >= 200 && responseStatus < 300;
  const seconds = /^\d{1,9}$/.exec(answer.headers['retry-after'] ?? '')?.[0];
  return {
    failure: isTaken ? null : 'answer',
    responseStatus,
    retryAfterMs: seconds === undefined ? null : Number(seconds) * 1000,
    durationMs,
  };
}

/** Why there was no answer. `limit` is the time that was given. */
export function failureOf(error: unknown, limit: AbortSignal): DeliveryFailure {
  if (error instanceof ForbiddenTarget) return 'forbidden_address';
  if (limit.aborted) return 'timeout';
  if (isUnknownName(error)) return 'name_not_found';
  const code = String(record(error)['code']);
  if (code === 'ETIMEDOUT' || code === 'ETIMEOUT') return 'timeout';
  if (TLS.test(code)) return 'tls_failed';
  return code.startsWith('HPE_') ? 'malformed_answer' : 'connection_failed';
}
