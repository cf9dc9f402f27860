import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddressWorkspaces1760000012000 implements MigrationInterface {
  readonly name = 'AddressWorkspaces1760000012000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE workspaces
        ADD COLUMN admin_email text,
        ADD COLUMN language text NOT NULL DEFAULT 'en'
          CONSTRAINT ck_workspaces_language CHECK (language IN ('en', 'de'));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE workspaces DROP COLUMN language, DROP COLUMN admin_email');
  }
}
