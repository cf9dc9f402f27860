import type { MigrationInterface, QueryRunner } from 'typeorm';

export class TellFailuresOfConnections1760000007000 implements MigrationInterface {
  readonly name = 'TellFailuresOfConnections1760000007000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE calendars ADD COLUMN health_of_connection boolean NOT NULL DEFAULT false;
      UPDATE calendars SET health_of_connection = true WHERE health_status = 'unhealthy' AND (
        health_category IN ('missing_tokens', 'expired_tokens')
        OR connection_id IN (SELECT id FROM connections WHERE auth_status = 'needs_reauth')
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE calendars DROP COLUMN health_of_connection');
  }
}
