import { rm } from 'node:fs/promises';

export default async function globalTeardown(): Promise<void> {
  const { testPostgres } = globalThis;
  if (testPostgres === undefined) return;
  globalThis.testPostgres = undefined;
  await testPostgres.server.stop();
  await rm(testPostgres.dataDir, { recursive: true, force: true });
}
