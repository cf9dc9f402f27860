import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EmbeddedPostgres } from '../../src/shared/embedded-postgres.js';

export interface TestPostgres {
  readonly server: EmbeddedPostgres;
  readonly dataDir: string;
}

declare global {
  var testPostgres: TestPostgres | undefined;
}

/** Jest maps no module names for this file, so it can only load what the build made. */
async function built<T>(file: string): Promise<T> {
  const path = `../../dist/src/shared/${file}`;
  const module: T = await import(path).catch((cause: unknown) => {
    throw new Error('Tests with a database need the build: npm run build', { cause });
  });
  return module;
}

/** One server for the whole run; workers inherit the environment that tells where it is. */
export default async function globalSetup(): Promise<void> {
  if (globalThis.testPostgres !== undefined) return;
  await removeLeftovers();
  const embedded =
    await built<typeof import('../../src/shared/embedded-postgres.js')>('embedded-postgres.js');
  const dataDir = await mkdtemp(join(tmpdir(), `slotkeeper-test-${process.pid}-`));
  const server = await embedded.startEmbeddedPostgres({ dataDir, role: 'service' });
  globalThis.testPostgres = { server, dataDir };
  process.env.TEST_DATABASE_URL = server.url;
  process.env.TEST_DATABASE_LOG = join(dataDir, 'postgres.log');
}

/** Servers of runs that were killed before their teardown; their processes are dead, so nobody uses them. */
async function removeLeftovers(): Promise<void> {
  const processes = await built<typeof import('../../src/shared/postgres-server.js')>('postgres-server.js');
  for (const name of await readdir(tmpdir())) {
    const pid = Number(/^slotkeeper-test-(\d+)-/.exec(name)?.[1] ?? Number.NaN);
    if (Number.isNaN(pid) || processes.isAlive(pid)) continue;
    const dataDir = join(tmpdir(), name);
    await processes.shutDownServer({ dataDir, data: join(dataDir, 'postgres') });
    await rm(dataDir, { recursive: true, force: true });
  }
}
