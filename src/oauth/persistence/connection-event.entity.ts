import { Check, Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';
import { InstantColumn } from '../../shared/columns.js';
import type { Failure } from '../../shared/failure.js';
import type { Instant } from '../../shared/time.js';

/** The history of a connection's state: what notifications, outage starts and audits are made from. */
@Entity('connection_events')
@Check('ck_connection_events_kind', `kind IN ('connected', 'needs_reauth', 'recovered', 'disconnected')`)
@Index('ix_connection_events_connection', ['connectionId', 'at'])
export class ConnectionEventEntity {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'pk_connection_events' }) id: string;
  @ForeignKey('connections', { name: 'fk_connection_events_connection', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'connection_id' })
  connectionId: string;
  @Column('text') kind: 'connected' | 'needs_reauth' | 'recovered' | 'disconnected';
  @Column('jsonb', { nullable: true }) failure: Failure | null;
  /** Of a connection that stopped: when its owner had last consented. */
  @InstantColumn('consented_at', { nullable: true }) consentedAt: Instant | null;
  @InstantColumn('at', { default: () => 'now()' }) at: Instant;
}
