import { DeadTokens, type DeadConnection } from '../../src/health/dead-tokens.js';
import type { AuthStatus } from '../../src/oauth/connection.js';
import type { Actor } from '../../src/shared/failure.js';
import type { Instant } from '../../src/shared/time.js';
import type { WorkspaceScope } from '../../src/workspaces/workspace.js';

/** A connection as far as a clean-up looks at it. */
export interface CleanUpCandidate extends DeadConnection {
  readonly authStatus: AuthStatus;
  readonly actor: Actor;
  readonly hasTokens: boolean;
  /** A refresh is at it just now. */
  readonly leased: boolean;
  /** A booking in one of its calendars whose outcome is open. */
  readonly inFlight: boolean;
}

export class InMemoryDeadTokens extends DeadTokens {
  #rows: CleanUpCandidate[] = [];

  given(...rows: readonly CleanUpCandidate[]): void {
    this.#rows.push(...rows);
  }

  async find(scope: WorkspaceScope, deadBefore: Instant): Promise<DeadConnection[]> {
    return this.#dead(scope, deadBefore).map(told);
  }

  async remove(scope: WorkspaceScope, deadBefore: Instant): Promise<DeadConnection[]> {
    const dead = this.#dead(scope, deadBefore);
    this.#rows = this.#rows.map((row) => (dead.includes(row) ? { ...row, hasTokens: false } : row));
    return dead.map(told);
  }

  #dead(scope: WorkspaceScope, deadBefore: Instant): CleanUpCandidate[] {
    return this.#rows
      .filter((row) => scope === 'all' || row.workspaceId === scope.workspaceId)
      .filter(({ authStatus, actor }) => authStatus === 'needs_reauth' && ['user', 'admin'].includes(actor))
      .filter(({ hasTokens, leased, inFlight }) => hasTokens && !leased && !inFlight)
      .filter(({ deadSince }) => deadSince < deadBefore)
      .sort((a, b) => a.deadSince - b.deadSince);
  }
}

function told({
  connectionId,
  workspaceId,
  accountEmail,
  category,
  deadSince,
}: CleanUpCandidate): DeadConnection {
  return { connectionId, workspaceId, accountEmail, category, deadSince };
}
