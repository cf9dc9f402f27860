import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import type { Failure } from '../../shared/failure.js';
import { OAuthClients } from '../oauth-clients.js';
import { OAuthClientEntity } from './oauth-client.entity.js';

const IN_MS = (parameter: string): string => `now() + ${parameter} * interval '1 millisecond'`;

@Injectable()
export class PostgresOAuthClients extends OAuthClients {
  constructor(@InjectRepository(OAuthClientEntity) private readonly rows: Repository<OAuthClientEntity>) {
    super();
  }

  async refusal(client: string): Promise<Failure | null> {
    return (await this.rows.findOneBy({ client }))?.failure ?? null;
  }

  async refused(client: string, failure: Failure, probeMs: number): Promise<void> {
    await this.rows.query(
      `INSERT INTO oauth_clients (client, failure, next_probe_at) VALUES ($1, $2, ${IN_MS('$3')})
       ON CONFLICT (client) DO UPDATE SET failure = excluded.failure`,
      [client, JSON.stringify(failure), probeMs],
    );
  }

  async planProbe(client: string, probeMs: number): Promise<void> {
    await this.rows.query(
      `INSERT INTO oauth_clients (client, next_probe_at) VALUES ($1, ${IN_MS('$2')}) ON CONFLICT (client) DO NOTHING`,
      [client, probeMs],
    );
  }

  async takeProbe(client: string, probeMs: number): Promise<boolean> {
    const taken: unknown[] = await this.rows.query(
      `INSERT INTO oauth_clients AS c (client, next_probe_at) VALUES ($1, ${IN_MS('$2')})
       ON CONFLICT (client) DO UPDATE SET next_probe_at = excluded.next_probe_at WHERE c.next_probe_at <= now()
       RETURNING client`,
      [client, probeMs],
    );
    return taken.length > 0;
  }

  async mended(): Promise<readonly string[]> {
    const [ended]: [{ code: string }[], number] = await this.rows.query(
      `DELETE FROM oauth_clients WHERE failure IS NOT NULL RETURNING failure->>'code' AS code`,
    );
    return ended.map(({ code }) => code);
  }

  async forget(): Promise<void> {
    await this.rows.query('DELETE FROM oauth_clients');
  }
}
