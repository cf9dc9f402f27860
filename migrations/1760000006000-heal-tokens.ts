import type { MigrationInterface, QueryRunner } from 'typeorm';

export class HealTokens1760000006000 implements MigrationInterface {
  readonly name = 'HealTokens1760000006000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE connections
        ADD COLUMN consented_at timestamptz(3),
        ADD COLUMN refresh_token_expires_at timestamptz(3);
      UPDATE connections SET consented_at = (
        SELECT max(at) FROM connection_events WHERE connection_id = connections.id AND kind IN ('connected', 'recovered')
      );
      ALTER TABLE connection_events ADD COLUMN consented_at timestamptz(3);
      CREATE TABLE oauth_clients (
        client text CONSTRAINT pk_oauth_clients PRIMARY KEY,
        failure jsonb,
        since timestamptz(3) NOT NULL DEFAULT now(),
        next_probe_at timestamptz(3) NOT NULL DEFAULT now()
      );
      CREATE TABLE operator_alerts (
        code text CONSTRAINT pk_operator_alerts PRIMARY KEY,
        episode uuid NOT NULL,
        met_at timestamptz(3) NOT NULL DEFAULT now()
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE operator_alerts;
      DROP TABLE oauth_clients;
      ALTER TABLE connection_events DROP COLUMN consented_at;
      ALTER TABLE connections DROP COLUMN refresh_token_expires_at, DROP COLUMN consented_at;
    `);
  }
}
