import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHttpApp } from './http-app.js';
import { startLocalServices, type LocalServices } from './local-services.js';
import { Config, ConfigError, configOf, loadEnvironment, type Environment } from './shared/config.js';
import type { Log } from './shared/log.js';
import { record } from './shared/record.js';
import { PinoLog } from './shared/pino-log.js';
import { welcome } from './welcome.js';

/** F54: with the database to stop after it, the end comes within 15 s of the signal. */
const DRAIN_MS = 12_000;

/** The whole life of the process: what keeps it from starting, or a signal, ends it. */
export function serve(): void {
  startUntilStopped().catch((error: unknown) => {
    process.stderr.write(`${explain(error)}\n`);
    process.exit(1);
  });
}

async function startUntilStopped(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const env = loadEnvironment(process.env);
  const starting = start(env, new PinoLog(env.LOG_LEVEL));
  // From the first moment on: a start that is cut short must not leave its database running.
  stopOnSignals(() => starting.then((stop) => stop()));
  await starting;
}

/** Resolves when the service listens, with what stops it. */
async function start(env: Environment, log: Log): Promise<() => Promise<void>> {
  const local = await startLocalServices(env, 'service', (message) => log.info('local.note', message));
  try {
    const config = configOf(env, local.settings);
    const app = await createHttpApp(config, log);
    await app.listen({ port: config.port, host: config.host });
    greet(env, config, local);
    return async () => {
      // What does not end in time is cut off; the reconciliation takes up what it left open.
      await Promise.race([app.close(), sleep(DRAIN_MS, undefined, { ref: false })]);
      await local.stop();
    };
  } catch (error) {
    await local.stop();
    throw error;
  }
}

function stopOnSignals(stop: () => Promise<void>): void {
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
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
  if (code === 'ENOTFOUND' || code === 'EADDRNOTAVAIL') return `HOST is no address of this machine.`;
  return `Slotkeeper could not start: ${typeof message === 'string' ? message : String(error)}`;
}
