import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { InstantColumn } from '../../shared/columns.js';
import type { Instant } from '../../shared/time.js';
import type { AuthStatus, LastError } from '../connection.js';

@Entity('connections')
@Check('ck_connections_auth_status', `auth_status IN ('active', 'needs_reauth', 'disconnected')`)
@Unique('uq_connections_account', ['workspaceId', 'provider', 'accountEmail'])
@Index('ix_connections_expiry', ['tokenExpiresAt'], { where: `auth_status = 'active'` })
export class ConnectionEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_connections' }) id: string;
  @ForeignKey('workspaces', { name: 'fk_connections_workspace', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'workspace_id' })
  workspaceId: string;
  @Column('text') provider: 'google';
  @Column('text', { name: 'account_email' }) accountEmail: string;
  @Column('text', { name: 'account_sub', nullable: true }) accountSub: string | null;
  @Column('text', { name: 'auth_status' }) authStatus: AuthStatus;
  @Column('jsonb', { name: 'last_error', nullable: true }) lastError: LastError | null;
  @Column('text', { array: true, default: () => `'{}'` }) scopes: string[];
  @Column('text', { name: 'access_token', nullable: true, select: false }) accessToken: string | null;
  @Column('text', { name: 'refresh_token', nullable: true, select: false }) refreshToken: string | null;
  @InstantColumn('token_expires_at', { nullable: true }) tokenExpiresAt: Instant | null;
  @Column('integer', { name: 'token_version', default: 0 }) tokenVersion: number;
  @InstantColumn('last_refreshed_at', { nullable: true }) lastRefreshedAt: Instant | null;
  @Column('integer', { name: 'refresh_failures', default: 0 }) refreshFailures: number;
  @InstantColumn('refresh_not_before', { nullable: true }) refreshNotBefore: Instant | null;
  @Column('uuid', { name: 'refresh_lease_id', nullable: true }) refreshLeaseId: string | null;
  @InstantColumn('refresh_lease_until', { nullable: true }) refreshLeaseUntil: Instant | null;
  /** When a person last consented. */
  @InstantColumn('consented_at', { nullable: true }) consentedAt: Instant | null;
  @InstantColumn('refresh_token_expires_at', { nullable: true }) refreshTokenExpiresAt: Instant | null;
  @InstantColumn('created_at', { default: () => 'now()' }) createdAt: Instant;
}
