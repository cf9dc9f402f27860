import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isUuid } from './ids.js';
import type { Log, LogFields } from './log.js';
import { record } from './record.js';

/** What the id after a path's word is called in a log line. */
const ID_NAMES: Readonly<Record<string, string>> = {
  workspaces: 'workspace_id',
  connections: 'connection_id',
  configurations: 'configuration_id',
  bookings: 'booking_id',
  holds: 'hold_id',
};

/** Of a problem that no provider has part in. */
export const NO_FAILURE = { class: null, failure_code: null, upstream_status: null, attempts: null } as const;

/** One line per request; what failed carries what the filter knows of it. */
export function logRequests(fastify: FastifyInstance, log: Log): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('X-Request-Id', request.id);
    done();
  });
  fastify.addHook('onSend', (request, reply, _payload, done) => {
    // Nobody waits for the answer any more, so that it will never have been sent.
    if (reply.raw.destroyed) write(log, reply, { ...factsOf(request, reply), caller_gone: true });
    done();
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    write(log, reply, factsOf(request, reply));
    done();
  });
}

function write(log: Log, { problem, statusCode }: FastifyReply, facts: LogFields): void {
  const status = problem?.status ?? statusCode;
  if (status === 500)
    log.error('request.bug', 'A request failed for a reason the service does not know.', facts);
  else if (status > 500) log.warn('request.failed', 'A request could not be served.', facts);
  else if (status >= 400) log.info('request.refused', 'A request was refused.', facts);
  else log.info('request.served', 'A request was served.', facts);
}

function factsOf(request: FastifyRequest, reply: FastifyReply): LogFields {
  const route = request.routeOptions.url ?? null;
  return {
    request_id: request.id,
    method: request.method,
    route,
    status: reply.statusCode,
    duration_ms: Math.round(reply.elapsedTime),
    workspace_id: workspaceOf(request),
    ...idOf(route, request.params),
    ...(reply.problem === undefined ? {} : { ...NO_FAILURE, ...reply.problem.facts }),
  };
}

/** Of the key, or named with the admin key; null for the admin key alone and where no key was accepted. */
function workspaceOf(request: FastifyRequest): string | null {
  const { workspaceId } = record(record(request)['scope']);
  return typeof workspaceId === 'string' ? workspaceId : null;
}

/** A malformed id is nobody's, so it is left out. */
function idOf(route: string | null, params: unknown): LogFields {
  const { id } = record(params);
  const word = /\/(\w+)\/:id(?=\/|$)/.exec(route ?? '')?.[1];
  const name = word === undefined ? undefined : ID_NAMES[word];
  return name !== undefined && typeof id === 'string' && isUuid(id) ? { [name]: id.toLowerCase() } : {};
}
