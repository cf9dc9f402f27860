import { existsSync } from 'node:fs';
import { createHttpApp } from './http-app.js';
import { startLocalServices, type LocalServices } from './local-services.js';
import { Config, ConfigError, configOf, loadEnvironment, type Environment } from './shared/config.js';
import { record } from './shared/record.js';
import { PinoLog } from './shared/pino-log.js';
import { welcome } from './welcome.js';

const SHUTDOWN_MS = 15_000;

async function main(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const env = loadEnvironment(process.env);
  const log = new PinoLog(env.LOG_LEVEL);
  const local = await startLocalServices(env, 'service', (message) => log.info('local.note', message));
  try {
    const config = configOf(env, local.settings);
    const app = await createHttpApp(config, log);
    stopOnSignals(async () => {
      await app.close();
      await local.stop();
    });
    await app.listen({ port: config.port, host: config.host });
    greet(env, config, local);
  } catch (error) {
    await local.stop();
    throw error;
  }
}

/** In-flight requests may end; what does not end in time is cut off, and picked up by the reconciliation. */
function stopOnSignals(stop: () => Promise<void>): void {
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      setTimeout(() => process.exit(1), SHUTDOWN_MS).unref();
      stop().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
}

function greet(env: Environment, config: Config, local: LocalServices): void {
  if (env.NODE_ENV === 'production') return;
  // A key that was configured is known to whoever configured it; only a generated one is shown.
  const generatedKey = env.ADMIN_API_KEY === undefined ? config.adminApiKey.reveal() : null;
  process.stdout.write(welcome(config, local, generatedKey));
}

function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  const { code, port, message } = record(error);
  if (code === 'EADDRINUSE')
    return `Port ${String(port)} is in use. Stop what listens there, or set PORT to another one.`;
  return `Slotkeeper could not start: ${typeof message === 'string' ? message : String(error)}`;
}

main().catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
});
