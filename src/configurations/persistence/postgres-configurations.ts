import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository, type EntityManager, type SelectQueryBuilder } from 'typeorm';
import { ValidationFailed } from '../../shared/app-error.js';
import { Clock } from '../../shared/clock.js';
import { violatedConstraint } from '../../shared/database-errors.js';
import { Ids } from '../../shared/ids.js';
import { paginate, type Page, type PageQuery } from '../../shared/page.js';
import { ofWorkspace, type WorkspaceScope } from '../../workspaces/workspace.js';
import type { Configuration, ConfigurationDraft } from '../configuration.js';
import { Configurations } from '../configurations.js';
import { ConfigurationEntity } from './configuration.entity.js';
import { ConflictCalendarEntity } from './conflict-calendar.entity.js';

const USES_ANY_CALENDAR = `c.calendar_id = ANY(:calendarIds) OR c.id IN
  (SELECT k.configuration_id FROM conflict_calendars k WHERE k.calendar_id = ANY(:calendarIds))`;

/** What a reference that broke between the check and the write was named by the caller. */
const FIELD_OF_CONSTRAINT: ReadonlyMap<string, readonly [field: string, message: string]> = new Map([
  ['fk_configurations_workspace', ['workspace_id', 'no such workspace']],
  ['fk_configurations_calendar', ['calendar_id', 'no such calendar']],
  ['fk_conflict_calendars_calendar', ['conflict_calendar_ids', 'one of the calendars no longer exists']],
]);

@Injectable()
export class PostgresConfigurations extends Configurations {
  constructor(
    @InjectRepository(ConfigurationEntity) private readonly rows: Repository<ConfigurationEntity>,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {
    super();
  }

  async add(workspaceId: string, draft: ConfigurationDraft): Promise<Configuration> {
    const row = { ...draftOf(draft), id: this.ids.next(), workspaceId, createdAt: this.clock.now() };
    return this.#write(async (manager) => {
      // A copy: TypeORM writes what the database returned into what it is given, instants as Date.
      await manager.insert(ConfigurationEntity, { ...row });
      await addConflicts(manager, row);
      return row;
    });
  }

  async find(id: string, scope: WorkspaceScope): Promise<Configuration | null> {
    const row = await this.#visible(scope).andWhere({ id }).getOne();
    return row && configurationOfRow(row);
  }

  async list(scope: WorkspaceScope, page: PageQuery): Promise<Page<Configuration>> {
    return paginate(this.#visible(scope), page, configurationOfRow);
  }

  async change(
    id: string,
    scope: WorkspaceScope,
    edit: (current: Configuration) => ConfigurationDraft,
  ): Promise<Configuration | null> {
    return this.#write(async (manager) => {
      const row = await this.#visible(scope, manager).andWhere({ id }).setLock('pessimistic_write').getOne();
      if (row === null) return null;
      const current = configurationOfRow(row);
      const changed = { ...current, ...draftOf(edit(current)) };
      await manager.update(ConfigurationEntity, { id }, changed);
      await manager.delete(ConflictCalendarEntity, { configurationId: id });
      await addConflicts(manager, changed);
      return changed;
    });
  }

  async remove(id: string, scope: WorkspaceScope): Promise<boolean> {
    return (await this.rows.delete({ id, ...ofWorkspace(scope) })).affected === 1;
  }

  async ofCalendars(calendarIds: readonly string[]): Promise<Configuration[]> {
    const rows = await this.#visible('all')
      .andWhere(`(${USES_ANY_CALENDAR})`, { calendarIds })
      .orderBy('c.createdAt')
      .addOrderBy('c.id')
      .getMany();
    return rows.map(configurationOfRow);
  }

  #visible(scope: WorkspaceScope, manager = this.rows.manager): SelectQueryBuilder<ConfigurationEntity> {
    return manager.createQueryBuilder(ConfigurationEntity, 'c').where(ofWorkspace(scope));
  }

  async #write<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    try {
      return await this.rows.manager.transaction(work);
    } catch (error) {
      const broken = FIELD_OF_CONSTRAINT.get(violatedConstraint(error) ?? '');
      throw broken === undefined ? error : ValidationFailed.of(...broken);
    }
  }
}

async function addConflicts(
  manager: EntityManager,
  { id, conflictCalendarIds }: Pick<Configuration, 'id' | 'conflictCalendarIds'>,
): Promise<void> {
  const rows = conflictCalendarIds.map((calendarId, position) => ({
    configurationId: id,
    calendarId,
    position,
  }));
  if (rows.length > 0) await manager.insert(ConflictCalendarEntity, rows);
}

function configurationOfRow(row: ConfigurationEntity): Configuration {
  const { id, workspaceId, createdAt } = row;
  return { ...draftOf(row), id, workspaceId, createdAt };
}

/** Only what a caller decides, so that no edit can move a row to another id or workspace. */
function draftOf(from: ConfigurationDraft): ConfigurationDraft {
  return {
    name: from.name,
    calendarId: from.calendarId,
    conflictCalendarIds: from.conflictCalendarIds,
    timezone: from.timezone,
    durationMinutes: from.durationMinutes,
    slotIntervalMinutes: from.slotIntervalMinutes,
    prepTimeMinutes: from.prepTimeMinutes,
    bufferAfterMinutes: from.bufferAfterMinutes,
    daysBuffer: from.daysBuffer,
    minNoticeMinutes: from.minNoticeMinutes,
    maxDaysAhead: from.maxDaysAhead,
    fromMinute: from.fromMinute,
    toMinute: from.toMinute,
    workdays: from.workdays,
    dateOverrides: from.dateOverrides,
    maxBookingsPerDay: from.maxBookingsPerDay,
    meetingType: from.meetingType,
    meetingLink: from.meetingLink,
    meetingAddress: from.meetingAddress,
    createMeetLink: from.createMeetLink,
    onUnverified: from.onUnverified,
    lastKnownMaxAgeMinutes: from.lastKnownMaxAgeMinutes,
  };
}
