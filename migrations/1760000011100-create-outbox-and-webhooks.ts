import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateOutboxAndWebhooks1760000011100 implements MigrationInterface {
  readonly name = 'CreateOutboxAndWebhooks1760000011100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(EVENTS);
    await runner.query(WEBHOOKS);
    await runner.query(LISTENERS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP VIEW outbox_listeners;
      DROP TABLE webhook_deliveries;
      DROP TABLE webhooks;
      DROP TABLE outbox_events;
    `);
  }
}

const EVENTS = `
  CREATE TABLE outbox_events (
    id uuid CONSTRAINT pk_outbox_events PRIMARY KEY,
    workspace_id uuid NOT NULL CONSTRAINT fk_outbox_events_workspace REFERENCES workspaces ON DELETE CASCADE,
    type text NOT NULL,
    object_id uuid NOT NULL,
    sequence bigserial NOT NULL,
    data jsonb NOT NULL,
    jobs bigint array NOT NULL DEFAULT '{}',
    occurred_at timestamptz(3) NOT NULL DEFAULT now()
  );
  CREATE INDEX ix_outbox_events_workspace ON outbox_events (workspace_id);
  CREATE INDEX ix_outbox_events_occurred ON outbox_events (occurred_at);
  COMMENT ON COLUMN outbox_events.sequence IS
    'Grows from one event of an object to the next: it is drawn while the object is locked.';
  COMMENT ON COLUMN outbox_events.jobs IS 'The jobs that tell of it, by their ids in the queue.';`;

const WEBHOOKS = `
  CREATE TABLE webhooks (
    id uuid CONSTRAINT pk_webhooks PRIMARY KEY,
    workspace_id uuid NOT NULL CONSTRAINT fk_webhooks_workspace REFERENCES workspaces ON DELETE CASCADE,
    url text NOT NULL,
    events text array NOT NULL,
    description text,
    secret text,
    previous_secret text,
    previous_secret_until timestamptz(3),
    active boolean NOT NULL DEFAULT true,
    failures integer NOT NULL DEFAULT 0,
    failing_since timestamptz(3),
    disabled_at timestamptz(3),
    disabled_reason text,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    CONSTRAINT ck_webhooks_disabled_reason CHECK (disabled_reason IN ('failing', 'gone', 'secret_lost')),
    CONSTRAINT ck_webhooks_disabled CHECK (
      (disabled_at IS NULL) = (disabled_reason IS NULL) AND NOT (active AND disabled_at IS NOT NULL))
  );
  CREATE INDEX ix_webhooks_workspace ON webhooks (workspace_id, created_at, id);
  CREATE TABLE webhook_deliveries (
    id uuid CONSTRAINT pk_webhook_deliveries PRIMARY KEY,
    webhook_id uuid NOT NULL CONSTRAINT fk_webhook_deliveries_webhook REFERENCES webhooks ON DELETE CASCADE,
    event_id uuid NOT NULL CONSTRAINT fk_webhook_deliveries_event REFERENCES outbox_events ON DELETE CASCADE,
    event_type text NOT NULL,
    status text NOT NULL DEFAULT 'pending',
    attempts integer NOT NULL DEFAULT 0,
    response_status integer,
    failure text,
    duration_ms integer,
    attempted_at timestamptz(3),
    next_attempt_at timestamptz(3),
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    CONSTRAINT uq_webhook_deliveries_event UNIQUE (webhook_id, event_id),
    CONSTRAINT ck_webhook_deliveries_status CHECK (status IN ('pending', 'delivered', 'failed'))
  );
  CREATE INDEX ix_webhook_deliveries_list ON webhook_deliveries (webhook_id, created_at, id);
  CREATE INDEX ix_webhook_deliveries_event ON webhook_deliveries (event_id);`;

/** Nobody else has to know who listens: the statements that write events ask this view. */
const LISTENERS = `
  CREATE VIEW outbox_listeners AS
    SELECT workspace_id, events AS types, 'deliver-webhook' AS task, id AS listener_id, least(failures, 100) AS priority
    FROM webhooks WHERE active;
  COMMENT ON VIEW outbox_listeners IS
    'Who wants which events of a workspace: each is told by a job of its task, in the order of the priority.';`;
