import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Client } from 'pg';
import { Config } from './config.js';
import { AlreadyRunning, JobLock } from './job-lock.js';

/** Keeps job locks apart from other users of advisory locks in the same database. */
const LOCK_SPACE = 7_226;
const CONNECT_MS = 5000;
const GOODBYE_MS = 2000;
const ASK_AFTER_MS = 20_000;

/**
 * A killed holder's machine closes the connection, and the lock is free. A machine that is gone closes nothing: after
 * 20 seconds of silence the server asks for it every 10, and gives it up after 50. Not every system knows all of these.
 * @see https://www.postgresql.org/docs/current/runtime-config-connection.html#RUNTIME-CONFIG-TCP-SETTINGS
 */
export const GIVE_UP_THE_VANISHED = `
  SET tcp_keepalives_idle = 20; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3;
  SET tcp_user_timeout = 50000`;

/**
 * A session's advisory lock on a connection of its own: jobs call Google, and no pooled connection may wait for that
 * (R4). It ends with the connection.
 */
@Injectable()
export class PostgresJobLock extends JobLock {
  constructor(private readonly config: Config) {
    super();
  }

  async exclusively<T>(job: string, work: () => Promise<T>): Promise<T> {
    const client = await this.#connected();
    try {
      const sql = 'SELECT pg_try_advisory_lock($1, hashtext($2)) AS locked';
      const { rows } = await client.query<{ locked: boolean }>(sql, [LOCK_SPACE, job]);
      if (rows[0]?.locked !== true) throw new AlreadyRunning(job);
      await client.query(GIVE_UP_THE_VANISHED);
      return await work();
    } finally {
      // A server that is out of reach never says goodbye.
      await Promise.race([client.end(), sleep(GOODBYE_MS, undefined, { ref: false })]);
    }
  }

  /** Asks for the server as well: what lies between may forget a connection that is silent for minutes. */
  async #connected(): Promise<Client> {
    const client = new Client({
      connectionString: this.config.databaseUrl.reveal(),
      application_name: 'slotkeeper job',
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: ASK_AFTER_MS,
    });
    // A lost connection only ends the lock early.
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }
}
