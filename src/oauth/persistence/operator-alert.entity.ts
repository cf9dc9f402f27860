import { Column, Entity, PrimaryColumn } from 'typeorm';
import { InstantColumn } from '../../shared/columns.js';
import type { Instant } from '../../shared/time.js';

/** A fault of the operator's that was alerted, and when it was last met. */
@Entity('operator_alerts')
export class OperatorAlertEntity {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'pk_operator_alerts' }) code: string;
  /** Made by whoever met the fault first, so that exactly one knows to alert. */
  @Column('uuid') episode: string;
  @InstantColumn('met_at', { default: () => 'now()' }) metAt: Instant;
}
