import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Each instance speaks for itself: whom it writes to is planned for until none has said so for a day. */
export class AgeMailAudiences1760000012300 implements MigrationInterface {
  readonly name = 'AgeMailAudiences1760000012300';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE mail_audiences ADD COLUMN seen_at timestamptz(3) NOT NULL DEFAULT now()');
    await runner.query(listeners(`AND seen_at >= now() - interval '1 day'`));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(listeners(''));
    await runner.query('ALTER TABLE mail_audiences DROP COLUMN seen_at');
  }
}

const listeners = (recent: string): string => `
  CREATE OR REPLACE VIEW outbox_listeners AS
    SELECT workspace_id, events AS types, 'deliver-webhook' AS task, id AS listener_id, least(failures, 100) AS priority
    FROM webhooks WHERE active
    UNION ALL
    SELECT id, '{connection.needs_reauth,connection.recovered,connection.disconnected}'::text[], 'plan-owner-mails', id, 0
    FROM workspaces WHERE EXISTS (SELECT FROM mail_audiences WHERE audience = 'owners' ${recent});
  CREATE OR REPLACE VIEW alert_listeners AS
    SELECT 'plan-operator-mails' AS task FROM mail_audiences WHERE audience = 'operator' ${recent};`;
