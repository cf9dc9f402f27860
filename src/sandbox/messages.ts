import type { IncomingHttpHeaders } from 'node:http';

/** An HTTP request, read to its end. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An HTTP answer, not yet sent: faults may still bend it. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What an operation decided. `commit` makes it so, and may run later than the answer or never. */
export interface Outcome {
  readonly reply: Reply;
  readonly commit?: () => void;
}

export function jsonReply(status: number, value: unknown, headers: Record<string, string> = {}): Reply {
  const body = JSON.stringify(value, null, 1);
  return { status, headers: { 'content-type': 'application/json; charset=UTF-8', ...headers }, body };
}

export function htmlReply(status: number, body: string): Reply {
  return { status, headers: { 'content-type': 'text/html; charset=UTF-8' }, body };
}

export function redirectReply(location: string): Reply {
  return { status: 302, headers: { location }, body: '' };
}

export function emptyReply(status: number): Reply {
  return { status, headers: {}, body: '' };
}
