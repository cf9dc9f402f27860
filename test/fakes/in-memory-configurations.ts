import type { Configuration, ConfigurationDraft } from '../../src/configurations/configuration.js';
import { calendarIdsOf } from '../../src/configurations/configuration.js';
import { Configurations } from '../../src/configurations/configurations.js';
import { FixedClock, type Clock } from '../../src/shared/clock.js';
import { SequentialIds, type Ids } from '../../src/shared/ids.js';
import type { Page, PageQuery } from '../../src/shared/page.js';
import type { WorkspaceScope } from '../../src/workspaces/workspace.js';
import { pageOf } from './in-memory-page.js';

/** Knows no calendars, so it refuses none. */
export class InMemoryConfigurations extends Configurations {
  readonly #rows = new Map<string, Configuration>();

  constructor(
    private readonly ids: Ids = new SequentialIds(),
    private readonly clock: Clock = new FixedClock(0),
  ) {
    super();
  }

  /** Puts a configuration there as it is. */
  given(configuration: Configuration): Configuration {
    this.#rows.set(configuration.id, configuration);
    return configuration;
  }

  async add(workspaceId: string, draft: ConfigurationDraft): Promise<Configuration> {
    return this.given({ ...draft, id: this.ids.next(), workspaceId, createdAt: this.clock.now() });
  }

  async find(id: string, scope: WorkspaceScope): Promise<Configuration | null> {
    return this.#visible(scope).find((row) => row.id === id) ?? null;
  }

  async list(scope: WorkspaceScope, page: PageQuery): Promise<Page<Configuration>> {
    return pageOf(this.#visible(scope), page);
  }

  async change(
    id: string,
    scope: WorkspaceScope,
    edit: (current: Configuration) => ConfigurationDraft,
  ): Promise<Configuration | null> {
    const current = await this.find(id, scope);
    if (current === null) return null;
    const { workspaceId, createdAt } = current;
    return this.given({ ...edit(current), id, workspaceId, createdAt });
  }

  async remove(id: string, scope: WorkspaceScope): Promise<boolean> {
    return (await this.find(id, scope)) !== null && this.#rows.delete(id);
  }

  async ofCalendars(calendarIds: readonly string[]): Promise<Configuration[]> {
    return this.#visible('all').filter((row) => calendarIdsOf(row).some((id) => calendarIds.includes(id)));
  }

  #visible(scope: WorkspaceScope): Configuration[] {
    return [...this.#rows.values()]
      .filter((row) => scope === 'all' || row.workspaceId === scope.workspaceId)
      .sort((a, b) => a.createdAt - b.createdAt || a.id.localeCompare(b.id));
  }
}
