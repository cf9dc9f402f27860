import type { ProblemDetails } from './app-error.js';

export interface Problem extends ProblemDetails {
  readonly status: number;
  readonly code: string;
  /** One sentence for people. */
  readonly detail: string;
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json; charset=utf-8';

export const STATUS_TITLE: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  408: 'Request Timeout',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** The body of every answer that is an error. @see https://www.rfc-editor.org/rfc/rfc9457 */
export function problemDocument(
  { status, code, detail, ...details }: Problem,
  requestId: string,
): Record<string, unknown> {
  const title = STATUS_TITLE[status] ?? 'Error';
  return { type: 'about:blank', title, status, detail, code, request_id: requestId, ...details };
}
