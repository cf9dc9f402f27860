import type { FailureCategory } from '../shared/failure.js';
import { formatInstant } from '../shared/time.js';
import type { CleanUp } from './clean-up-tokens.js';

export interface DeadConnectionView {
  readonly connection_id: string;
  readonly workspace_id: string;
  readonly account_email: string;
  readonly category: FailureCategory;
  readonly since: string;
}

/** What a clean-up did, as HTTP and the command line give it out. */
export interface CleanUpView {
  readonly dry_run: boolean;
  readonly removed: number;
  readonly connections: readonly DeadConnectionView[];
}

export function cleanUpView({ dryRun, removed, connections }: CleanUp): CleanUpView {
  return {
    dry_run: dryRun,
    removed,
    connections: connections.map(({ connectionId, workspaceId, accountEmail, category, deadSince }) => ({
      connection_id: connectionId,
      workspace_id: workspaceId,
      account_email: accountEmail,
      category,
      since: formatInstant(deadSince, 'UTC'),
    })),
  };
}
