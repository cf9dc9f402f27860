import { Injectable } from '@nestjs/common';
import { Client } from 'pg';
import { Config } from './config.js';

/** Keeps job locks apart from other users of advisory locks in the same database. */
const LOCK_SPACE = 7_226;

/**
 * Lets one instance at a time do something. The lock lives on a connection of its own: jobs call Google, and
 * no pooled connection may wait for that (R4). It ends with the connection, so a killed holder frees it.
 */
@Injectable()
export class JobLock {
  constructor(private readonly config: Config) {}

  /** False, without having run `work`, when another holds the lock `name`. */
  async exclusively(name: string, work: () => Promise<void>): Promise<boolean> {
    const client = new Client({
      connectionString: this.config.databaseUrl.reveal(),
      application_name: 'slotkeeper job',
    });
    // A lost connection only ends the lock early; jobs are safe to run twice.
    client.on('error', () => undefined);
    await client.connect();
    try {
      const sql = 'SELECT pg_try_advisory_lock($1, hashtext($2)) AS locked';
      const { rows } = await client.query<{ locked: boolean }>(sql, [LOCK_SPACE, name]);
      if (rows[0]?.locked !== true) return false;
      await work();
      return true;
    } finally {
      await client.end();
    }
  }
}
