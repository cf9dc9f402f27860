import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateIdempotencyKeys1760000005000 implements MigrationInterface {
  readonly name = 'CreateIdempotencyKeys1760000005000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE idempotency_keys (
        workspace_id uuid NOT NULL
          CONSTRAINT fk_idempotency_keys_workspace REFERENCES workspaces ON DELETE CASCADE,
        key text NOT NULL,
        request_hash text NOT NULL,
        booking_id uuid NOT NULL,
        status integer,
        body text,
        locked_until timestamptz(3) NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT pk_idempotency_keys PRIMARY KEY (workspace_id, key),
        CONSTRAINT ck_idempotency_keys_answer CHECK ((status IS NULL) = (body IS NULL))
      );
      CREATE INDEX ix_idempotency_keys_created ON idempotency_keys (created_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE idempotency_keys');
  }
}
