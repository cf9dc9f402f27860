import { Column, Entity, PrimaryColumn } from 'typeorm';
import { InstantColumn } from '../../shared/columns.js';
import type { Failure } from '../../shared/failure.js';
import type { Instant } from '../../shared/time.js';

/** Our registration at a provider, as long as the provider refuses it or it is being tried again. */
@Entity('oauth_clients')
export class OAuthClientEntity {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'pk_oauth_clients' }) client: string;
  /** Null: nobody has heard the provider refuse it yet. */
  @Column('jsonb', { nullable: true }) failure: Failure | null;
  @InstantColumn('since', { default: () => 'now()' }) since: Instant;
  @InstantColumn('next_probe_at', { default: () => 'now()' }) nextProbeAt: Instant;
}
