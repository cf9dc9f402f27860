import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

/** Keeps job locks apart from other users of advisory locks in the same database. */
const LOCK_SPACE = 7_226;

/** Lets one instance at a time do something. The lock ends with its connection, so a killed holder frees it. */
@Injectable()
export class JobLock {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** False, without having run `work`, when another holds the lock `name`. */
  async exclusively(name: string, work: () => Promise<void>): Promise<boolean> {
    const runner = this.database.createQueryRunner();
    try {
      const [row]: { locked: boolean }[] = await runner.query('SELECT pg_try_advisory_lock($1, hashtext($2)) AS locked', [
        LOCK_SPACE,
        name,
      ]);
      if (row?.locked !== true) return false;
      try {
        await work();
        return true;
      } finally {
        await runner.query('SELECT pg_advisory_unlock($1, hashtext($2))', [LOCK_SPACE, name]);
      }
    } finally {
      await runner.release();
    }
  }
}
