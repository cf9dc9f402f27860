import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import {
  SANDBOX_CLIENT_ID,
  SANDBOX_CLIENT_SECRET,
  type GoogleServer,
} from '../../src/sandbox/google-server.js';

export const ADMIN_KEY = 'admin-key-of-the-tests';
const ENCRYPTION_KEY = `test:${Buffer.alloc(32, 7).toString('base64')}`;
const START_MS = 60_000;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // Tests look into answers freely; a wrong shape fails the expectation that reads it.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

export interface Call {
  readonly key?: string | null;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export type LogLine = Readonly<Record<string, unknown>> & { readonly event: string; readonly level: string };

/** The real service as its own process. */
export interface Service {
  readonly url: string;
  readonly process: ChildProcess;
  call(method: string, path: string, call?: Call): Promise<Answer>;
  /** Its log lines so far; everything else it printed is in `output()`. */
  log(): LogLine[];
  output(): string;
  /** SIGTERM, and waits for the end; answers the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL. */
  kill(): Promise<void>;
}

export interface ServiceOptions {
  readonly databaseUrl: string;
  readonly google: Pick<GoogleServer, 'url'>;
  readonly env?: Readonly<Record<string, string>>;
  /** What is waited for; a service that is not to become ready still lives. */
  readonly until?: 'ready' | 'live';
}

/** Starts dist/src/main.js (run `npm run build` first) against a test database and a sandbox of the test's own. */
export async function startService({
  databaseUrl,
  google,
  env = {},
  until = 'ready',
}: ServiceOptions): Promise<Service> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, ['dist/src/main.js'], {
    env: {
      PATH: process.env['PATH'],
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      ADMIN_API_KEY: ADMIN_KEY,
      ENCRYPTION_KEYS: ENCRYPTION_KEY,
      GOOGLE_CLIENT_ID: SANDBOX_CLIENT_ID,
      GOOGLE_CLIENT_SECRET: SANDBOX_CLIENT_SECRET,
      GOOGLE_API_ROOT_URL: google.url,
      GOOGLE_AUTH_URL: `${google.url}/o/oauth2/v2/auth`,
      GOOGLE_TOKEN_URL: `${google.url}/token`,
      GOOGLE_REVOKE_URL: `${google.url}/revoke`,
      SCHEDULER_ENABLED: 'false',
      // No test asks a name server, and receivers are on this machine.
      WEBHOOK_ALLOW_PRIVATE_TARGETS: 'true',
      LOG_LEVEL: 'debug',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await untilOk(`${url}/api/health/${until}`, child, () => output);
  return {
    url,
    process: child,
    call: (method, path, call) => request(url, method, path, call),
    log: () => logLines(output),
    output: () => output,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      return child.exitCode;
    },
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

/** One HTTP request; `key` null sends none. The body is decoded when it is JSON. */
export async function request(url: string, method: string, path: string, call: Call = {}): Promise<Answer> {
  const { key = ADMIN_KEY, body, headers = {} } = call;
  const answer = await fetch(url + path, {
    method,
    redirect: 'manual',
    headers: {
      ...(key === null ? {} : { Authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  const isJson = /json/.test(answer.headers.get('content-type') ?? '');
  return {
    status: answer.status,
    headers: answer.headers,
    body: isJson && text !== '' ? JSON.parse(text) : text,
  };
}

async function untilOk(url: string, child: ChildProcess, output: () => string): Promise<void> {
  const endsAt = performance.now() + START_MS;
  while (performance.now() < endsAt) {
    if (child.exitCode !== null) throw new Error(`The service ended with ${child.exitCode}:\n${output()}`);
    const answer = await fetch(url).catch(() => null);
    if (answer?.status === 200) return;
    await delay(50);
  }
  child.kill('SIGKILL');
  throw new Error(`The service was not ready within ${START_MS} ms:\n${output()}`);
}

function logLines(output: string): LogLine[] {
  return output.split('\n').flatMap((line) => {
    try {
      return line.startsWith('{') ? [JSON.parse(line) as LogLine] : [];
    } catch {
      return [];
    }
  });
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
