import { Column, Entity, PrimaryColumn } from 'typeorm';
import { InstantColumn } from '../../shared/columns.js';
import type { Instant } from '../../shared/time.js';
import type { ConnectionSweep } from '../connection-sweep.js';

@Entity('sweep_progress', { comment: 'How far runs over all accounts have come that are not finished yet.' })
export class SweepProgressEntity {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'pk_sweep_progress' }) job: string;
  @Column('uuid') after: string;
  @Column('jsonb') sweep: ConnectionSweep;
  @InstantColumn('saved_at', { default: () => 'now()' }) savedAt: Instant;
}
