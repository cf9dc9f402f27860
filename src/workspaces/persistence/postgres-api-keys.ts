import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { Clock } from '../../shared/clock.js';
import { randomToken, sha256 } from '../../shared/hashing.js';
import { Ids } from '../../shared/ids.js';
import { paginate, type Page, type PageQuery } from '../../shared/page.js';
import { Secret } from '../../shared/secret.js';
import { ApiKeys, type ApiKey } from '../api-keys.js';
import { ApiKeyEntity } from './api-key.entity.js';

/** A recognizable start lets secret scanners find a leaked key. */
const PREFIX = 'slk_';

@Injectable()
export class PostgresApiKeys extends ApiKeys {
  constructor(
    @InjectRepository(ApiKeyEntity) private readonly rows: Repository<ApiKeyEntity>,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {
    super();
  }

  async issue(workspaceId: string, name: string): Promise<{ key: ApiKey; secret: Secret }> {
    const text = PREFIX + randomToken();
    const key = { id: this.ids.next(), workspaceId, name, createdAt: this.clock.now() };
    // Keys carry 256 random bits, so a plain hash resists guessing; a slow one would cost every request.
    await this.rows.insert({ ...key, keyHash: sha256(text) });
    return { key, secret: new Secret(text) };
  }

  async find(presented: string): Promise<ApiKey | null> {
    if (!presented.startsWith(PREFIX)) return null;
    const row = await this.rows.findOneBy({ keyHash: sha256(presented) });
    return row && keyOfRow(row);
  }

  async list(workspaceId: string, page: PageQuery): Promise<Page<ApiKey>> {
    const query = this.rows.createQueryBuilder('k').where('k.workspace_id = :workspaceId', { workspaceId });
    return paginate(query, page, keyOfRow);
  }

  async revoke(workspaceId: string, id: string): Promise<boolean> {
    return (await this.rows.delete({ id, workspaceId })).affected === 1;
  }
}

function keyOfRow({ id, workspaceId, name, createdAt }: ApiKeyEntity): ApiKey {
  return { id, workspaceId, name, createdAt };
}
