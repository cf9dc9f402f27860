import { FixedClock, type Clock } from '../../src/shared/clock.js';
import { SequentialIds, type Ids } from '../../src/shared/ids.js';
import type { Page, PageQuery } from '../../src/shared/page.js';
import type { Workspace } from '../../src/workspaces/workspace.js';
import { Workspaces, type WorkspaceChange, type WorkspaceDraft } from '../../src/workspaces/workspaces.js';
import { pageOf } from './in-memory-page.js';

export class InMemoryWorkspaces extends Workspaces {
  readonly #rows = new Map<string, Workspace>();

  constructor(
    private readonly ids: Ids = new SequentialIds(),
    private readonly clock: Clock = new FixedClock(0),
  ) {
    super();
  }

  /** Puts a workspace there as it is. */
  given(workspace: Workspace): Workspace {
    this.#rows.set(workspace.id, workspace);
    return workspace;
  }

  async add({ name, timezone, adminEmail = null, language = 'en' }: WorkspaceDraft): Promise<Workspace> {
    const createdAt = this.clock.now();
    return this.given({ id: this.ids.next(), name, timezone, adminEmail, language, createdAt });
  }

  async find(id: string): Promise<Workspace | null> {
    return this.#rows.get(id) ?? null;
  }

  async list(page: PageQuery): Promise<Page<Workspace>> {
    return pageOf(await this.all(), page);
  }

  async all(): Promise<Workspace[]> {
    return [...this.#rows.values()].sort((a, b) => a.createdAt - b.createdAt || a.id.localeCompare(b.id));
  }

  async change(id: string, change: WorkspaceChange): Promise<Workspace | null> {
    const row = this.#rows.get(id);
    return row === undefined ? null : this.given({ ...row, ...change });
  }

  async remove(id: string): Promise<boolean> {
    return this.#rows.delete(id);
  }
}
