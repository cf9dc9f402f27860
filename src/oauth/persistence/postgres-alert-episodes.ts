import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, Repository } from 'typeorm';
import { AlertEpisodes } from '../alert-episodes.js';
import { OperatorAlertEntity } from './operator-alert.entity.js';

/** Judged by the row as it is under its lock, so that of any number at once exactly one begins the episode. */
const MET = `
  INSERT INTO operator_alerts AS known (code, episode) VALUES ($1, $2)
  ON CONFLICT (code) DO UPDATE SET met_at = now(),
    episode = CASE WHEN known.met_at < now() - $3 * interval '1 millisecond' THEN $2 ELSE known.episode END
  RETURNING episode = $2 AS begins`;

@Injectable()
export class PostgresAlertEpisodes extends AlertEpisodes {
  constructor(@InjectRepository(OperatorAlertEntity) private readonly rows: Repository<OperatorAlertEntity>) {
    super();
  }

  async met(code: string, episode: string, calmMs: number): Promise<boolean> {
    const [row]: { begins: boolean }[] = await this.rows.query(MET, [code, episode, calmMs]);
    return row?.begins === true;
  }

  async ended(codes: readonly string[]): Promise<void> {
    await this.rows.delete({ code: In([...codes]) });
  }
}
