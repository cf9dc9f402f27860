import type { Page, PageQuery } from '../shared/page.js';
import type { Instant } from '../shared/time.js';
import type { AuditEntry, NewAuditEntry } from './audit-entry.js';

/** Null: whatever it is. */
export interface AuditFilter {
  readonly workspaceId: string | null;
  readonly actor: string | null;
  readonly action: string | null;
  readonly objectId: string | null;
  /** From here on, ... */
  readonly from: Instant | null;
  /** ... and before this. */
  readonly to: Instant | null;
}

/** Who did what. Nothing in it is ever changed; it outlives the workspaces and keys it tells of. */
export abstract class AuditLog {
  abstract add(entries: readonly NewAuditEntry[]): Promise<void>;
  /** The oldest first. */
  abstract list(filter: AuditFilter, page: PageQuery): Promise<Page<AuditEntry>>;
  /** Removes what is older, but nothing of the last 30 days; how many. */
  abstract forget(before: Instant): Promise<number>;
}
