import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { HEALTH_CHECK } from '../check-calendars.js';
import { SweepProgress, type SweepState } from '../sweep-progress.js';
import { SweepProgressEntity } from './sweep-progress.entity.js';

const LEFT = `
  SELECT after, sweep FROM sweep_progress
  WHERE job = $1 AND saved_at > now() - $2::float8 * interval '1 millisecond'`;

const SAVE = `
  INSERT INTO sweep_progress (job, after, sweep) VALUES ($1, $2, $3)
  ON CONFLICT ON CONSTRAINT pk_sweep_progress DO UPDATE SET
    after = excluded.after, sweep = excluded.sweep, saved_at = now()`;

@Injectable()
export class PostgresSweepProgress extends SweepProgress {
  constructor(@InjectRepository(SweepProgressEntity) private readonly rows: Repository<SweepProgressEntity>) {
    super();
  }

  async left(maxAgeMs: number): Promise<SweepState | null> {
    const [row]: SweepState[] = await this.rows.query(LEFT, [HEALTH_CHECK, maxAgeMs]);
    return row ?? null;
  }

  async save({ after, sweep }: SweepState): Promise<void> {
    await this.rows.query(SAVE, [HEALTH_CHECK, after, JSON.stringify(sweep)]);
  }

  async clear(): Promise<void> {
    await this.rows.delete({ job: HEALTH_CHECK });
  }
}
