import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError, ServiceUnavailable, type ErrorKind } from './app-error.js';
import { bugFacts } from './bug-facts.js';
import { databaseOutage } from './database-errors.js';
import type { LogFields } from './log.js';
import { PROBLEM_MEDIA_TYPE, problemDocument, type Problem } from './problem.js';
import { record } from './record.js';

const STATUS = {
  invalid: 400,
  rules: 422,
  unauthenticated: 401,
  reauth: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  unprocessable: 422,
  too_large: 413,
  rate_limited: 429,
  unavailable: 503,
} as const satisfies Record<ErrorKind, number>;

/** What the framework itself refuses, before any of our code runs; its own words would repeat the request. */
const REFUSALS: Readonly<Record<number, Pick<Problem, 'code' | 'detail'>>> = {
  404: { code: 'not_found', detail: 'There is nothing at this path for this method.' },
  413: { code: 'payload_too_large', detail: 'The body is larger than 100 kB.' },
  415: { code: 'unsupported_media_type', detail: 'Send the body as application/json.' },
};

export const DEFAULT_RETRY_SECONDS = 5;

export function statusOf({ kind }: AppError): number {
  return STATUS[kind];
}

function problemOf(error: unknown): Problem {
  const known = databaseOutage(error)
    ? new ServiceUnavailable('The service cannot reach its database now.', { error_category: 'system_error' })
    : error;
  if (known instanceof AppError) {
    const { kind, code, message, details } = known;
    const pause = kind === 'unavailable' ? { retry_after_seconds: DEFAULT_RETRY_SECONDS } : {};
    return { status: statusOf(known), code, detail: message, ...pause, ...details };
  }
  const status = clientErrorStatus(known);
  if (status === null)
    return {
      status: 500,
      code: 'internal_error',
      detail: 'The service failed; the problem has been logged.',
    };
  const refusal = REFUSALS[status];
  if (refusal !== undefined) return { status, ...refusal };
  const message = known instanceof Error ? known.message : 'The request was refused.';
  const detail = `body: ${message}`;
  return { status: 400, code: 'validation_failed', detail, errors: [{ field: 'body', message }] };
}

/** Fastify's and Nest's own refusals (malformed JSON, too large, no such route) carry a 4xx status. */
function clientErrorStatus(error: unknown): number | null {
  const status = error instanceof HttpException ? error.getStatus() : record(error)['statusCode'];
  return typeof status === 'number' && status >= 400 && status < 500 ? status : null;
}

/** What the request's log line tells of it. */
function factsOf(error: unknown, { status, code }: Problem): LogFields {
  if (status === 500) return { code, ...bugFacts(error) };
  return { code, ...(error instanceof AppError ? error.facts : {}) };
}

/** Every error becomes an `application/problem+json` document (RFC 9457). The request's log line tells of it. */
@Catch()
export class AppErrorFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const problem = problemOf(error);
    const { status, code } = problem;
    if (problem.retry_after_seconds !== undefined)
      void reply.header('Retry-After', String(problem.retry_after_seconds));
    if (code === 'unauthenticated') void reply.header('WWW-Authenticate', 'Bearer');
    reply.problem = { status, facts: factsOf(error, problem) };
    void reply
      .status(status)
      .header('Content-Type', PROBLEM_MEDIA_TYPE)
      .send(problemDocument(problem, request.id));
  }
}
