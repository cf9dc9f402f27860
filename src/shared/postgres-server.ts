import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { exists, runBinary, serverEnvironment, type PostgresFiles } from './postgres-files.js';

/** One data folder and what its server needs. */
export interface Cluster extends PostgresFiles {
  readonly dataDir: string;
  /** The server's own folder, with an absolute path free of links: it identifies the process. */
  readonly data: string;
  readonly log: (message: string) => void;
}

export interface Server {
  readonly pid: number;
  readonly port: number;
  /** False while it starts, recovers or stops. */
  readonly ready: boolean;
}

/** The server ended before it was ready: the port was taken, another start was quicker, or the cluster is broken. */
export class LaunchFailed extends Error {}

export const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 20_000;
const POLL_MS = 20;

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
  max_connections: '100',
  shared_buffers: '32MB',
  max_wal_size: '256MB',
  max_parallel_workers_per_gather: '0',
  jit: 'off',
  log_checkpoints: 'off',
  // DETAIL lines quote the values of rows.
  log_error_verbosity: 'terse',
};

/** The live server of a cluster, read from `postmaster.pid`: process, folder, start, port, socket, address, memory, state. */
export async function findServer(data: string): Promise<Server | undefined> {
  const lines = await pidFile(data);
  const pid = Number(lines[0]);
  if (!(pid > 0) || !(await isServer(pid, data))) return undefined;
  return { pid, port: Number(lines[3]), ready: lines[7] === 'ready' };
}

/**
 * Starts the server, after creating the cluster when there is none. It outlives this process.
 * @param port a free one when absent
 */
export async function launchServer(cluster: Cluster, port?: number): Promise<Server> {
  if (!(await exists(cluster.data))) await createCluster(cluster);
  await removeMisleadingPidFile(cluster.data);
  const draft = join(cluster.dataDir, `postgres.log.${randomUUID()}`);
  const child = await spawnServer(cluster, port ?? (await freePort()), draft);
  const failure = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`it ended with ${code ?? signal}`));
  });
  const deadline = performance.now() + START_LIMIT_MS;
  while (performance.now() < deadline) {
    const server = await findServer(cluster.data);
    if (server?.ready === true && server.pid === child.pid) {
      await keepLog(cluster, draft);
      return server;
    }
    const reason = await Promise.race([failure, delay(POLL_MS)]);
    if (reason !== undefined) throw new LaunchFailed(await takeLog(cluster, draft, reason));
  }
  await keepLog(cluster, draft);
  throw new Error(`The embedded Postgres in ${cluster.dataDir} is still starting; see postgres.log there.`);
}

/** Fast shutdown, then an immediate one, which costs the next start a recovery but no data. */
export async function shutDownServer({ data, dataDir }: Pick<Cluster, 'data' | 'dataDir'>): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    const server = await findServer(data);
    if (server === undefined) return;
    process.kill(server.pid, signal);
    const deadline = performance.now() + STOP_LIMIT_MS;
    while (performance.now() < deadline) {
      if (!(await isServer(server.pid, data))) return;
      await delay(POLL_MS);
    }
  }
  throw new Error(`The embedded Postgres in ${dataDir} does not stop; see postgres.log there.`);
}

async function pidFile(data: string): Promise<string[]> {
  const text = await fs.readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '');
  return text.split('\n').map((line) => line.trim());
}

/** A process number is used again, and a dead child that nobody reaps still has one: the arguments tell. */
async function isServer(pid: number, data: string): Promise<boolean> {
  const line = await commandLine(pid).catch(() => '');
  return line.includes(`/postgres -D ${data} `);
}

async function commandLine(pid: number): Promise<string> {
  if (process.platform === 'linux') {
    return (await fs.readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ');
  }
  return (await promisify(execFile)('ps', ['-ww', '-o', 'args=', '-p', `${pid}`])).stdout;
}

/**
 * Postgres clears the file of a dead server itself, with more checks than are possible here; it refuses to start only
 * when the number belongs to another process by now.
 */
async function removeMisleadingPidFile(data: string): Promise<void> {
  const pid = Number((await pidFile(data))[0]);
  if (pid > 0 && isAlive(pid) && !(await isServer(pid, data))) await fs.rm(join(data, 'postmaster.pid'));
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function spawnServer(
  { data, native, user }: Cluster,
  port: number,
  logFile: string,
): Promise<ChildProcess> {
  const output = await fs.open(logFile, 'a', 0o600);
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(join(native, 'bin/postgres'), ['-D', data, '-p', `${port}`, ...settings], {
    ...user,
    cwd: '/',
    env: serverEnvironment(native),
    detached: true,
    stdio: ['ignore', output.fd, output.fd],
  });
  child.unref();
  await output.close();
  return child;
}

/** Only a server that runs gets the name: one that loses a race must not push away the log of the winner. */
async function keepLog({ dataDir }: Cluster, draft: string): Promise<void> {
  const logFile = join(dataDir, 'postgres.log');
  await fs.rename(logFile, `${logFile}.1`).catch(() => {});
  await fs.rename(draft, logFile);
}

async function takeLog({ dataDir }: Cluster, draft: string, reason: string): Promise<string> {
  const log = await fs.readFile(draft, 'utf8');
  await fs.rm(draft);
  const tail = log.trim().split('\n').slice(-5).join(' | ');
  return `The embedded Postgres in ${dataDir} did not start, ${reason}. Its log ends: ${tail}`;
}

/** In a folder of its own, renamed when complete: a start that is killed midway leaves no half cluster. */
async function createCluster({ base, data, native, user, password }: Cluster): Promise<void> {
  const draft = await fs.mkdtemp(join(base, 'postgres-new-'));
  const [folder, passwordFile] = [join(draft, 'data'), join(draft, 'password')];
  try {
    await fs.mkdir(folder, { mode: 0o700 });
    await fs.writeFile(passwordFile, password, { mode: 0o600 });
    if (user !== undefined) {
      for (const path of [draft, folder, passwordFile]) await fs.chown(path, user.uid, user.gid);
    }
    const access = ['--username=slotkeeper', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
    const locale = ['--encoding=UTF8', '--locale=C', '--no-instructions'];
    await runBinary(native, user, ['initdb', '-D', folder, ...access, ...locale]);
    await fs.rename(folder, data);
  } catch (error) {
    // Another start was quicker.
    if (!(await exists(data))) throw error;
  } finally {
    await fs.rm(draft, { recursive: true, force: true });
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
