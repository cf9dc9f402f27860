import { objectTypeOf, type AuditEntry, type NewAuditEntry } from '../../src/audit/audit-entry.js';
import { AuditLog, type AuditFilter } from '../../src/audit/audit-log.js';
import type { Clock } from '../../src/shared/clock.js';
import { SequentialIds, type Ids } from '../../src/shared/ids.js';
import type { Page, PageQuery } from '../../src/shared/page.js';
import type { Instant } from '../../src/shared/time.js';
import { pageOf } from './in-memory-page.js';

const KEPT_MS = 30 * 86_400_000;

/** Its clock stands in for that of the database. */
export class InMemoryAuditLog extends AuditLog {
  #entries: AuditEntry[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly ids: Ids = new SequentialIds(),
  ) {
    super();
  }

  async add(entries: readonly NewAuditEntry[]): Promise<void> {
    for (const entry of entries)
      this.#entries.push({
        ...entry,
        id: this.ids.next(),
        at: this.clock.now(),
        objectType: objectTypeOf(entry.action),
      });
  }

  async list(filter: AuditFilter, page: PageQuery): Promise<Page<AuditEntry>> {
    return pageOf(
      this.#entries.filter((entry) => matches(entry, filter)),
      page,
    );
  }

  async forget(before: Instant): Promise<number> {
    const count = this.#entries.length;
    const since = Math.min(before, this.clock.now() - KEPT_MS);
    this.#entries = this.#entries.filter(({ at }) => at >= since);
    return count - this.#entries.length;
  }
}

function matches(entry: AuditEntry, { from, to, ...same }: AuditFilter): boolean {
  const values = { ...entry, actor: entry.author.actor };
  const isSame = (['workspaceId', 'actor', 'action', 'objectId'] as const).every(
    (name) => same[name] === null || same[name] === values[name],
  );
  return isSame && entry.at >= (from ?? -Infinity) && entry.at < (to ?? Infinity);
}
