import { ValidationFailed } from '../shared/app-error.js';
import type { Language } from '../shared/language.js';
import type { Instant } from '../shared/time.js';

export interface Workspace {
  readonly id: string;
  readonly name: string;
  /** IANA zone; the default of the workspace's configurations. */
  readonly timezone: string;
  /** Who administers the Google Workspace of its accounts, and is asked for what only an administrator can change. */
  readonly adminEmail: string | null;
  /** What its people are written to in. */
  readonly language: Language;
  readonly createdAt: Instant;
}

/** What a caller may see: one workspace, or all of them with the admin key. */
export type WorkspaceScope = 'all' | { readonly workspaceId: string };

/**
 * The workspace that something is created in or listed for.
 *
 * @throws ValidationFailed when an admin key named none
 */
export function workspaceOf(scope: WorkspaceScope): string {
  if (scope === 'all')
    throw ValidationFailed.of('workspace_id', 'expected the id of a workspace: the admin key must name one');
  return scope.workspaceId;
}

/** Narrows a look-up to what the caller may see. */
export function ofWorkspace(scope: WorkspaceScope): { workspaceId?: string } {
  return scope === 'all' ? {} : { workspaceId: scope.workspaceId };
}
