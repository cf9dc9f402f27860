import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Unexpected } from './demo-client.js';
import { randomToken } from './shared/hashing.js';

/** The real service in a process of its own, with an embedded Postgres and the sandbox, in a folder that goes again. */
export interface DemoService {
  readonly url: string;
  readonly sandboxUrl: string;
  readonly adminKey: string;
}

const MAIN = fileURLToPath(new URL('main.js', import.meta.url));
const START_MS = 60_000;
const STOP_MS = 20_000;
const POLL_MS = 50;
/** Nothing else of the caller's environment may lead the demo to a real database or a real Google account. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'LANG'];

export class DemoProcess {
  readonly #folder = mkdtempSync(join(tmpdir(), 'slotkeeper-demo-'));
  #child: ChildProcess | undefined;
  #output = '';
  #stopped: Promise<void> | undefined;

  /** @throws Unexpected when the service ends instead, or is not ready in time */
  async start(env: NodeJS.ProcessEnv): Promise<DemoService> {
    const port = env['DEMO_PORT'] ?? String(await freePort());
    const adminKey = `demo_${randomToken()}`;
    const child = spawn(process.execPath, [MAIN], {
      // Not the caller's folder: its .env is not meant for the demo.
      cwd: this.#folder,
      env: {
        ...Object.fromEntries(INHERITED.map((name) => [name, env[name]])),
        PORT: port,
        DATA_DIR: this.#folder,
        ADMIN_API_KEY: adminKey,
        LOG_LEVEL: 'warn',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      // Ctrl-C reaches the demo alone, which then stops the service in order.
      detached: true,
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    await this.#greeted(child);
    const sandboxUrl = readFileSync(join(this.#folder, 'sandbox-url'), 'utf8');
    return { url: `http://127.0.0.1:${port}`, sandboxUrl, adminKey };
  }

  /** What the service wrote last, for somebody who looks for the cause of a failure. */
  lastOutput(): string {
    return this.#output.trim().split('\n').slice(-15).join('\n');
  }

  /** Ends the service and removes its folder. Safe to call twice. */
  stop(): Promise<void> {
    return (this.#stopped ??= this.#stop());
  }

  /** Only the line that our own process prints proves that it listens: another service may hold the port. */
  async #greeted(child: ChildProcess): Promise<void> {
    const endsAt = performance.now() + START_MS;
    while (!this.#output.includes('Slotkeeper is ready.')) {
      if (hasEnded(child)) throw new Unexpected('the service to start', `it ended: ${this.lastOutput()}`);
      if (performance.now() > endsAt)
        throw new Unexpected(`the service to start within ${START_MS / 1000} s`, this.lastOutput());
      await delay(POLL_MS);
    }
  }

  async #stop(): Promise<void> {
    const child = this.#child;
    if (child !== undefined && !hasEnded(child)) {
      // Ended half-way through its start, the service would leave its Postgres behind.
      await this.#greeted(child).catch(() => {});
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const inTime = await Promise.race([ended, delay(STOP_MS, null, { ref: false })]);
      if (inTime === null) child.kill('SIGKILL');
    }
    if (existsSync(this.#folder)) rmSync(this.#folder, { recursive: true, force: true });
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  return address.port;
}
