import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateWorkspaces1760000000000 implements MigrationInterface {
  readonly name = 'CreateWorkspaces1760000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE workspaces (
        id uuid CONSTRAINT pk_workspaces PRIMARY KEY,
        name text NOT NULL,
        timezone text NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now()
      );
      CREATE TABLE api_keys (
        id uuid CONSTRAINT pk_api_keys PRIMARY KEY,
        workspace_id uuid NOT NULL CONSTRAINT fk_api_keys_workspace REFERENCES workspaces ON DELETE CASCADE,
        name text NOT NULL,
        key_hash bytea NOT NULL CONSTRAINT uq_api_keys_key_hash UNIQUE,
        created_at timestamptz(3) NOT NULL DEFAULT now()
      );
      CREATE INDEX ix_api_keys_workspace ON api_keys (workspace_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE api_keys;
      DROP TABLE workspaces;
    `);
  }
}
