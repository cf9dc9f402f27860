import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Log } from './log.js';
import { PROBLEM_MEDIA_TYPE, problemDocument, STATUS_TITLE, type Problem } from './problem.js';
import { NO_FAILURE } from './request-log.js';

const MALFORMED: Problem = { status: 400, code: 'validation_failed', detail: 'This is not an HTTP request.' };
const PROBLEMS: Readonly<Record<string, Problem>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    code: 'headers_too_large',
    detail: 'The address and the headers are larger than 16 kB.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    code: 'request_timeout',
    detail: 'The request did not arrive in time.',
  },
};

/** Answers what never became a request, so that no route, hook or filter sees it. */
export function answerClientErrors(log: Log) {
  return (error: NodeJS.ErrnoException, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || socket.destroyed) return;
    const problem = PROBLEMS[error.code ?? ''] ?? MALFORMED;
    const { status, code } = problem;
    const requestId = randomUUID();
    log.info('request.refused', 'Something arrived that is no request.', {
      request_id: requestId,
      method: null,
      route: null,
      status,
      duration_ms: 0,
      workspace_id: null,
      code,
      ...NO_FAILURE,
    });
    if (socket.writable) socket.write(answer(problem, requestId));
    socket.destroy();
  };
}

function answer(problem: Problem, requestId: string): string {
  const body = JSON.stringify(problemDocument(problem, requestId));
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_TITLE[problem.status]}`,
    `Content-Type: ${PROBLEM_MEDIA_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    'Connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}
