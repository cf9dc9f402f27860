import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { InstantColumn } from '../../shared/columns.js';
import type { Instant } from '../../shared/time.js';

@Entity('oauth_states')
@Index('ix_oauth_states_expiry', ['expiresAt'])
export class OAuthStateEntity {
  @PrimaryColumn('bytea', { name: 'state_hash', primaryKeyConstraintName: 'pk_oauth_states' })
  stateHash: Buffer;
  @ForeignKey('workspaces', { name: 'fk_oauth_states_workspace', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'workspace_id' })
  workspaceId: string;
  @ForeignKey('connections', { name: 'fk_oauth_states_connection', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'connection_id', nullable: true })
  connectionId: string | null;
  @Column('text') provider: string;
  @Column('text', { name: 'code_verifier' }) codeVerifier: string;
  @Column('text', { name: 'return_url', nullable: true }) returnUrl: string | null;
  @InstantColumn('expires_at') expiresAt: Instant;
}
