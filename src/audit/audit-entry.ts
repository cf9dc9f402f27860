import type { Author } from '../shared/author.js';
import type { Instant } from '../shared/time.js';

/** `refused`: the caller was told that it may not or cannot; `failed`: the service could not. */
export const AUDIT_OUTCOMES = ['done', 'refused', 'failed'] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

/** One thing that somebody did. Ids, names of keys and codes only: never a token, a title or an address. */
export interface NewAuditEntry {
  readonly author: Author;
  /** Null when it is about none, or about an object that the admin named without it. */
  readonly workspaceId: string | null;
  /** `booking.cancelled`: the kind of object, and what became of it. */
  readonly action: string;
  readonly objectId: string | null;
  readonly requestId: string | null;
  readonly outcome: AuditOutcome;
  /** The `code` of the problem, when it was not done. */
  readonly code: string | null;
}

export interface AuditEntry extends NewAuditEntry {
  readonly id: string;
  readonly at: Instant;
  readonly objectType: string | null;
}

/** The kind of object that an action is about; null for the administration of everything. */
export function objectTypeOf(action: string): string | null {
  const [type = ''] = action.split('.');
  return type === 'admin' ? null : type;
}
