import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError, ServiceUnavailable, type ErrorKind, type ProblemDetails } from './app-error.js';
import { databaseOutage } from './database-errors.js';
import { Log } from './log.js';
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

const TITLE: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** What the framework itself refuses, before any of our code runs. */
const CODE_OF_STATUS: Readonly<Record<number, string>> = {
  404: 'not_found',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
};

interface Problem extends ProblemDetails {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
}

const DEFAULT_RETRY_SECONDS = 5;

function problemOf(error: unknown): Problem {
  const known = databaseOutage(error)
    ? new ServiceUnavailable('The service cannot reach its database now.')
    : error;
  if (known instanceof AppError) {
    const { kind, code, message, details } = known;
    const pause = kind === 'unavailable' ? { retry_after_seconds: DEFAULT_RETRY_SECONDS } : {};
    return { status: STATUS[kind], code, detail: message, ...pause, ...details };
  }
  const status = clientErrorStatus(known);
  if (status === null)
    return {
      status: 500,
      code: 'internal_error',
      detail: 'The service failed; the problem has been logged.',
    };
  const detail = known instanceof Error ? known.message : 'The request was refused.';
  const code = CODE_OF_STATUS[status] ?? 'validation_failed';
  return {
    status,
    code,
    detail,
    ...(status === 400 ? { errors: [{ field: 'body', message: detail }] } : {}),
  };
}

/** Fastify's and Nest's own refusals (malformed JSON, too large, no such route) carry a 4xx status. */
function clientErrorStatus(error: unknown): number | null {
  const status = error instanceof HttpException ? error.getStatus() : record(error)['statusCode'];
  return typeof status === 'number' && status >= 400 && status < 500 ? status : null;
}

/** Every error becomes an `application/problem+json` document (RFC 9457), and one log line. */
@Catch()
export class AppErrorFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const { status, code, detail, ...details } = problemOf(error);
    if (status === 500) this.#logBug(error, request);
    if (details.retry_after_seconds !== undefined)
      void reply.header('Retry-After', String(details.retry_after_seconds));
    if (code === 'unauthenticated') void reply.header('WWW-Authenticate', 'Bearer');
    reply.problem = { code, ...(error instanceof AppError ? error.facts : {}) };
    void reply
      .status(status)
      .header('Content-Type', 'application/problem+json; charset=utf-8')
      .send({
        type: 'about:blank',
        title: TITLE[status] ?? 'Error',
        status,
        detail,
        code,
        request_id: request.id,
        ...details,
      });
  }

  #logBug(error: unknown, request: FastifyRequest): void {
    const { name, stack } = error instanceof Error ? error : { name: typeof error, stack: undefined };
    this.log.error('request.bug', 'A request failed for a reason the service does not know.', {
      method: request.method,
      route: request.routeOptions.url,
      error: name,
      stack: stack?.split('\n').slice(1, 8).join(' | '),
    });
  }
}
