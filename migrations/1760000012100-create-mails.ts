import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateMails1760000012100 implements MigrationInterface {
  readonly name = 'CreateMails1760000012100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(MAILS);
    await runner.query(`
      CREATE OR REPLACE VIEW outbox_listeners AS ${WEBHOOKS}
        UNION ALL
        SELECT id, '{connection.needs_reauth,connection.recovered,connection.disconnected}'::text[], 'plan-owner-mails', id, 0
        FROM workspaces WHERE EXISTS (SELECT FROM mail_audiences WHERE audience = 'owners');
      CREATE VIEW alert_listeners AS
        SELECT 'plan-operator-mails' AS task FROM mail_audiences WHERE audience = 'operator';
      COMMENT ON VIEW alert_listeners IS
        'Who wants to know of what only the operator can mend: each is told by a job of its task.';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP VIEW alert_listeners;
      CREATE OR REPLACE VIEW outbox_listeners AS ${WEBHOOKS};
      DROP TABLE mails;
      DROP TABLE mail_audiences;
    `);
  }
}

const WEBHOOKS = `
  SELECT workspace_id, events AS types, 'deliver-webhook' AS task, id AS listener_id, least(failures, 100) AS priority
  FROM webhooks WHERE active`;

const MAILS = `
  CREATE TABLE mail_audiences (
    audience text CONSTRAINT pk_mail_audiences PRIMARY KEY,
    CONSTRAINT ck_mail_audiences_audience CHECK (audience IN ('owners', 'operator'))
  );
  COMMENT ON TABLE mail_audiences IS 'Whom the instances that send e-mails write to; nothing is planned for others.';
  CREATE TABLE mails (
    episode uuid NOT NULL,
    step text NOT NULL,
    connection_id uuid CONSTRAINT fk_mails_connection REFERENCES connections ON DELETE CASCADE,
    fault jsonb,
    episode_began_at timestamptz(3) NOT NULL,
    due_at timestamptz(3) NOT NULL,
    status text NOT NULL DEFAULT 'planned',
    attempts integer NOT NULL DEFAULT 0,
    recipient text,
    smtp_status integer,
    claimed_at timestamptz(3),
    ended_at timestamptz(3),
    CONSTRAINT pk_mails PRIMARY KEY (episode, step),
    CONSTRAINT ck_mails_step CHECK (
      step IN ('stopped', 'reminder_3', 'reminder_7', 'reminder_14', 'recovered', 'alert', 'mended')),
    CONSTRAINT ck_mails_status CHECK (status IN ('planned', 'sending', 'sent', 'failed', 'unknown', 'cancelled')),
    CONSTRAINT ck_mails_about CHECK ((connection_id IS NULL) <> (fault IS NULL))
  );
  CREATE INDEX ix_mails_connection ON mails (connection_id, claimed_at);`;
