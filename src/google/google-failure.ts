import type { Failure } from '../shared/failure.js';
import { parseHttpDate } from '../shared/time.js';
import { listedName, type FailureRow, type Observed } from './failure-row.js';
import { rowFor } from './failure-table.js';
import { observedAnswer, observedBody, observedEntry, type UpstreamAnswer } from './observed.js';

export type { UpstreamAnswer } from './observed.js';

/** A longer wish is a mistake, and must not lock an account out. */
const MAX_RETRY_AFTER_MS = 24 * 60 * 60_000;

/**
 * What an answer that is no success means. The table decides; nothing outside this folder does. An answer
 * nobody has listed is no reason to re-authorize, since asking a person for that is costly.
 */
export function googleFailure(answer: UpstreamAnswer, now: number): Failure {
  return judged(observedAnswer(answer), retryAfter(answer.retryAfter, now));
}

/** A 2xx whose body is not what the call promises. @param what the part that is wrong, as the table lists it */
export function malformedAnswer(status: number, what: string): Failure {
  return judged(observedBody(status, what), null);
}

/** A reason inside a 200, for one calendar of a free/busy answer. */
export function calendarEntryFailure(reason: string): Failure {
  const failure = judged(observedEntry(reason), null);
  return { ...failure, code: shortName(reason) ?? 'unknown_reason' };
}

function judged(seen: Observed, retryAfterMs: number | null): Failure {
  const row = rowFor(seen);
  const { pauseMs, timedOut = false, ...verdict } = row.verdict;
  const code = codeOf(row, seen);
  return {
    ...verdict,
    code,
    reason: reasonOf(row, code, seen),
    httpStatus: seen.status,
    retryAfterMs: pauseMs ?? retryAfterMs,
    timedOut,
  };
}

function codeOf({ code, match }: FailureRow, { status, names }: Observed): string {
  return (
    code ?? listedName(match.error, names.error) ?? listedName(match.reason, names.reason) ?? `http_${status}`
  );
}

/** The finest name there is, also one that decided nothing: it helps whoever looks for the cause. */
function reasonOf({ match }: FailureRow, code: string, { names }: Observed): string | null {
  const decisive = listedName(match.reason, names.reason);
  const finer = [...names.subtype, decisive ?? '', ...names.reason];
  const others = [...names.error.filter((name) => name !== code), ...names.transport, ...names.unreadable];
  return [...finer, ...others].map(shortName).find((name) => name !== null) ?? null;
}

/** Upstream text that is stored and shown must be a plain name: no markup, no control characters, not long. */
function shortName(text: string): string | null {
  return /^[\w.:/-]{1,100}$/.test(text) ? text : null;
}

/** `Retry-After` in seconds or as an HTTP date (RFC 9110 section 10.2.3), in milliseconds from now. */
function retryAfter(header: string | null | undefined, now: number): number | null {
  if (header === null || header === undefined || header === '') return null;
  if (/^\d+$/.test(header)) return Math.min(MAX_RETRY_AFTER_MS, Number(header) * 1000);
  const at = parseHttpDate(header);
  return at === null ? null : Math.min(MAX_RETRY_AFTER_MS, Math.max(0, at - now));
}
