import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET } from '../../src/sandbox/google-server.js';
import { FaultBench, until } from '../support/fault-bench.js';
import { comparableOutput, expectGolden } from '../support/golden.js';
import { ADMIN_KEY, freePort } from '../support/service.js';
import { control, type World } from '../support/world.js';

const ENCRYPTION_KEYS = `cli:${Buffer.alloc(32, 9).toString('base64')}`;
const SCRIPT = join(process.cwd(), 'dist/src/cli.js');
const LIMIT_MS = 180_000;
const hasTerminals = spawnSync('script', ['--version']).status === 0;
const onTerminal = hasTerminals ? it : it.skip;
const terminal = hasTerminals
  ? 'on a terminal'
  : 'on a terminal: left out, there is no command "script" to make one';

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function finished(child: ChildProcess): Promise<Run> {
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  await once(child, 'close');
  return {
    status: child.exitCode,
    stdout: comparableOutput(output.stdout),
    stderr: comparableOutput(output.stderr),
  };
}

type Env = Readonly<Record<string, string>>;

function piped(args: readonly string[], env: Env): Promise<Run> {
  return finished(spawn(process.execPath, [SCRIPT, ...args], { cwd: tmpdir(), env }));
}

/** With a terminal of its own, where standard output and standard error meet. */
function seen(args: readonly string[], env: Env): Promise<Run> {
  const command = [process.execPath, SCRIPT, ...args].map((word) => `'${word}'`).join(' ');
  return finished(spawn('script', ['-qec', command, '/dev/null'], { cwd: tmpdir(), env }));
}

/** What the command prints, kept in test/fixtures/cli; UPDATE_GOLDEN=1 writes it anew. */
describe('the output of the calendar-health command', () => {
  let bench: FaultBench;
  let half: World;
  let fine: World;
  let env: Env;

  beforeAll(async () => {
    bench = await FaultBench.start({ ENCRYPTION_KEYS });
    half = await bench.world({ accounts: 2 });
    fine = await bench.world({ accounts: 1 });
    const account = half.connections[0]?.account;
    await control(bench.google, 'POST', '/sandbox/tokens/revoke', { account });
    await bench.service.call('POST', `/api/connections/${half.connections[0]?.id}/refresh`);
    env = {
      PATH: process.env['PATH'] ?? '',
      NODE_ENV: 'production',
      DATABASE_URL: bench.database.url,
      PUBLIC_URL: 'https://slots.example.com',
      ADMIN_API_KEY: ADMIN_KEY,
      ENCRYPTION_KEYS,
      GOOGLE_CLIENT_ID: SANDBOX_CLIENT_ID,
      GOOGLE_CLIENT_SECRET: SANDBOX_CLIENT_SECRET,
      GOOGLE_API_ROOT_URL: bench.google.url,
      GOOGLE_TOKEN_URL: `${bench.google.url}/token`,
    };
  }, LIMIT_MS);

  afterAll(() => bench?.stop());

  const of = (world: World): string[] => ['--workspace-id', world.workspaceId];

  it.each<[string, number, () => string[]]>([
    ['check-all', 1, () => ['--check-all']],
    ['export-issues', 1, () => ['--check-all', '--export-issues', ...of(half)]],
    ['refresh-tokens', 1, () => ['--refresh-tokens', ...of(half)]],
  ])(
    'in a pipe: %s',
    async (name, expected, args) => {
      const { status, stdout, stderr } = await piped(args(), env);
      expect({ status, stderr }).toEqual({ status: expected, stderr: '' });
      expect(stdout).not.toContain('␛');
      expectGolden(`${name}.pipe.txt`, stdout);
    },
    LIMIT_MS,
  );

  onTerminal.each<[string, number, () => string[]]>([
    ['check-all', 1, () => ['--check-all', '--verbose']],
    ['refresh-tokens', 0, () => ['--refresh-tokens', '--force', ...of(fine)]],
  ])(
    `${terminal}: %s`,
    async (name, expected, args) => {
      const { status, stdout } = await seen(args(), env);
      expectGolden(`${name}.terminal.txt`, stdout);
      expect(status).toBe(expected);
    },
    LIMIT_MS,
  );

  it(
    'of a clean-up: first what it would do, then what it did',
    async () => {
      await bench.db.query(
        `UPDATE connections SET last_error = last_error || '{"at": 1767225600000}' WHERE id = $1`,
        [half.connections[0]?.id],
      );
      const dryRun = ['--cleanup-expired', '--dry-run'];
      const plain = { ...env, NO_COLOR: '1' };
      const [dry, coloured, colourless] = await Promise.all([
        piped(dryRun, env),
        hasTerminals ? seen(dryRun, env) : null,
        hasTerminals ? seen(dryRun, plain) : null,
      ]);
      expect(dry.status).toBe(0);
      expectGolden('cleanup-dry-run.pipe.txt', dry.stdout);
      if (coloured !== null) expectGolden('cleanup-dry-run.terminal.txt', coloured.stdout);
      // Colours come only when they are wanted.
      if (colourless !== null)
        expectGolden('cleanup-dry-run.pipe.txt', colourless.stdout.replaceAll('␍␛[K', ''));
      const removed = await piped(['--cleanup-expired', '--older-than-days', '7'], env);
      expect(removed.status).toBe(0);
      expectGolden('cleanup.pipe.txt', removed.stdout);
      const { items } = (await bench.service.call('GET', '/api/admin/audit-log?actor=cli&limit=200')).body;
      expect(items.slice(-2).map(({ action }: { action: string }) => action)).toEqual([
        'connection.tokens_removed',
        'admin.tokens_cleaned_up',
      ]);
    },
    LIMIT_MS,
  );

  it(
    'of a calendar that was deleted: in the result, and in no log unless one is asked for',
    async () => {
      await control(bench.google, 'DELETE', `/sandbox/calendars/${fine.calendars[0]?.externalId}`);
      const args = ['--check-all', ...of(fine)];
      const { status, stdout, stderr } = await piped(args, env);
      expect({ status, stderr }).toEqual({ status: 2, stderr: '' });
      expectGolden('deleted-calendar.pipe.txt', stdout);
      expect((await piped(args, { ...env, LOG_LEVEL: 'warn' })).stderr).toContain('"level":"warn"');
      if (hasTerminals) expect((await seen(args, env)).stdout).not.toContain('"level"');
    },
    LIMIT_MS,
  );

  it(
    'of what it does not understand: one line with a hint, and 3',
    async () => {
      const wrong = [['--chekc-all'], ['--check-all', '--dry-run']];
      const said = await Promise.all(wrong.map((args) => piped(args, env)));
      expect(said.map(({ status, stdout }) => [status, stdout])).toEqual(wrong.map(() => [3, '']));
      expectGolden('usage-errors.txt', said.map(({ stderr }) => stderr).join(''));
    },
    LIMIT_MS,
  );
});

describe('the calendar-health command on the embedded database', () => {
  let dataDir: string;
  let env: Env;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'slotkeeper-cli-data-'));
    env = { PATH: process.env['PATH'] ?? '', DATA_DIR: dataDir, SCHEDULER_ENABLED: 'false' };
  });

  afterAll(() => rm(dataDir, { recursive: true, force: true }));

  it(
    'works while no service runs, and next to one that does',
    async () => {
      const alone = await piped(['--check-all'], env);
      expect(alone).toMatchObject({
        status: 0,
        stdout: expect.stringContaining('No calendar is connected.'),
      });
      const port = String(await freePort());
      const service = spawn(process.execPath, [join(process.cwd(), 'dist/src/main.js')], {
        cwd: tmpdir(),
        env: { ...env, PORT: port },
        stdio: 'ignore',
      });
      const ready = async (): Promise<boolean> =>
        (await fetch(`http://127.0.0.1:${port}/api/health/ready`).catch(() => null))?.status === 200;
      try {
        await until(ready, 60_000);
        const beside = await piped(['--cleanup-expired', '--dry-run', '--json'], env);
        expect(beside).toMatchObject({ status: 0, stderr: '' });
        expect(JSON.parse(beside.stdout)).toEqual({ dry_run: true, removed: 0, connections: [] });
        expect(await ready()).toBe(true);
      } finally {
        service.kill('SIGTERM');
        if (service.exitCode === null) await once(service, 'exit');
      }
    },
    LIMIT_MS,
  );
});
