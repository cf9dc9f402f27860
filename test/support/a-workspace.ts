import type { Workspace } from '../../src/workspaces/workspace.js';

export function aWorkspace(differences: Partial<Workspace> = {}): Workspace {
  return {
    id: 'workspace-1',
    name: 'Acme Dental',
    timezone: 'UTC',
    adminEmail: null,
    language: 'en',
    createdAt: 0,
    ...differences,
  };
}
