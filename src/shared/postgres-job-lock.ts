import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Config } from './config.js';
import { AlreadyRunning, JobLock } from './job-lock.js';
import { GIVE_UP_THE_VANISHED, lockSession } from './lock-session.js';

/** Keeps job locks apart from other users of advisory locks in the same database. */
export const LOCK_SPACE = 7_226;
const GOODBYE_MS = 2000;

/**
 * A session's advisory lock on a connection of its own: jobs call Google, and no pooled connection may wait for that
 * (R4). It ends with the connection.
 */
@Injectable()
export class PostgresJobLock extends JobLock {
  constructor(private readonly config: Config) {
    super();
  }

  async exclusively<T>(job: string, work: (session: number) => Promise<T>): Promise<T> {
    // A lost connection only ends the lock early.
    const client = await lockSession(this.config, 'slotkeeper job');
    try {
      const sql = 'SELECT pg_try_advisory_lock($1, hashtext($2)) AS locked, pg_backend_pid() AS session';
      const { rows } = await client.query<{ locked: boolean; session: number }>(sql, [LOCK_SPACE, job]);
      if (rows[0]?.locked !== true) throw new AlreadyRunning(job);
      await client.query(GIVE_UP_THE_VANISHED);
      return await work(rows[0].session);
    } finally {
      // A server that is out of reach never says goodbye.
      await Promise.race([client.end(), sleep(GOODBYE_MS, undefined, { ref: false })]);
    }
  }
}
