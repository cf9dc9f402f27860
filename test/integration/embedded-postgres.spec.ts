import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { spawn, spawnSync, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  chown,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from '../../src/shared/embedded-postgres.js';

const BUILT = fileURLToPath(new URL('../../dist/src/shared/embedded-postgres.js', import.meta.url));
const SCRIPT = `
  import { startEmbeddedPostgres } from '${BUILT}';
  try {
    const postgres = await startEmbeddedPostgres(JSON.parse(process.argv[1]));
    console.log(postgres.url);
    process.stdin.once('data', () => postgres.stop().then(() => process.exit()));
  } catch (error) {
    console.log(error.message);
  }
`;
const NOBODY = 65534;
const isRoot = process.getuid?.() === 0;
const asRoot = isRoot ? it : it.skip;
const canBeNobody =
  isRoot && spawnSync(process.execPath, ['-e', `import('${BUILT}')`], { uid: NOBODY }).status === 0;

const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'slotkeeper-embedded-'));
  cleanups.push(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** One with a cluster already in it, copied from one made once: quicker than making each. */
async function usedFolder(): Promise<string> {
  seed ??= newSeed();
  const path = await folder();
  spawnSync('cp', ['-a', `${await seed}/.`, path]);
  return path;
}

let seed: Promise<string> | undefined;

async function newSeed(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'slotkeeper-embedded-'));
  const postgres = await startEmbeddedPostgres({ dataDir: path, role: 'tool' });
  await postgres.stop();
  return path;
}

afterAll(async () => {
  if (seed !== undefined) await rm(await seed, { recursive: true });
});

async function start(
  dataDir: string,
  options: Partial<EmbeddedPostgresOptions> = {},
): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDir, role: 'service', ...options });
  cleanups.push(() => postgres.stop());
  return postgres;
}

interface Other {
  readonly pid: number;
  /** Its database's URL, or why it has none. */
  readonly answer: string;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

async function startInOtherProcess(
  options: EmbeddedPostgresOptions,
  spawnOptions: SpawnOptions = {},
): Promise<Other> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', SCRIPT, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    ...spawnOptions,
  });
  const { stdin, stdout, pid } = child;
  if (stdin === null || stdout === null || pid === undefined) throw new Error('no process');
  const exited = once(child, 'exit');
  const end = async (action: () => unknown): Promise<void> => {
    action();
    await exited;
  };
  const [answer]: string[] = await once(createInterface(stdout), 'line');
  if (answer === undefined) throw new Error('no answer');
  const stop = (): Promise<void> => end(() => stdin.writable && stdin.write('stop\n'));
  cleanups.push(stop);
  return { pid, answer, stop, kill: () => end(() => child.kill('SIGKILL')) };
}

async function query(url: string, sql: string): Promise<unknown[][]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<unknown[]>({ text: sql, rowMode: 'array' })).rows;
  } finally {
    await client.end();
  }
}

async function isUp(url: string): Promise<boolean> {
  return query(url, 'SELECT 1').then(
    () => true,
    () => false,
  );
}

async function serverPid(dataDir: string): Promise<number> {
  const file = await readFile(join(dataDir, 'postgres/postmaster.pid'), 'utf8');
  return Number(file.split('\n')[0]);
}

async function killServer(dataDir: string): Promise<void> {
  const pid = await serverPid(dataDir);
  process.kill(pid, 'SIGKILL');
}

function packagedBinaries(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  return join(dirname(createRequire(import.meta.url).resolve(name)), '../native');
}

describe('an embedded Postgres that a service starts', () => {
  it('keeps its data over a stop, durable, in UTC, in UTF-8, for connections from this machine with the password', async () => {
    const dataDir = await folder();
    const first = await start(dataDir);
    await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS one');
    const settings = ['fsync', 'timezone', 'server_encoding', 'listen_addresses', 'unix_socket_directories'];
    const shown = settings.map((name) => `current_setting('${name}')`).join(', ');
    expect(await query(first.url, `SELECT ${shown}`)).toEqual([['on', 'UTC', 'UTF8', '127.0.0.1', '']]);
    const guess = first.url.replace(/:[^:@]+@/, ':guess@');
    await expect(query(guess, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    await first.stop();
    expect(await isUp(first.url)).toBe(false);

    const second = await start(dataDir);
    expect(await query(second.url, 'SELECT one FROM kept')).toEqual([[1]]);
    expect((await stat(join(dataDir, 'postgres-password'))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(dataDir, 'postgres.log.1'), 'utf8')).toContain('shut down');
    expect(await readFile(join(dataDir, 'postgres.log'), 'utf8')).toContain('ready to accept connections');
  });

  it('has what the migrations need: pgcrypto, and exclusion constraints over plain columns', async () => {
    const { url } = await start(await usedFolder());
    await query(url, 'CREATE EXTENSION pgcrypto');
    await query(url, 'CREATE EXTENSION btree_gist');
    await query(
      url,
      'CREATE TABLE held (room uuid, at tstzrange, EXCLUDE USING gist (room WITH =, at WITH &&))',
    );
    const hold = (range: string): Promise<unknown> =>
      query(url, `INSERT INTO held VALUES ('00000000-0000-4000-8000-000000000001', '${range}')`);
    await hold('[2026-01-01 10:00Z,2026-01-01 11:00Z)');
    await hold('[2026-01-01 11:00Z,2026-01-01 12:00Z)');
    await expect(hold('[2026-01-01 10:30Z,2026-01-01 10:40Z)')).rejects.toMatchObject({ code: '23P01' });
  });

  it('comes back on the same port when its server is killed', async () => {
    const dataDir = await usedFolder();
    const { url } = await start(dataDir);
    await query(url, 'CREATE TABLE kept ()');
    await killServer(dataDir);
    const deadline = performance.now() + 10_000;
    while (!(await isUp(url)) && performance.now() < deadline) await delay(50);
    expect(await query(url, 'SELECT count(*) FROM kept')).toEqual([['0']]);
  });
});

describe('a second service on the same data folder', () => {
  it('is refused, and told who holds the folder and what to do', async () => {
    const dataDir = await usedFolder();
    const holder = await startInOtherProcess({ dataDir, role: 'service' });
    await expect(start(dataDir)).rejects.toThrow(
      new RegExp(`process ${holder.pid}\\) uses the data folder ${dataDir}.*DATA_DIR.*DATABASE_URL`),
    );
    expect(await isUp(holder.answer)).toBe(true);
  });

  it('is refused also after the first one lost its connection and got it back', async () => {
    const dataDir = await usedFolder();
    const { url } = await start(dataDir);
    const service = `FROM pg_stat_activity WHERE application_name LIKE 'slotkeeper service%'`;
    const [before] = await query(url, `SELECT pid, pg_terminate_backend(pid, 5000) ${service}`);
    const isBack = async (): Promise<boolean> => {
      const locks = await query(url, `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted`);
      return locks.length === 1 && locks[0]?.[0] !== before?.[0];
    };
    const deadline = performance.now() + 5000;
    while (!(await isBack()) && performance.now() < deadline) await delay(20);
    await expect(start(dataDir)).rejects.toThrow('uses the data folder');
  });

  it('is refused also when both start at once on a new folder', async () => {
    const dataDir = await folder();
    const starts = await Promise.all([1, 2].map(() => startInOtherProcess({ dataDir, role: 'service' })));
    const answers = starts.map((other) => other.answer).sort();
    expect(answers).toEqual([
      expect.stringContaining('uses the data folder'),
      expect.stringContaining('postgres://'),
    ]);
    expect(await isUp(answers[1] ?? '')).toBe(true);
    expect(await readFile(join(dataDir, 'postgres.log'), 'utf8')).toContain('ready to accept connections');
  });

  it('adopts the server, with its data, when the first one was killed', async () => {
    const dataDir = await usedFolder();
    const killed = await startInOtherProcess({ dataDir, role: 'service' });
    await query(killed.answer, 'CREATE TABLE kept ()');
    const pid = await serverPid(dataDir);
    await killed.kill();
    expect(await isUp(killed.answer)).toBe(true);

    const next = await start(dataDir);
    expect(next.url).toBe(killed.answer);
    expect(await serverPid(dataDir)).toBe(pid);
    expect(await query(next.url, 'SELECT count(*) FROM kept')).toEqual([['0']]);
    await next.stop();
    expect(await isUp(next.url)).toBe(false);
  });

  it('waits for a server that is still stopping, then starts its own', async () => {
    const dataDir = await usedFolder();
    const first = await start(dataDir);
    const pid = await serverPid(dataDir);
    const stopping = first.stop();
    const second = await start(dataDir);
    await stopping;
    expect(await serverPid(dataDir)).not.toBe(pid);
    expect(await isUp(second.url)).toBe(true);
  });
});

describe('a process file that a dead server left', () => {
  it.each([
    ['nobody', (): number => spawnSync('true').pid],
    ['another process', (): number => process.pid],
  ])('is no obstacle when its number belongs to %s', async (_, numberInUse) => {
    const dataDir = await usedFolder();
    const killed = await startInOtherProcess({ dataDir, role: 'service' });
    await query(killed.answer, 'CREATE TABLE kept ()');
    await killed.kill();
    await killServer(dataDir);
    const file = join(dataDir, 'postgres/postmaster.pid');
    const [, ...rest] = (await readFile(file, 'utf8')).split('\n');
    await writeFile(file, [numberInUse(), ...rest].join('\n'));

    const { url } = await start(dataDir);
    expect(await query(url, 'SELECT count(*) FROM kept')).toEqual([['0']]);
  });
});

describe('a tool', () => {
  it('borrows the server of a service and leaves it running', async () => {
    const dataDir = await usedFolder();
    const service = await start(dataDir);
    const tool = await start(dataDir, { role: 'tool' });
    expect(tool.url).toBe(service.url);
    await tool.stop();
    expect(await isUp(service.url)).toBe(true);
  });

  it('stops a server that it started itself', async () => {
    const tool = await start(await usedFolder(), { role: 'tool' });
    expect(await isUp(tool.url)).toBe(true);
    await tool.stop();
    expect(await isUp(tool.url)).toBe(false);
  });

  it('leaves a server that it started to a service that adopted it meanwhile', async () => {
    const dataDir = await usedFolder();
    const tool = await start(dataDir, { role: 'tool' });
    const service = await start(dataDir);
    await tool.stop();
    expect(await isUp(service.url)).toBe(true);
  });
});

describe('the files of the server', () => {
  it('run from a private copy, made once and repaired, when links and execute bits are missing', async () => {
    const dataDir = await usedFolder();
    const place = await folder();
    await chmod(place, 0o711);
    const native = join(place, 'native');
    await cp(packagedBinaries(), native, {
      recursive: true,
      filter: async (path) => !(await lstat(path)).isSymbolicLink(),
    });
    for (const name of await readdir(join(native, 'bin'))) await chmod(join(native, 'bin', name), 0o644);
    const run = async (): Promise<string[]> => {
      const env = { ...process.env, TMPDIR: place };
      const other = await startInOtherProcess({ dataDir, role: 'tool', native }, { env });
      expect(await isUp(other.answer)).toBe(true);
      await other.stop();
      return (await readdir(place)).filter((name) => name !== 'native');
    };
    const [copy = '', ...others] = await run();
    expect(others).toEqual([]);
    const made = (await stat(join(place, copy))).ino;
    expect(await run()).toEqual([copy]);
    expect((await stat(join(place, copy))).ino).toBe(made);
    await rm(join(place, copy, 'share/postgresql/timezonesets'), { recursive: true });
    expect(await run()).toEqual([copy]);
    expect((await stat(join(place, copy))).ino).not.toBe(made);
  });

  it('are missed with a way out where no binaries exist for the platform', async () => {
    const { platform } = process;
    Object.defineProperty(process, 'platform', { value: 'plan9' });
    cleanups.push(async () => Object.defineProperty(process, 'platform', { value: platform }));
    await expect(start(await folder())).rejects.toThrow(/plan9.*not installed.*DATABASE_URL/);
  });

  it('are kept apart from a password that was changed, and the error names its file', async () => {
    const dataDir = await usedFolder();
    const tool = await start(dataDir, { role: 'tool' });
    await rm(join(dataDir, 'postgres-password'));
    await writeFile(join(dataDir, 'postgres-password'), 'changed');
    await expect(start(dataDir)).rejects.toThrow(join(dataDir, 'postgres-password'));
    await tool.stop();
  });
});

describe('started by root', () => {
  asRoot('runs as an account without rights, opening only the way into the data folder', async () => {
    const dataDir = await usedFolder();
    await chmod(dataDir, 0o700);
    await start(dataDir);
    const owner = (await stat(join(dataDir, 'postgres'))).uid;
    expect(owner).not.toBe(0);
    expect((await stat(`/proc/${await serverPid(dataDir)}`)).uid).toBe(owner);
    expect((await stat(dataDir)).mode & 0o777).toBe(0o701);
  });

  asRoot('keeps the database elsewhere, and says so, below a folder closed to that account', async () => {
    const dataDir = join(await folder(), 'data');
    const messages: string[] = [];
    const first = await start(dataDir, { log: (message) => messages.push(message) });
    const base = /kept in (\/var\/lib\/slotkeeper\/[0-9a-f]{16})/.exec(messages[0] ?? '')?.[1] ?? '';
    cleanups.splice(1, 0, () => rm(base, { recursive: true }));
    expect((await stat(join(base, 'postgres'))).uid).not.toBe(0);
    await query(first.url, 'CREATE TABLE kept ()');
    await first.stop();
    expect(await readFile(join(dataDir, 'postgres.log'), 'utf8')).toContain('shut down');
    const second = await start(dataDir);
    expect(await query(second.url, 'SELECT count(*) FROM kept')).toEqual([['0']]);
  });
});

describe('started by an ordinary account', () => {
  (canBeNobody ? it : it.skip)('runs as that account, in a folder that only it can enter', async () => {
    const dataDir = join(await folder(), 'data');
    await chmod(dirname(dataDir), 0o711);
    await mkdir(dataDir, { mode: 0o700 });
    await chown(dataDir, NOBODY, NOBODY);
    const other = await startInOtherProcess(
      { dataDir, role: 'service' },
      { uid: NOBODY, gid: NOBODY, env: {} },
    );
    expect(await isUp(other.answer)).toBe(true);
    expect((await stat(`/proc/${await serverPid(dataDir)}`)).uid).toBe(NOBODY);
    expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
    await other.stop();
    expect(await isUp(other.answer)).toBe(false);
  });
});
