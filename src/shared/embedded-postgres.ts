import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, DatabaseError } from 'pg';
import { postgresFiles } from './postgres-files.js';
import {
  findServer,
  isAlive,
  launchServer,
  LaunchFailed,
  shutDownServer,
  START_LIMIT_MS,
  type Cluster,
} from './postgres-server.js';

export interface EmbeddedPostgres {
  /** Of the database `slotkeeper`, password included. */
  readonly url: string;
  /** Close all other connections first. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * A `service` owns the folder: it is refused while another service lives, brings back a server that dies, and stops it
 * at the end. A `tool` borrows a running server, and stops only one that it started and nobody else uses.
 */
export type Role = 'service' | 'tool';

export interface EmbeddedPostgresOptions {
  /** Created when missing. Holds `postgres/`, `postgres-password`, `postgres.log` and the log before, `postgres.log.1`. */
  readonly dataDir: string;
  readonly role: Role;
  readonly log?: (message: string) => void;
  /** Folder with the server's `bin`, `lib` and `share`; the installed package's when absent. */
  readonly native?: string;
}

interface Claim {
  readonly port: number;
  /** A connection to the database `postgres`; a service's holds the lock on the folder. */
  readonly control: Client;
  readonly launched: boolean;
}

/** "Slotkeep", in the database `postgres`, where no job takes locks. */
const SERVICE_LOCK = [0x536c6f74, 0x6b656570];
const LAUNCHES = 5;
const PAUSE_MS = 50;
const REVIVE_PAUSE_MS = 1000;

/**
 * Starts the Postgres kept under `dataDir`, or adopts the one that a killed process left running there.
 * @throws Error saying what to do: the folder is in use, no binaries for this platform, the server does not start
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => {});
  const files = await postgresFiles({ dataDir: options.dataDir, native: options.native, log });
  const dataDir = await realpath(options.dataDir);
  const cluster = { ...files, dataDir, data: join(files.base, 'postgres'), log };
  const claim = await claimServer(cluster, options.role);
  const url = urlOf(cluster, claim.port, 'slotkeeper');
  if (options.role === 'service') return new OwnServer(url, cluster, claim);
  await claim.control.end();
  return { url, stop: () => (claim.launched ? stopUnused(cluster, claim.port) : Promise.resolve()) };
}

class OwnServer implements EmbeddedPostgres {
  #stopped: Promise<void> | undefined;
  #revived: Promise<boolean> = Promise.resolve(true);

  constructor(
    readonly url: string,
    private readonly cluster: Cluster,
    private claim: Claim,
  ) {
    this.#watch();
  }

  stop(): Promise<void> {
    return (this.#stopped ??= this.#stop());
  }

  /** The lock is held to the end, or another service could adopt the server that is about to stop. */
  async #stop(): Promise<void> {
    if (await this.#revived) await shutDownServer(this.cluster);
    await this.claim.control.end().catch(() => {});
  }

  #watch(): void {
    this.claim.control.once('end', () => {
      if (this.#stopped === undefined) this.#revived = this.#revive();
    });
  }

  /** On the same port: the pools of this process know no other. False: stopped without owning the server again. */
  async #revive(): Promise<boolean> {
    for (;;) {
      try {
        this.claim = await claimServer(this.cluster, 'service', this.claim.port);
        this.cluster.log('The connection to the embedded Postgres was lost; the server is back.');
        this.#watch();
        return true;
      } catch (error) {
        if (this.#stopped !== undefined) return false;
        this.cluster.log(`The embedded Postgres is not back yet: ${String(error)}`);
        await delay(REVIVE_PAUSE_MS);
      }
    }
  }
}

/** A service that starts in this moment waits for the lock and then finds no server, instead of losing one. */
async function stopUnused(cluster: Cluster, port: number): Promise<void> {
  const control = await connect(cluster, port, 'tool').catch(() => undefined);
  if (control === undefined) return;
  try {
    if ((await takeLock(control)) && (await isUnused(control))) await shutDownServer(cluster);
  } finally {
    await control.end().catch(() => {});
  }
}

/** Asks more than once: the backend of a connection just closed lives a little longer. */
async function isUnused(control: Client): Promise<boolean> {
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const others = await control.query(
      `SELECT FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
    );
    if (others.rowCount === 0) return true;
    await delay(PAUSE_MS);
  }
  return false;
}

/** Worth another try: the server is starting or stopping, or its lock is about to be free. */
class NotNow extends Error {}

async function claimServer(cluster: Cluster, role: Role, port?: number): Promise<Claim> {
  const deadline = performance.now() + START_LIMIT_MS;
  let launched = false;
  let failures = 0;
  for (;;) {
    try {
      const running = await readyServer(cluster);
      const server = running ?? (await launchServer(cluster, port));
      launched ||= running === undefined;
      return { port: server.port, launched, control: await openControl(cluster, server.port, role) };
    } catch (error) {
      if (error instanceof LaunchFailed) failures += 1;
      if (!isPassing(error) || failures === LAUNCHES || performance.now() > deadline) throw error;
      await delay(PAUSE_MS);
    }
  }
}

function isPassing(error: unknown): boolean {
  if (error instanceof NotNow || error instanceof LaunchFailed) return true;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const passing: unknown[] = ['57P01', '57P02', '57P03', '53300', 'ECONNREFUSED', 'ECONNRESET'];
  return passing.includes(code);
}

async function readyServer({ data, dataDir }: Cluster): Promise<{ port: number } | undefined> {
  const server = await findServer(data);
  if (server === undefined || server.ready) return server;
  const state = `Process ${server.pid} is still starting or stopping there; wait for it or end it.`;
  throw new NotNow(`The embedded Postgres in ${dataDir} is not ready. ${state}`);
}

async function openControl(cluster: Cluster, port: number, role: Role): Promise<Client> {
  const control = await connect(cluster, port, role);
  try {
    const found = await control.query(`SELECT FROM pg_database WHERE datname = 'slotkeeper'`);
    if (found.rowCount === 0) await createDatabase(control);
    if (role === 'service' && !(await takeLock(control))) throw await inUse(cluster, control);
    return control;
  } catch (error) {
    await control.end().catch(() => {});
    throw error;
  }
}

async function createDatabase(control: Client): Promise<void> {
  await control.query('CREATE DATABASE slotkeeper').catch((error: unknown) => {
    // Another start was quicker.
    const exists = error instanceof DatabaseError && ['42P04', '23505'].includes(error.code ?? '');
    if (!exists) throw error;
  });
}

async function takeLock(control: Client): Promise<boolean> {
  const sql = 'SELECT pg_try_advisory_lock($1, $2) AS taken';
  const answer = await control.query<{ taken: boolean }>(sql, SERVICE_LOCK);
  return answer.rows[0]?.taken === true;
}

/** The lock of a killed process or of a tool is free in a moment; that of a living service is not. */
async function inUse({ dataDir }: Cluster, control: Client): Promise<Error> {
  const holders = await control.query<{ application_name: string }>(
    `SELECT application_name FROM pg_stat_activity JOIN pg_locks USING (pid)
      WHERE locktype = 'advisory' AND granted AND classid = $1 AND objid = $2`,
    SERVICE_LOCK,
  );
  const [, role, pid] =
    /^slotkeeper (\w+), process (\d+)$/.exec(holders.rows[0]?.application_name ?? '') ?? [];
  const holder = pid === undefined ? '' : ` (process ${pid})`;
  const message =
    `Another Slotkeeper service${holder} uses the data folder ${dataDir}. Stop it first, or give this one ` +
    'a folder of its own with DATA_DIR, or a Postgres to share with DATABASE_URL.';
  return role === 'service' && isAlive(Number(pid)) ? new Error(message) : new NotNow(message);
}

async function connect(cluster: Cluster, port: number, role: Role): Promise<Client> {
  const client = new Client({
    connectionString: urlOf(cluster, port, 'postgres'),
    application_name: `slotkeeper ${role}, process ${process.pid}`,
    connectionTimeoutMillis: 5000,
    keepAlive: true,
  });
  // Its loss is seen as 'end'; without a listener the error would end this process.
  client.on('error', () => {});
  try {
    await client.connect();
    return client;
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== '28P01') throw error;
    const file = join(cluster.dataDir, 'postgres-password');
    throw new Error(`The embedded Postgres refuses the password in ${file}; was it changed?`, {
      cause: error,
    });
  }
}

function urlOf({ password }: Cluster, port: number, database: string): string {
  return `postgres://slotkeeper:${password}@127.0.0.1:${port}/${database}`;
}
