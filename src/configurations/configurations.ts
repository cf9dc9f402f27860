import type { Page, PageQuery } from '../shared/page.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';
import type { Configuration, ConfigurationDraft } from './configuration.js';

/** The configurations of all workspaces. */
export abstract class Configurations {
  /** @throws ValidationFailed the workspace or a calendar is gone */
  abstract add(workspaceId: string, draft: ConfigurationDraft): Promise<Configuration>;
  /** One statement: every availability request starts with it. */
  abstract find(id: string, scope: WorkspaceScope): Promise<Configuration | null>;
  abstract list(scope: WorkspaceScope, page: PageQuery): Promise<Page<Configuration>>;
  /**
   * Edits the newest state, which no one else changes meanwhile; what `edit` throws leaves it as it was.
   * Null when there is no such configuration.
   *
   * @throws ValidationFailed a calendar is gone
   */
  abstract change(
    id: string,
    scope: WorkspaceScope,
    edit: (current: Configuration) => ConfigurationDraft,
  ): Promise<Configuration | null>;
  /** False when there was none. */
  abstract remove(id: string, scope: WorkspaceScope): Promise<boolean>;
  /** Those that write to or check any of the calendars, oldest first. */
  abstract ofCalendars(calendarIds: readonly string[]): Promise<Configuration[]>;
}
