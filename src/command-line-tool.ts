import { existsSync } from 'node:fs';
import { Client } from 'pg';
import { startLocalServices, type LocalServices } from './local-services.js';
import { ConfigError, configOf, loadEnvironment, type Config } from './shared/config.js';
import type { Log } from './shared/log.js';
import { PinoLog } from './shared/pino-log.js';
import { ProcessTerminal } from './shared/process-terminal.js';
import { record } from './shared/record.js';
import type { Terminal } from './shared/terminal.js';
import { UsageError } from './shared/usage-error.js';

const COULD_NOT_RUN = 3;
const CONNECT_MS = 5000;

/** Runs `tool` with the command line's arguments, and ends the process with the status it answers; 3 when it threw. */
export function runTool(tool: (args: readonly string[], terminal: Terminal) => Promise<number>): void {
  const terminal = new ProcessTerminal(process.stdout, process.stderr, Boolean(process.env.NO_COLOR));
  tool(process.argv.slice(2), terminal).then(
    (status) => process.exit(status),
    (error: unknown) => {
      process.stderr.write(`${explain(error)}\n`);
      process.exit(COULD_NOT_RUN);
    },
  );
}

/** What a tool works with: the configured services, or those of the service that runs locally. No scheduled job runs. */
export async function withConfig(work: (config: Config, log: Log) => Promise<number>): Promise<number> {
  // In .env it is that of the service. What a command finds out is in its result, for a person to read.
  const isLevelAskedFor = Boolean(process.env.LOG_LEVEL?.trim());
  if (existsSync('.env')) process.loadEnvFile('.env');
  const env = loadEnvironment(process.env);
  // Standard output carries results only.
  const log = new PinoLog(isLevelAskedFor ? env.LOG_LEVEL : 'error', process.stderr);
  const local = await startLocalServices(env, 'tool', (message) => log.info('local.note', message));
  stopOnSignals(local);
  try {
    const config = { ...configOf(env, local.settings), schedulerEnabled: false };
    await requireDatabase(config);
    return await work(config, log);
  } finally {
    await local.stop();
  }
}

/** The application would wait for its database to come up; a person at a terminal wants to know at once. */
async function requireDatabase({ databaseUrl }: Config): Promise<void> {
  const connectionString = databaseUrl.reveal();
  const client = new Client({ connectionString, connectionTimeoutMillis: CONNECT_MS });
  try {
    await client.connect();
  } catch (error) {
    throw new Error(`The database cannot be reached: ${reasonOf(error)}`, { cause: error });
  } finally {
    await client.end();
  }
}

function stopOnSignals(local: LocalServices): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => void local.stop().finally(() => process.exit(COULD_NOT_RUN)));
}

function explain(error: unknown): string {
  if (error instanceof UsageError) return `${error.message} See --help.`;
  if (error instanceof ConfigError) return error.message;
  return `The command could not run. ${reasonOf(error)}`;
}

/** Errors that gather several attempts to connect have a code and no message. */
function reasonOf(error: unknown): string {
  const { message, code } = record(error);
  return String(message || code || error);
}
