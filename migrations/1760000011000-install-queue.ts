import type { MigrationInterface, QueryRunner } from 'typeorm';

export class InstallQueue1760000011000 implements MigrationInterface {
  readonly name = 'InstallQueue1760000011000';

  /** Over a connection and in transactions of the queue's own, so it may be there already when this is run again. */
  async up(runner: QueryRunner): Promise<void> {
    const { options } = runner.connection;
    if (options.type !== 'postgres' || options.url === undefined)
      throw new Error('The queue is installed by the address of the database.');
    const { runMigrations } = await import('graphile-worker');
    await runMigrations({ connectionString: options.url, schema: 'graphile_worker' });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP SCHEMA graphile_worker CASCADE');
  }
}
