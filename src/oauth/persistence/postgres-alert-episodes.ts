import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { enqueued } from '../../shared/queue-statements.js';
import { AlertEpisodes, type AlertedFault } from '../alert-episodes.js';
import { OperatorAlertEntity } from './operator-alert.entity.js';

const tell = (payload: string): string =>
  `ARRAY(SELECT ${enqueued({ task: 'l.task', payload })} FROM alert_listeners l)`;

/** Judged by the row as it is under its lock, so that of any number at once exactly one begins the episode. */
const MET = `
  WITH met AS (
    INSERT INTO operator_alerts AS known (code, episode) VALUES ($1, $2)
    ON CONFLICT (code) DO UPDATE SET met_at = now(),
      episode = CASE WHEN known.met_at < now() - $3 * interval '1 millisecond' THEN $2 ELSE known.episode END
    RETURNING code, episode, episode = $2 AS begins
  )
  SELECT begins, CASE WHEN begins
    THEN ${tell(`json_build_object('episode', episode, 'code', code, 'message', $4::text)`)} END AS jobs FROM met`;

const ENDED = `
  WITH ended AS (DELETE FROM operator_alerts WHERE code = ANY ($1) RETURNING episode)
  SELECT ${tell(`json_build_object('episode', episode)`)} FROM ended`;

@Injectable()
export class PostgresAlertEpisodes extends AlertEpisodes {
  constructor(@InjectRepository(OperatorAlertEntity) private readonly rows: Repository<OperatorAlertEntity>) {
    super();
  }

  async met({ code, message }: AlertedFault, episode: string, calmMs: number): Promise<boolean> {
    const [row]: { begins: boolean }[] = await this.rows.query(MET, [code, episode, calmMs, message]);
    return row?.begins === true;
  }

  async ended(codes: readonly string[]): Promise<void> {
    await this.rows.query(ENDED, [[...codes]]);
  }
}
