import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExtension } from './api-decorators.js';

/** What a route does, as the audit log tells it. */
export interface AuditedRoute {
  /** `booking.cancelled`: the kind of object, and what becomes of it; `admin.…` where it is about none of its own. */
  readonly action: string;
  readonly object: ObjectPlace;
}

/** Where the object's id is: in the path, or a member of the answer that tells of a new one. */
export type ObjectPlace = { readonly path: string } | { readonly answer: string } | null;

const BY_ID: ObjectPlace = { path: 'id' };
export const AUDIT_NOTE = 'x-audit-action';
export const READS_ONLY_NOTE = 'x-reads-only';

/** Requests to this route are written to the audit log, also those that are refused. */
export function Audited(action: string, object: ObjectPlace = BY_ID): MethodDecorator {
  const audit: AuditedRoute = { action, object };
  return applyDecorators(RouteConfig({ audit }), ApiExtension(AUDIT_NOTE, action));
}

/** Asks only, although by POST: nothing for the audit log. */
export function ReadsOnly(): MethodDecorator {
  return ApiExtension(READS_ONLY_NOTE, true);
}
