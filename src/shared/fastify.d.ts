import type { LogFields } from './log.js';

declare module 'fastify' {
  interface FastifyReply {
    /** What went wrong, for the request's log line: also where a redirect or a page tells it to a person. */
    problem?: { readonly status: number; readonly facts: LogFields };
  }
}
