import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateConnections1760000001000 implements MigrationInterface {
  readonly name = 'CreateConnections1760000001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE connections (
        id uuid CONSTRAINT pk_connections PRIMARY KEY,
        workspace_id uuid NOT NULL CONSTRAINT fk_connections_workspace REFERENCES workspaces ON DELETE CASCADE,
        provider text NOT NULL,
        account_email text NOT NULL,
        account_sub text,
        auth_status text NOT NULL
          CONSTRAINT ck_connections_auth_status CHECK (auth_status IN ('active', 'needs_reauth', 'disconnected')),
        last_error jsonb,
        scopes text array NOT NULL DEFAULT '{}',
        access_token text,
        refresh_token text,
        token_expires_at timestamptz(3),
        token_version integer NOT NULL DEFAULT 0,
        last_refreshed_at timestamptz(3),
        refresh_failures integer NOT NULL DEFAULT 0,
        refresh_not_before timestamptz(3),
        refresh_lease_id uuid,
        refresh_lease_until timestamptz(3),
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT uq_connections_account UNIQUE (workspace_id, provider, account_email)
      );
      CREATE INDEX ix_connections_expiry ON connections (token_expires_at) WHERE auth_status = 'active';
      CREATE TABLE connection_events (
        id uuid CONSTRAINT pk_connection_events PRIMARY KEY DEFAULT gen_random_uuid(),
        connection_id uuid NOT NULL CONSTRAINT fk_connection_events_connection REFERENCES connections ON DELETE CASCADE,
        kind text NOT NULL
          CONSTRAINT ck_connection_events_kind CHECK (kind IN ('connected', 'needs_reauth', 'recovered', 'disconnected')),
        failure jsonb,
        at timestamptz(3) NOT NULL DEFAULT now()
      );
      CREATE INDEX ix_connection_events_connection ON connection_events (connection_id, at);
      CREATE TABLE oauth_states (
        state_hash bytea CONSTRAINT pk_oauth_states PRIMARY KEY,
        workspace_id uuid NOT NULL CONSTRAINT fk_oauth_states_workspace REFERENCES workspaces ON DELETE CASCADE,
        connection_id uuid CONSTRAINT fk_oauth_states_connection REFERENCES connections ON DELETE CASCADE,
        provider text NOT NULL,
        code_verifier text NOT NULL,
        return_url text,
        expires_at timestamptz(3) NOT NULL
      );
      CREATE INDEX ix_oauth_states_expiry ON oauth_states (expires_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE oauth_states;
      DROP TABLE connection_events;
      DROP TABLE connections;
    `);
  }
}
