import type { Page, PageQuery } from '../shared/page.js';
import type { Workspace } from './workspace.js';

export type WorkspaceChange = Partial<Omit<Workspace, 'id' | 'createdAt'>>;
/** Written to in English, and without an administrator, unless it says so. */
export type WorkspaceDraft = Pick<Workspace, 'name' | 'timezone'> & WorkspaceChange;

/** The workspaces of this installation. */
export abstract class Workspaces {
  abstract add(workspace: WorkspaceDraft): Promise<Workspace>;
  abstract find(id: string): Promise<Workspace | null>;
  abstract list(page: PageQuery): Promise<Page<Workspace>>;
  abstract all(): Promise<Workspace[]>;
  abstract change(id: string, change: WorkspaceChange): Promise<Workspace | null>;
  /** Removes the workspace and everything in it; false when there was none. */
  abstract remove(id: string): Promise<boolean>;
}
