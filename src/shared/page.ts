import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { ApiPropertyOptional } from './api-decorators.js';
import { IsOptional } from 'class-validator';
import { ValidationFailed } from './app-error.js';
import { IntField } from './fields.js';
import { isUuid } from './ids.js';
import type { Instant } from './time.js';

export interface Page<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
}

/** `?limit=&cursor=` of every list. */
export class PageQuery {
  @IntField({ optional: true, min: 1, max: 200, default: 50, fromText: true, description: 'Items per page.' })
  limit = 50;

  @ApiPropertyOptional({ description: 'The `next_cursor` of the page before.' })
  @IsOptional()
  cursor?: string;
}

interface Row {
  readonly id: string;
  readonly createdAt: Instant;
}

/** Keyset paging by creation time, then id: stable while rows are added. `alias` is the query's entity alias. */
export async function paginate<E extends ObjectLiteral & Row, T>(
  query: SelectQueryBuilder<E>,
  page: PageQuery,
  view: (row: E) => T,
): Promise<Page<T>> {
  const alias = query.alias;
  if (page.cursor !== undefined) {
    const { at, id } = decodeCursor(page.cursor);
    query.andWhere(`(${alias}.created_at, ${alias}.id) > (to_timestamp(:at::float8 / 1000), :id)`, {
      at,
      id,
    });
  }
  const rows = await query
    .orderBy(`${alias}.createdAt`)
    .addOrderBy(`${alias}.id`)
    .take(page.limit + 1)
    .getMany();
  const items = rows.slice(0, page.limit);
  const last = items.at(-1);
  return {
    items: items.map(view),
    next_cursor: rows.length > items.length && last ? encodeCursor(last) : null,
  };
}

export function mapPage<A, B>(page: Page<A>, view: (item: A) => B): Page<B> {
  return { items: page.items.map(view), next_cursor: page.next_cursor };
}

function encodeCursor(row: Row): string {
  return Buffer.from(`${row.createdAt}:${row.id}`).toString('base64url');
}

function decodeCursor(cursor: unknown): { at: number; id: string } {
  const text = typeof cursor === 'string' ? Buffer.from(cursor, 'base64url').toString('utf8') : '';
  const [, at, id] = /^(\d{1,15}):(\S+)$/.exec(text) ?? [];
  if (at === undefined || id === undefined || !isUuid(id))
    throw ValidationFailed.of('cursor', 'expected the next_cursor of an earlier page');
  return { at: Number(at), id };
}
