import type { FailureCategory } from '../shared/failure.js';
import type { Instant } from '../shared/time.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';

/** A connection that has waited for its owner, or an administrator of the account, in vain. */
export interface DeadConnection {
  readonly connectionId: string;
  readonly workspaceId: string;
  readonly accountEmail: string;
  /** What had stopped it. */
  readonly category: FailureCategory;
  readonly deadSince: Instant;
}

/**
 * Stored tokens that nobody will use again: of connections that have needed re-authorization since before an instant,
 * by their owner or an administrator; what the operator has to mend comes back with the tokens it has. Never those that
 * a refresh is at just now, or that a booking under way may need. Each answer has the longest dead first.
 */
export abstract class DeadTokens {
  abstract find(scope: WorkspaceScope, deadBefore: Instant): Promise<DeadConnection[]>;
  /**
   * Erases them here, and tells the provider nothing. Whatever hangs on the connections stays; their failure becomes
   * `missing_tokens`, since when they were dead.
   */
  abstract remove(scope: WorkspaceScope, deadBefore: Instant): Promise<DeadConnection[]>;
}
