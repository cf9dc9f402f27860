import type { LogFields } from './log.js';

declare module 'fastify' {
  interface FastifyReply {
    /** What went wrong, for the request's log line. */
    problem?: LogFields;
  }
}
