import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const DEMO = new URL('../../dist/src/demo.js', import.meta.url).pathname;

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What the demo left in its temp folder. */
  readonly leftovers: readonly string[];
}

let temp: string;

beforeAll(async () => {
  temp = await mkdtemp(join(tmpdir(), 'demo-spec-'));
  // The embedded Postgres may run as another user, who has to get through.
  await chmod(temp, 0o755);
});

afterAll(() => rm(temp, { recursive: true, force: true }));

/** Runs the demo; with `interruptAt`, sends SIGINT as soon as that text is printed. */
async function runDemo(env: Record<string, string> = {}, interruptAt?: string): Promise<Run> {
  const child = spawn(process.execPath, [DEMO], {
    env: { PATH: process.env['PATH'], TMPDIR: temp, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  let interrupted = false;
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    if (interrupted || interruptAt === undefined || !stdout.includes(interruptAt)) return;
    interrupted = true;
    child.kill('SIGINT');
  });
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  await once(child, 'close');
  return { status: child.exitCode, stdout, stderr, leftovers: await readdir(temp) };
}

describe('npm run demo', () => {
  let told: Run;

  beforeAll(async () => {
    told = await runDemo();
  });

  it('goes from an empty database to a booking, through an outage and out of it, and leaves nothing', () => {
    const { status, stdout, stderr, leftovers } = told;
    expect(stderr).toBe('');
    expect(stdout).toContain('All 5 calendars checked successfully');
    expect(stdout).toContain('partial: 3/5 calendars checked successfully. 2 need re-authorization');
    expect(stdout).toContain('Could not check availability for 2 calendars: Grace Hopper, On-call rota');
    expect(stdout).toMatch(/for pat@example\.com: confirmed/);
    expect(stdout).toMatch(/409 slot_unavailable\. Instead: \d{4}-/);
    expect(stdout).toMatch(/healthy: 6\/6 calendars are healthy/);
    expect(stdout).toMatch(/All 16 steps went as told/);
    expect(status).toBe(0);
    expect(leftovers).toEqual([]);
  });

  it('prints no key, no whole link, and no colours where nobody can see them', () => {
    const { stdout } = told;
    expect(stdout).not.toMatch(/demo_|\bsk_|Bearer|eyJ|state=|code=/);
    expect(stdout).toMatch(/reauthorize\?link=[\w-]{8}\.\.\.$/m);
    expect(stdout).not.toContain('\u001B');
  });

  it('names the step that fails, says why, and exits 1: the port is in use', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const address = holder.address();
    const port = String(typeof address === 'object' ? address?.port : address);
    try {
      const { status, stderr, leftovers } = await runDemo({ DEMO_PORT: port });
      expect(status).toBe(1);
      expect(stderr).toContain('Step 1 failed: Start the service');
      expect(stderr).toContain('expected  the service to start');
      expect(stderr).toContain(`Port ${port} is in use.`);
      expect(leftovers).toEqual([]);
    } finally {
      holder.close();
    }
  });

  it.each([
    ['while the service starts', ' 1. '],
    ['in the middle of the story', ' 6. '],
  ])('stops the service and cleans up on Ctrl-C %s', async (_, interruptAt) => {
    const { status, stdout, stderr, leftovers } = await runDemo({}, interruptAt);
    expect(status).toBe(130);
    expect(stdout).not.toContain('went as told');
    expect(stderr).toBe('');
    expect(leftovers).toEqual([]);
  });
});
