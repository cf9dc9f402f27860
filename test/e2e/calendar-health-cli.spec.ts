import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { issueExportView } from '../../src/health/health-report-view.js';
import {
  SANDBOX_CLIENT_ID,
  SANDBOX_CLIENT_SECRET,
  startGoogleServer,
  type GoogleServer,
} from '../../src/sandbox/google-server.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { freePort, startService, type Service } from '../support/service.js';
import { aWorld, control, type World } from '../support/world.js';

const ENCRYPTION_KEYS = `cli:${Buffer.alloc(32, 9).toString('base64')}`;
const COMMAND = [process.execPath, join(process.cwd(), 'dist/src/cli.js')] as const;

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command as its own process, as `npm run --silent calendar-health` starts it. */
describe('the calendar-health command', () => {
  let database: TestDatabase;
  let google: GoogleServer;
  let service: Service;
  let folder: string;
  /** One account works, the other was revoked. */
  let half: World;
  let fine: World;

  beforeAll(async () => {
    [database, google] = await Promise.all([createTestDatabase(), startGoogleServer()]);
    folder = await mkdtemp(join(tmpdir(), 'slotkeeper-cli-'));
    service = await startService({ databaseUrl: database.url, google, env: { ENCRYPTION_KEYS } });
    half = await aWorld(service, google, { accounts: 2 });
    fine = await aWorld(service, google, { accounts: 2 });
    const account = half.connections[0]?.account;
    await control(google, 'POST', '/sandbox/tokens/revoke', { account });
    await control(google, 'POST', '/sandbox/tokens/expire', { account });
  });

  afterAll(async () => {
    await service?.stop();
    await google?.close();
    await database?.drop();
    if (folder) await rm(folder, { recursive: true });
  });

  function environment(): Record<string, string> {
    return {
      PATH: process.env['PATH'] ?? '',
      NODE_ENV: 'production',
      DATABASE_URL: database.url,
      DATA_DIR: folder,
      ADMIN_API_KEY: 'admin-key-of-the-tests',
      ENCRYPTION_KEYS,
      GOOGLE_CLIENT_ID: SANDBOX_CLIENT_ID,
      GOOGLE_CLIENT_SECRET: SANDBOX_CLIENT_SECRET,
      GOOGLE_API_ROOT_URL: google.url,
      GOOGLE_TOKEN_URL: `${google.url}/token`,
    };
  }

  async function run(args: readonly string[], env: Record<string, string> = {}): Promise<Run> {
    const [node, ...script] = COMMAND;
    const child = spawn(node, [...script, ...args], { cwd: folder, env: { ...environment(), ...env } });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
    await once(child, 'close');
    return { status: child.exitCode, ...output };
  }

  const only = (world: World): string[] => ['--workspace-id', world.workspaceId];

  it('ends with 0 when everything works', async () => {
    const { status, stdout, stderr } = await run(['--check-all', ...only(fine)]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^Calendar health: healthy \(/);
    expect(stdout).toContain('No failures among 2 calendars.');
  });

  it('ends with 1 when some calendars fail, and says which, in plain text', async () => {
    const { status, stdout } = await run(['--check-all']);
    expect(status).toBe(1);
    expect(stdout).toContain('1 of 4 calendars cannot be read.');
    expect(stdout).toMatch(new RegExp(`critical +${half.connections[0]?.account} +Main +expired_tokens `));
    expect(stdout).toContain(`Send ${half.connections[0]?.account} the re-authorization link.`);
    expect(stdout).not.toContain('\u001b');
    expect(stdout).not.toContain('{');
  });

  it('ends with 2 when most calendars fail', async () => {
    const dead = await aWorld(service, google, { accounts: 1 });
    await control(google, 'DELETE', `/sandbox/calendars/${dead.calendars[0]?.externalId}`);
    const { status, stdout } = await run(['--check-all', '--verbose', ...only(dead)]);
    expect(status).toBe(2);
    expect(stdout).toContain('critical: Main of ');
    await service.call('DELETE', `/api/admin/workspaces/${dead.workspaceId}`);
  });

  it.each([[[]], [['--json']]])('exports the issues as JSON and nothing else, with %j', async (also) => {
    const { status, stdout } = await run(['--check-all', ...also, '--export-issues', ...only(half)]);
    expect(status).toBe(1);
    const exported: ReturnType<typeof issueExportView> = JSON.parse(stdout);
    expect(exported).toMatchObject({
      version: 1,
      issues: [{ workspace_id: half.workspaceId, category: 'expired_tokens', severity: 'critical' }],
    });
    const served = await service.call(
      'GET',
      `/api/admin/calendar-health/issues?workspace_id=${half.workspaceId}`,
    );
    const [issue] = exported.issues;
    expect(Object.keys(issue ?? {})).toEqual(Object.keys(served.body.issues[0]));
    expect(issue?.since).toBe(served.body.issues[0].since);
  });

  it('exports into a file that only its owner may read, beside the report', async () => {
    const file = join(folder, 'issues.json');
    const first = await run(['--check-all', '--export-issues', file, '--json', ...only(half)]);
    expect(JSON.parse(first.stdout)).toMatchObject({ status: 'partial', totals: { unhealthy_calendars: 1 } });
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ version: 1, issues: [{}] });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await run(['--check-all', '--export-issues', 'issues.json', ...only(fine)]);
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ issues: [] });
    expect(await readdir(folder)).toEqual(['issues.json']);
  });

  it('ends with 3 when it cannot write the file', async () => {
    const { status, stderr } = await run(['--check-all', '--export-issues', 'no/such/folder.json']);
    expect(status).toBe(3);
    expect(stderr).toMatch(/ENOENT.*no\/such\/folder\.json/);
  });

  it('refreshes every token by force', async () => {
    const { status, stdout } = await run(['--refresh-tokens', '--force', '--json']);
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toEqual({ checked: 4, refreshed: 3, needs_reauth: 1, failed: 0 });
    const calm = await run(['--refresh-tokens', ...only(fine)]);
    expect(calm).toMatchObject({ status: 0, stdout: expect.stringContaining('2 accounts: 0 refreshed') });
  });

  it('helps without a database', async () => {
    const { status, stdout } = await run(['--help'], { DATABASE_URL: 'nonsense' });
    expect(status).toBe(0);
    expect(stdout).toMatch(/--check-all[^]*Exit status[^]*Examples/);
  });

  it.each([
    [['--chekc-all'], /--chekc-all/],
    [['--check-all', '--force'], /--force/],
    [['--check-all', '--workspace-id', '12'], /--workspace-id: expected a UUID/],
    [
      ['--check-all', '--workspace-id', '00000000-0000-4000-8000-00000000dead'],
      /there is no workspace 00000000/,
    ],
  ])('refuses %j with one line and 3', async (args, reason) => {
    const { status, stdout, stderr } = await run(args);
    expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
    expect(stderr).toMatch(reason);
    expect(stderr.trimEnd()).not.toContain('\n');
  });

  it('ends with 3, soon, and says so when the database cannot be reached', async () => {
    const url = `postgres://slotkeeper:hush-hush@127.0.0.1:${await freePort()}/slotkeeper`;
    const { status, stdout, stderr } = await run(['--check-all'], { DATABASE_URL: url });
    expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
    expect(stderr).toMatch(/database cannot be reached: connect ECONNREFUSED/);
    expect(stderr).not.toContain('hush-hush');
  });

  it('ends with 3 and names the variable when the configuration is not usable', async () => {
    const { status, stderr } = await run(['--check-all'], { GOOGLE_CLIENT_SECRET: '' });
    expect(status).toBe(3);
    expect(stderr).toContain('GOOGLE_CLIENT_SECRET');
  });
});
