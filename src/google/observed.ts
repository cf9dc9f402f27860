import { record } from '../shared/record.js';
import type { Endpoint, NameField, Observed, Place } from './failure-row.js';

/** What Google or the network gave, before anybody judged it. */
export interface UpstreamAnswer {
  /** Null when no answer came: DNS, reset, time-out. */
  readonly status: number | null;
  /** Who answered; the Calendar API unless said otherwise. */
  readonly endpoint?: Endpoint;
  /** The decoded JSON, or the text when it was none. */
  readonly body?: unknown;
  readonly retryAfter?: string | null;
  /** `code` or name of the transport error, for example `ECONNRESET` or `TimeoutError`. */
  readonly transportCode?: string | null;
}

type Found = Partial<Readonly<Record<NameField, readonly unknown[]>>>;

/** The facts in an answer that is no success, without its free text. */
export function observedAnswer({
  status,
  endpoint = 'calendar',
  body,
  transportCode,
}: UpstreamAnswer): Observed {
  return status === null
    ? observed('transport', status, { transport: [transportCode] })
    : observed(endpoint, status, isError(status) ? structuredNames(body) : {});
}

/** Under any other status, a body that reads like a refusal is not Google's word. */
function isError(status: number): boolean {
  return status >= 400 && status <= 599;
}

export function observedEntry(reason: string): Observed {
  return observed('entry', 200, { reason: [reason] });
}

export function observedBody(status: number, unreadable: string): Observed {
  return observed('body', status, { unreadable: [unreadable] });
}

function observed(place: Place, status: number | null, found: Found): Observed {
  const texts = (field: NameField): string[] =>
    (found[field] ?? []).filter((name) => typeof name === 'string');
  return {
    place,
    status,
    names: {
      error: texts('error'),
      subtype: texts('subtype'),
      reason: texts('reason'),
      transport: texts('transport'),
      unreadable: texts('unreadable'),
    },
  };
}

/** Google's two error shapes: `{error: "code", error_subtype}` of OAuth and `{error: {errors, details}}` of its APIs. */
function structuredNames(body: unknown): Found {
  const { error, error_subtype: subtype } = record(body);
  if (typeof error === 'string') return { error: [error], subtype: [subtype] };
  const { details, errors, status } = record(error);
  return { reason: [...reasonsOf(details), ...reasonsOf(errors), status] };
}

function reasonsOf(items: unknown): unknown[] {
  return Array.isArray(items) ? items.map((item) => record(item)['reason']) : [];
}
