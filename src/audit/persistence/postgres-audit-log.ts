import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository, type SelectQueryBuilder } from 'typeorm';
import { paginate, type Page, type PageQuery } from '../../shared/page.js';
import type { Instant } from '../../shared/time.js';
import { objectTypeOf, type AuditEntry, type NewAuditEntry } from '../audit-entry.js';
import { AuditLog, type AuditFilter } from '../audit-log.js';
import { AuditEntryEntity } from './audit-entry.entity.js';

const ADD = `
  INSERT INTO audit_log (actor, actor_name, workspace_id, action, object_type, object_id, request_id, outcome, code)
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS entry (actor text, actor_name text, workspace_id uuid, action text,
    object_type text, object_id uuid, request_id text, outcome text, code text)`;

@Injectable()
export class PostgresAuditLog extends AuditLog {
  constructor(@InjectRepository(AuditEntryEntity) private readonly rows: Repository<AuditEntryEntity>) {
    super();
  }

  async add(entries: readonly NewAuditEntry[]): Promise<void> {
    await this.rows.query(ADD, [JSON.stringify(entries.map(columnsOf))]);
  }

  async list(filter: AuditFilter, page: PageQuery): Promise<Page<AuditEntry>> {
    return paginate(this.#filtered(filter), page, entryOfRow);
  }

  async forget(before: Instant): Promise<number> {
    const sql = 'SELECT forget_audit_log(to_timestamp($1::float8 / 1000))::int AS forgotten';
    const [row]: { forgotten: number }[] = await this.rows.query(sql, [before]);
    return row?.forgotten ?? 0;
  }

  #filtered({ from, to, ...same }: AuditFilter): SelectQueryBuilder<AuditEntryEntity> {
    const wanted = Object.fromEntries(Object.entries(same).filter(([, value]) => value !== null));
    const query = this.rows.createQueryBuilder('a').where(wanted);
    if (from !== null) query.andWhere('a.created_at >= to_timestamp(:from::float8 / 1000)', { from });
    if (to !== null) query.andWhere('a.created_at < to_timestamp(:to::float8 / 1000)', { to });
    return query;
  }
}

function columnsOf({ author, workspaceId, objectId, requestId, action, ...rest }: NewAuditEntry) {
  const { actor, name: actor_name } = author;
  const ids = { workspace_id: workspaceId, object_id: objectId, request_id: requestId };
  return { actor, actor_name, action, object_type: objectTypeOf(action), ...ids, ...rest };
}

function entryOfRow({ createdAt, actor, actorName, ...row }: AuditEntryEntity): AuditEntry {
  return { ...row, at: createdAt, author: { actor, name: actorName } };
}
