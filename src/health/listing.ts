import { ValidationFailed } from '../shared/app-error.js';
import { isUuid } from '../shared/ids.js';

/** One item of a list that can be searched. */
export interface Listed<Status extends string> {
  readonly id: string;
  readonly status: Status;
  /** In lower case: what a search looks into. */
  readonly text: string;
}

export interface ListWish<Status extends string, Sort extends string> {
  /** Words that have all to occur. */
  readonly search: string;
  readonly status: Status | null;
  readonly sort: Sort;
  readonly descending: boolean;
  readonly limit: number;
  readonly cursor: string | null;
}

export interface ListPage<T, Status extends string> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
  /** On all pages together. */
  readonly total: number;
  /** Of what was searched for, whatever its status. */
  readonly counts: Readonly<Partial<Record<Status, number>>>;
}

export type Comparison<T> = (a: T, b: T) => number;

/** A list in memory, to be looked at by many: each order is made once. */
export class Listing<T extends Listed<Status>, Status extends string, Sort extends string> {
  readonly #orders = new Map<Sort, readonly T[]>();

  constructor(
    private readonly items: readonly T[],
    private readonly comparisons: Readonly<Record<Sort, Comparison<T>>>,
  ) {}

  /** @throws ValidationFailed naming `cursor` */
  page(wish: ListWish<Status, Sort>, isMeant: (item: T) => boolean = () => true): ListPage<T, Status> {
    const words = wish.search.toLowerCase().split(/\s+/).filter(Boolean);
    const found = this.#ordered(wish.sort).filter(
      (item) => isMeant(item) && words.every((word) => item.text.includes(word)),
    );
    const wanted = found.filter(({ status }) => wish.status === null || status === wish.status);
    if (wish.descending) wanted.reverse();
    const first = wish.cursor === null ? 0 : placeAfter(wish.cursor, wanted);
    const items = wanted.slice(first, first + wish.limit);
    const end = first + items.length;
    return {
      items,
      nextCursor: end < wanted.length ? cursorAt(end - 1, items.at(-1)?.id ?? '') : null,
      total: wanted.length,
      counts: countsOf(found),
    };
  }

  #ordered(sort: Sort): readonly T[] {
    const known = this.#orders.get(sort);
    if (known !== undefined) return known;
    const compare = this.comparisons[sort];
    const ordered = this.items.toSorted((a, b) => compare(a, b) || (a.id < b.id ? -1 : 1));
    this.#orders.set(sort, ordered);
    return ordered;
  }
}

function countsOf<Status extends string>(items: readonly Listed<Status>[]): Partial<Record<Status, number>> {
  const counts: Partial<Record<Status, number>> = {};
  for (const { status } of items) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

function cursorAt(place: number, id: string): string {
  return Buffer.from(`${place}:${id}`).toString('base64url');
}

/** After the item itself where it is still there, for between two pages the list may have changed; else where it was. */
function placeAfter(cursor: string, items: readonly Listed<string>[]): number {
  const [, place, id] = /^(\d{1,9}):(\S+)$/.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? [];
  if (place === undefined || id === undefined || !isUuid(id))
    throw ValidationFailed.of('cursor', 'expected the next_cursor of an earlier page');
  const found = items.findIndex((item) => item.id === id);
  return found === -1 ? Number(place) : found + 1;
}

const COLLATOR = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

export function byText<T>(of: (item: T) => string): Comparison<T> {
  return (a, b) => COLLATOR.compare(of(a), of(b));
}

/** Ascending; what has no number comes last. */
export function byNumber<T>(of: (item: T) => number | null): Comparison<T> {
  return (a, b) => {
    const [x, y] = [of(a) ?? Infinity, of(b) ?? Infinity];
    return x === y ? 0 : x - y;
  };
}

/** The first that tells two items apart decides. */
export function inTurn<T>(...comparisons: readonly Comparison<T>[]): Comparison<T> {
  return (a, b) => {
    for (const compare of comparisons) {
      const order = compare(a, b);
      if (order !== 0) return order;
    }
    return 0;
  };
}
