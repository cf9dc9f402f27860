import { ValidationFailed } from '../../src/shared/app-error.js';
import type { Page, PageQuery } from '../../src/shared/page.js';

/** One page of `rows`, which are in the order of the list; the cursor is the id of the last row shown. */
export function pageOf<T extends { readonly id: string }>(
  rows: readonly T[],
  { limit, cursor }: PageQuery,
): Page<T> {
  const last = cursor === undefined ? -1 : rows.findIndex(({ id }) => id === cursor);
  if (cursor !== undefined && last === -1)
    throw ValidationFailed.of('cursor', 'expected the next_cursor of an earlier page');
  const items = rows.slice(last + 1, last + 1 + limit);
  const isLast = last + 1 + limit >= rows.length;
  return { items, next_cursor: isLast ? null : (items.at(-1)?.id ?? null) };
}
