import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { SLOTS_ARE_GUARDED } from '../../booking/booking.module.js';
import { Clock } from '../../shared/clock.js';
import { Deadline, within } from '../../shared/deadline.js';
import { Readiness, type CheckResult, type ReadinessChecks } from '../readiness.js';

const LIMIT_MS = 1500;

/** A standby, and a database that is set so, can be read only (F48). */
const ABILITIES = `
  SELECT ${SLOTS_ARE_GUARDED} AS guarded, current_setting('transaction_read_only') = 'off' AS writable`;

const NOTHING_KNOWN: ReadinessChecks = { database: 'failed', migrations: 'unknown', constraints: 'unknown' };

@Injectable()
export class PostgresReadiness extends Readiness {
  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly clock: Clock,
  ) {
    super();
  }

  async check(): Promise<ReadinessChecks> {
    try {
      const late = (): Error => new Error('The database did not answer in time.');
      return await within(Deadline.in(LIMIT_MS, this.clock), this.#ask(), late);
    } catch {
      return NOTHING_KNOWN;
    }
  }

  async #ask(): Promise<ReadinessChecks> {
    const [row]: { guarded: boolean; writable: boolean }[] = await this.source.query(ABILITIES);
    return {
      database: row?.writable === true ? 'ok' : 'failed',
      migrations: await this.#migrations(),
      constraints: row?.guarded === true ? 'ok' : 'failed',
    };
  }

  async #migrations(): Promise<CheckResult> {
    const [table]: { missing: boolean }[] = await this.source.query(
      `SELECT to_regclass('migrations') IS NULL AS missing`,
    );
    if (table?.missing !== false) return 'failed';
    const rows: { name: string }[] = await this.source.query('SELECT name FROM migrations');
    const applied = new Set(rows.map(({ name }) => name));
    return this.source.migrations.every(({ name }) => applied.has(name ?? '')) ? 'ok' : 'failed';
  }
}
