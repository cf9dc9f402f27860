import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { SealedSecrets, type SealedSecret } from '../sealed-secrets.js';
import { keyIdIn, SEALED_COLUMNS, type SealedColumn } from './sealed-columns.js';

interface CountRow {
  readonly key_id: string | null;
  readonly count: number;
}

/** No two rows are ever locked at once, so nothing here can deadlock with requests or refreshes. */
@Injectable()
export class PostgresSealedSecrets extends SealedSecrets {
  constructor(@InjectDataSource() private readonly database: DataSource) {
    super();
  }

  async countByKeyId(): Promise<ReadonlyMap<string | null, number>> {
    const columns = SEALED_COLUMNS.map(
      ({ table, column, live }) =>
        `SELECT ${column} AS text FROM ${table} WHERE ${column} IS NOT NULL AND ${live}`,
    );
    const rows: CountRow[] = await this.database.query(
      `SELECT ${keyIdIn('text')} AS key_id, count(*)::int AS count
       FROM (${columns.join(' UNION ALL ')}) AS sealed GROUP BY 1 ORDER BY 1`,
    );
    return new Map(rows.map(({ key_id, count }) => [key_id, count]));
  }

  async sample(keyId: string, limit: number): Promise<SealedSecret[]> {
    const columns = SEALED_COLUMNS.map(
      (column) =>
        `SELECT ${secretOf(column)} FROM ${column.table} WHERE ${keyIdIn(column.column)} = $1 AND ${column.live}`,
    );
    return this.database.query(`${columns.join(' UNION ALL ')} LIMIT $2`, [keyId, limit]);
  }

  async notUnder(keyId: string, after: SealedSecret | null, limit: number): Promise<SealedSecret[]> {
    const from = after === null ? { index: 0, row: null } : partsOf(after);
    for (const [index, column] of SEALED_COLUMNS.entries()) {
      if (index < from.index) continue;
      const row = (index === from.index ? from.row : null) ?? column.lowest;
      const found: SealedSecret[] = await this.database.query(
        `SELECT ${secretOf(column)} FROM ${column.table}
         WHERE ${column.key} > ${column.keyOf('$2')} AND ${column.column} IS NOT NULL
           AND ${keyIdIn(column.column)} IS DISTINCT FROM $1
         ORDER BY ${column.key} LIMIT $3`,
        [keyId, row, limit],
      );
      if (found.length > 0) return found;
    }
    return [];
  }

  async replace(secret: SealedSecret, text: string): Promise<boolean> {
    const { column: of, row } = partsOf(secret);
    const { table, column, key, keyOf } = of;
    const [, changed]: [unknown[], number] = await this.database.query(
      `UPDATE ${table} SET ${column} = $3 WHERE ${key} = ${keyOf('$1')} AND ${column} = $2`,
      [row, secret.text, text],
    );
    return changed > 0;
  }

  async forget(keyId: string): Promise<number> {
    let forgotten = 0;
    for (const { column, forget } of SEALED_COLUMNS) {
      const [, changed]: [unknown[], number] = await this.database.query(
        `${forget} WHERE ${keyIdIn(column)} = $1`,
        [keyId],
      );
      forgotten += changed;
    }
    return forgotten;
  }
}

function secretOf({ table, column, keyAsText }: SealedColumn): string {
  return `'${table}/' || ${keyAsText} || '/${column}' AS place, ${column} AS text`;
}

function partsOf({ place }: SealedSecret): { column: SealedColumn; index: number; row: string } {
  const [table, row, name] = place.split('/');
  const index = SEALED_COLUMNS.findIndex((known) => known.table === table && known.column === name);
  const column = SEALED_COLUMNS[index];
  if (column === undefined || row === undefined) throw new Error(`${place} holds no ciphertext`);
  return { column, index, row };
}
