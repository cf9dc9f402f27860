import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  SANDBOX_CLIENT_ID,
  SANDBOX_CLIENT_SECRET,
  type GoogleServer,
} from '../../src/sandbox/google-server.js';
import { ADMIN_KEY } from './service.js';

export interface CommandRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly databaseUrl: string;
  readonly google: Pick<GoogleServer, 'url'>;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a built command (`cli.js`, `encryption-keys.js`) to its end, in a process and a folder of its own. */
export async function runCommand(
  script: string,
  args: readonly string[],
  { databaseUrl, google, env = {} }: CommandOptions,
): Promise<CommandRun> {
  const child = spawn(process.execPath, [join(process.cwd(), 'dist/src', script), ...args], {
    cwd: tmpdir(),
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      DATABASE_URL: databaseUrl,
      ADMIN_API_KEY: ADMIN_KEY,
      GOOGLE_CLIENT_ID: SANDBOX_CLIENT_ID,
      GOOGLE_CLIENT_SECRET: SANDBOX_CLIENT_SECRET,
      GOOGLE_API_ROOT_URL: google.url,
      GOOGLE_TOKEN_URL: `${google.url}/token`,
      ...env,
    },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  await once(child, 'close');
  return { status: child.exitCode, ...output };
}
