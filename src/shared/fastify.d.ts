import type { AuditedRoute } from './audited.js';
import type { Author } from './author.js';
import type { LogFields } from './log.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    readonly audit?: AuditedRoute;
    /** The answer is compared with the one that the caller has already. */
    revalidated?: boolean;
  }

  interface FastifyRequest {
    /** Whose key was accepted. */
    author?: Author;
  }

  interface FastifyReply {
    /** What went wrong, for the request's log line: also where a redirect or a page tells it to a person. */
    problem?: { readonly status: number; readonly facts: LogFields };
    /** What the audit log cannot see from outside: on public routes, whose request it was that it served. */
    audit?: AuditNote;
  }
}

interface AuditNote {
  /** Instead of the route's own. */
  readonly action?: string;
  readonly objectId: string | null;
  readonly workspaceId: string;
}
