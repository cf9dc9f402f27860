import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, DatabaseError } from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';

export interface TestDatabase {
  readonly url: string;
  /** Ends connections that are still open. */
  drop(): Promise<void>;
}

const TEMPLATE = 'slotkeeper_template';

/** A migrated, empty database: a copy of a template that the first caller of the whole run migrates. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await withAdmin(async (admin) => {
    await ensureTemplate(admin);
    await cloneTemplate(admin, name);
  });
  const drop = (): Promise<void> =>
    withAdmin(async (admin) => void (await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)));
  return { url: urlOf(name), drop };
}

/** Ends all sessions but `spared`, and lets nobody in, or everybody again. */
export async function allowConnections(
  { url }: Pick<TestDatabase, 'url'>,
  allowed: boolean,
  spared = 0,
): Promise<void> {
  const name = new URL(url).pathname.slice(1);
  await withAdmin(async (admin) => {
    await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS ${allowed}`);
    if (allowed) return;
    const others = 'pg_stat_activity WHERE datname = $1 AND pid <> $2';
    await admin.query(`SELECT pg_terminate_backend(pid) FROM ${others}`, [name, spared]);
  });
}

/** What the server wrote since it started, for checks such as "no deadlock". */
export function readServerLog(): Promise<string> {
  return readFile(serverLogPath(), 'utf8');
}

export function serverLogPath(): string {
  return setting('TEST_DATABASE_LOG');
}

/** Ends all sessions; those that come after may change nothing, or everything again. */
export async function makeReadOnly(database: Pick<TestDatabase, 'url'>, readOnly: boolean): Promise<void> {
  const name = new URL(database.url).pathname.slice(1);
  await withAdmin(async (admin) => {
    await admin.query(
      `ALTER DATABASE ${name} SET default_transaction_read_only = ${readOnly ? 'on' : 'off'}`,
    );
  });
  await allowConnections(database, false);
  await allowConnections(database, true);
}

function urlOf(database: string): string {
  const url = new URL(setting('TEST_DATABASE_URL'));
  url.pathname = `/${database}`;
  return url.href;
}

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: this jest project has no globalSetup`);
  return value;
}

async function withAdmin<T>(work: (admin: Client) => Promise<T>): Promise<T> {
  const admin = new Client({ connectionString: urlOf('postgres') });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

/** Files of one run start together in several processes; the lock lets one of them migrate. */
async function ensureTemplate(admin: Client): Promise<void> {
  await admin.query(`SELECT pg_advisory_lock(hashtext('${TEMPLATE}'))`);
  try {
    const found = await admin.query<{ complete: boolean }>(
      `SELECT NOT datallowconn AS complete FROM pg_database WHERE datname = '${TEMPLATE}'`,
    );
    if (found.rows[0]?.complete === true) return;
    await admin.query(`DROP DATABASE IF EXISTS ${TEMPLATE} WITH (FORCE)`);
    await admin.query(`CREATE DATABASE ${TEMPLATE}`);
    await migrate(urlOf(TEMPLATE));
    await admin.query(`ALTER DATABASE ${TEMPLATE} ALLOW_CONNECTIONS false`);
  } finally {
    await admin.query(`SELECT pg_advisory_unlock(hashtext('${TEMPLATE}'))`);
  }
}

async function migrate(url: string): Promise<void> {
  const source = await new DataSource({ type: 'postgres', url, migrations: await migrations() }).initialize();
  try {
    await source.runMigrations({ transaction: 'each' });
  } finally {
    await source.destroy();
  }
}

type MigrationClass = new () => MigrationInterface;

/** From the sources, so that a changed migration needs no build. */
async function migrations(): Promise<MigrationClass[]> {
  const folder = new URL('../../migrations/', import.meta.url);
  const files = (await readdir(folder)).filter((file) => file.endsWith('.ts')).sort();
  const modules: Record<string, MigrationClass>[] = await Promise.all(
    files.map((file) => import(new URL(file, folder).pathname)),
  );
  return modules.flatMap((module) => Object.values(module));
}

/** 55006: a connection to the template that was just closed is still being cleaned up. */
async function cloneTemplate(admin: Client, name: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await admin.query(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`);
      return;
    } catch (error) {
      const busy = error instanceof DatabaseError && error.code === '55006';
      if (!busy || attempt === 100) throw error;
      await delay(50);
    }
  }
}
