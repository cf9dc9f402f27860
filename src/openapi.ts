import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiDocument } from './api-docs.js';
import { createHttpApp } from './http-app.js';
import { startLocalServices } from './local-services.js';
import { configOf, loadEnvironment } from './shared/config.js';
import { PinoLog } from './shared/pino-log.js';

const FILE = 'docs/openapi.json';

/** Writes down what the service says of its API, as it is served under `/docs/openapi.json`. */
async function main(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'slotkeeper-openapi-'));
  const env = loadEnvironment({ DATA_DIR: dataDir, SCHEDULER_ENABLED: 'false', LOG_LEVEL: 'error' });
  const local = await startLocalServices(env, 'service', () => {});
  try {
    const app = await createHttpApp(configOf(env, local.settings), new PinoLog(env.LOG_LEVEL));
    writeFileSync(FILE, `${JSON.stringify(await apiDocument(app), null, 2)}\n`);
    await app.close();
  } finally {
    await local.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

await main();
