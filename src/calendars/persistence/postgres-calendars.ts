import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, Repository } from 'typeorm';
import { Ids } from '../../shared/ids.js';
import { paginate, type Page, type PageQuery } from '../../shared/page.js';
import { ofWorkspace, type WorkspaceScope } from '../../workspaces/workspace.js';
import type { Calendar } from '../calendar.js';
import type { RemoteCalendar } from '../calendar-provider.js';
import { Calendars, type CalendarCheck, type HealthReading } from '../calendars.js';
import { CalendarEntity } from './calendar.entity.js';
import { RECORD_CHECKS } from './check-statements.js';
import { RECORD_HEALTH } from './health-statements.js';

const SYNC = `
  WITH remote AS (
    SELECT * FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::boolean[])
      AS r (id, external_id, name, timezone, access_role, is_primary)
  ), gone AS (
    UPDATE calendars SET active = false
    WHERE connection_id = $2 AND active AND external_id <> ALL (SELECT external_id FROM remote)
  )
  INSERT INTO calendars AS c (id, workspace_id, connection_id, external_id, name, timezone, access_role, is_primary)
  SELECT id, $1, $2, external_id, name, timezone, access_role, is_primary FROM remote ORDER BY external_id
  ON CONFLICT ON CONSTRAINT uq_calendars_external DO UPDATE SET name = excluded.name,
    timezone = excluded.timezone, access_role = excluded.access_role, is_primary = excluded.is_primary, active = true`;

@Injectable()
export class PostgresCalendars extends Calendars {
  constructor(
    @InjectRepository(CalendarEntity) private readonly rows: Repository<CalendarEntity>,
    private readonly ids: Ids,
  ) {
    super();
  }

  async find(id: string, scope: WorkspaceScope): Promise<Calendar | null> {
    const row = await this.rows.findOneBy({ id, ...ofWorkspace(scope) });
    return row && calendarOfRow(row);
  }

  async findMany(ids: readonly string[], scope: WorkspaceScope): Promise<Calendar[]> {
    const rows = await this.rows.findBy({ id: In([...ids]), ...ofWorkspace(scope) });
    const byId = new Map(rows.map((row) => [row.id, calendarOfRow(row)]));
    return ids.flatMap((id) => byId.get(id) ?? []);
  }

  async list(scope: WorkspaceScope, connectionId: string | null, page: PageQuery): Promise<Page<Calendar>> {
    const filter = { ...ofWorkspace(scope), ...(connectionId === null ? {} : { connectionId }) };
    return paginate(this.rows.createQueryBuilder('c').where(filter), page, calendarOfRow);
  }

  async all(scope: WorkspaceScope): Promise<Calendar[]> {
    const rows = await this.rows.find({ where: ofWorkspace(scope), order: { createdAt: 'ASC', id: 'ASC' } });
    return rows.map(calendarOfRow);
  }

  async gone(scope: WorkspaceScope): Promise<Calendar[]> {
    return (await this.rows.findBy({ ...ofWorkspace(scope), active: false })).map(calendarOfRow);
  }

  async ofConnections(connectionIds: readonly string[]): Promise<Calendar[]> {
    const where = { connectionId: In([...connectionIds]), active: true };
    return (await this.rows.find({ where, order: { createdAt: 'ASC', id: 'ASC' } })).map(calendarOfRow);
  }

  async sync(
    { workspaceId, connectionId }: { workspaceId: string; connectionId: string },
    remote: readonly RemoteCalendar[],
  ): Promise<Calendar[]> {
    await this.rows.query(SYNC, [
      workspaceId,
      connectionId,
      remote.map(() => this.ids.next()),
      remote.map((calendar) => calendar.externalId),
      remote.map((calendar) => calendar.name),
      remote.map((calendar) => calendar.timezone),
      remote.map((calendar) => calendar.accessRole),
      remote.map((calendar) => calendar.primary),
    ]);
    return this.ofConnections([connectionId]);
  }

  async recordHealth(readings: readonly HealthReading[]): Promise<void> {
    if (readings.length === 0) return;
    const [ids, ...failures] = readingValues(readings);
    const statuses = readings.map(({ failure }) => (failure === null ? 'healthy' : 'unhealthy'));
    await this.rows.query(RECORD_HEALTH, [ids, statuses, ...failures]);
  }

  async recordChecks(checks: readonly CalendarCheck[]): Promise<void> {
    if (checks.length === 0) return;
    const [ids, ...failures] = readingValues(checks);
    const times = checks.map(({ at }) => at);
    const durations = checks.map(({ durationMs }) => Math.round(durationMs));
    await this.rows.query(RECORD_CHECKS, [ids, times, ...failures, durations]);
  }
}

/** Ids, categories, messages, and whether the whole connection failed. */
function readingValues(readings: readonly HealthReading[]): [string[], ...unknown[][]] {
  return [
    readings.map(({ calendarId }) => calendarId),
    readings.map(({ failure }) => failure?.category ?? null),
    readings.map(({ failure }) => failure?.message ?? null),
    readings.map(({ failure }) => failure?.needsReauth ?? false),
  ];
}

function calendarOfRow(row: CalendarEntity): Calendar {
  const { id, workspaceId, connectionId, externalId, name, timezone, accessRole, primary, active } = row;
  const health = {
    status: row.healthStatus,
    category: row.healthCategory,
    message: row.healthMessage,
    checkedAt: row.healthCheckedAt,
    unhealthySince: row.unhealthySince,
    ofConnection: row.healthOfConnection,
  };
  return { id, workspaceId, connectionId, externalId, name, timezone, accessRole, primary, active, health };
}
