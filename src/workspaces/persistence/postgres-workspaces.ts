import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { Clock } from '../../shared/clock.js';
import { Ids } from '../../shared/ids.js';
import { paginate, type Page, type PageQuery } from '../../shared/page.js';
import type { Workspace } from '../workspace.js';
import { Workspaces, type WorkspaceChange, type WorkspaceDraft } from '../workspaces.js';
import { WorkspaceEntity } from './workspace.entity.js';

@Injectable()
export class PostgresWorkspaces extends Workspaces {
  constructor(
    @InjectRepository(WorkspaceEntity) private readonly rows: Repository<WorkspaceEntity>,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {
    super();
  }

  async add({ name, timezone, adminEmail = null, language = 'en' }: WorkspaceDraft): Promise<Workspace> {
    const createdAt = this.clock.now();
    const row = { id: this.ids.next(), name, timezone, adminEmail, language, createdAt };
    await this.rows.insert({ ...row });
    return row;
  }

  async find(id: string): Promise<Workspace | null> {
    const row = await this.rows.findOneBy({ id });
    return row && workspaceOfRow(row);
  }

  async list(page: PageQuery): Promise<Page<Workspace>> {
    return paginate(this.rows.createQueryBuilder('w'), page, workspaceOfRow);
  }

  async all(): Promise<Workspace[]> {
    return (await this.rows.find({ order: { createdAt: 'ASC', id: 'ASC' } })).map(workspaceOfRow);
  }

  async change(id: string, change: WorkspaceChange): Promise<Workspace | null> {
    if (Object.keys(change).length > 0) await this.rows.update({ id }, change);
    return this.find(id);
  }

  async remove(id: string): Promise<boolean> {
    return (await this.rows.delete({ id })).affected === 1;
  }
}

function workspaceOfRow(row: WorkspaceEntity): Workspace {
  const { id, name, timezone, adminEmail, language, createdAt } = row;
  return { id, name, timezone, adminEmail, language, createdAt };
}
