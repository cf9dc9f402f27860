import { Injectable } from '@nestjs/common';
import { bugFacts } from '../shared/bug-facts.js';
import { Log, type LogFields } from '../shared/log.js';
import { Metrics } from '../shared/metrics.js';
import { objectTypeOf, type NewAuditEntry } from './audit-entry.js';
import { AuditLog } from './audit-log.js';

/**
 * Writes down what has been done. It is too late then to undo it or to tell the caller that it failed: an entry that
 * cannot be written becomes a line of the log, whole, so that it is not lost and somebody sees that it is missing.
 */
@Injectable()
export class RecordActions {
  constructor(
    private readonly audit: AuditLog,
    private readonly metrics: Metrics,
    private readonly log: Log,
  ) {}

  /** Never throws. */
  async execute(entries: readonly NewAuditEntry[]): Promise<void> {
    if (entries.length === 0) return;
    // Nothing was done because the database is away; to wait for it once more helps nobody.
    if (entries.every(({ code }) => code === 'service_unavailable')) return this.#logAllInstead(entries);
    try {
      await this.audit.add(entries);
    } catch (error) {
      this.#logAllInstead(entries, error);
    }
  }

  #logAllInstead(entries: readonly NewAuditEntry[], error?: unknown): void {
    for (const entry of entries) this.#logInstead(entry, error === undefined ? {} : bugFacts(error));
  }

  #logInstead({ author, ...entry }: NewAuditEntry, cause: LogFields): void {
    const { workspaceId, action, objectId, requestId, outcome, code } = entry;
    // What has not been done is no gap that somebody has to fill.
    const level = outcome === 'done' ? 'error' : 'warn';
    if (outcome === 'done') this.metrics.auditUnwritten();
    this.log[level](
      'audit.unwritten',
      'The audit log could not be written; this line stands for its entry.',
      {
        actor: author.actor,
        actor_name: author.name,
        workspace_id: workspaceId,
        action,
        object_type: objectTypeOf(action),
        object_id: objectId,
        audited_request_id: requestId,
        outcome,
        code,
        ...cause,
      },
    );
  }
}
