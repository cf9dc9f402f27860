import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateAuditLog1760000009100 implements MigrationInterface {
  readonly name = 'CreateAuditLog1760000009100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLE);
    await runner.query(APPEND_ONLY);
    await runner.query(RETENTION);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION forget_audit_log;
      DROP TABLE audit_log;
      DROP FUNCTION refuse_audit_log_change;
    `);
  }
}

/** No foreign keys: what was done to a workspace, or with a key, is told after both are gone. */
const TABLE = `
  CREATE TABLE audit_log (
    id uuid CONSTRAINT pk_audit_log PRIMARY KEY DEFAULT gen_random_uuid(),
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    actor text NOT NULL,
    actor_name text,
    workspace_id uuid,
    action text NOT NULL,
    object_type text,
    object_id uuid,
    request_id text,
    outcome text NOT NULL CONSTRAINT ck_audit_log_outcome CHECK (outcome IN ('done', 'refused', 'failed')),
    code text
  );
  CREATE INDEX ix_audit_log_created ON audit_log (created_at, id);
  CREATE INDEX ix_audit_log_workspace ON audit_log (workspace_id, created_at, id);
  CREATE INDEX ix_audit_log_object ON audit_log (object_id, created_at, id);`;

/** Against mistakes and injected statements; who owns the table can always take a trigger away. */
const APPEND_ONLY = `
  CREATE FUNCTION refuse_audit_log_change() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF TG_OP = 'DELETE' THEN
      IF current_setting('slotkeeper.forgets_audit_log', true) = 'on' AND OLD.created_at < now() - interval '30 days' THEN
        RETURN OLD;
      END IF;
    END IF;
    RAISE EXCEPTION 'audit_log is append-only' USING ERRCODE = 'insufficient_privilege';
  END $$;
  CREATE TRIGGER tr_audit_log_append_only BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION refuse_audit_log_change();
  CREATE TRIGGER tr_audit_log_no_truncate BEFORE TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_log_change();`;

/** The only way to remove rows, and none that are younger than 30 days. */
const RETENTION = `
  CREATE FUNCTION forget_audit_log(before timestamptz) RETURNS bigint
  LANGUAGE sql SET slotkeeper.forgets_audit_log = 'on' AS $$
    WITH forgotten AS (
      DELETE FROM audit_log WHERE created_at < least(before, now() - interval '30 days') RETURNING id
    )
    SELECT count(*) FROM forgotten
  $$;`;
