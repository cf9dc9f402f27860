import { describe, expect, it } from '@jest/globals';
import { byNumber, byText, inTurn, Listing, type Listed, type ListWish } from './listing.js';

type Status = 'good' | 'bad';
type Sort = 'name' | 'size';

interface Thing extends Listed<Status> {
  readonly name: string;
  readonly size: number | null;
}

const THINGS: readonly Thing[] = [
  aThing('Room 10', 'good', 3),
  aThing('Room 9', 'bad', null),
  aThing('Ärztin', 'bad', 3),
  aThing('zebra', 'good', 1),
];

function aThing(name: string, status: Status, size: number | null): Thing {
  const id = `00000000-0000-4000-8000-${Buffer.from(name).toString('hex').slice(-12).padStart(12, '0')}`;
  return { id, name, status, size, text: name.toLowerCase() };
}

function listing(things: readonly Thing[] = THINGS): Listing<Thing, Status, Sort> {
  return new Listing<Thing, Status, Sort>(things, {
    name: byText(({ name }) => name),
    size: inTurn(
      byNumber(({ size }) => size),
      byText(({ name }) => name),
    ),
  });
}

function wish(differences: Partial<ListWish<Status, Sort>> = {}): ListWish<Status, Sort> {
  return {
    search: '',
    status: null,
    sort: 'name',
    descending: false,
    limit: 10,
    cursor: null,
    ...differences,
  };
}

function names(differences: Partial<ListWish<Status, Sort>>): string[] {
  return listing()
    .page(wish(differences))
    .items.map(({ name }) => name);
}

describe('a listing', () => {
  it('orders names as people do, either way', () => {
    expect(names({})).toEqual(['Ärztin', 'Room 9', 'Room 10', 'zebra']);
    expect(names({ descending: true })).toEqual(['zebra', 'Room 10', 'Room 9', 'Ärztin']);
  });

  it('puts what has no number last, and goes on with the next comparison where numbers are equal', () => {
    expect(names({ sort: 'size' })).toEqual(['zebra', 'Ärztin', 'Room 10', 'Room 9']);
  });

  it('finds all words of a search, in whatever order and case', () => {
    expect(names({ search: ' 10  ROOM ' })).toEqual(['Room 10']);
    expect(names({ search: 'room 11' })).toEqual([]);
  });

  it('counts by status what was searched for, and shows the one that is wanted', () => {
    expect(listing().page(wish({ status: 'bad', search: 'r' }))).toMatchObject({
      total: 2,
      counts: { good: 2, bad: 2 },
      nextCursor: null,
    });
  });

  it('has each item once, in pages of any size', () => {
    for (const limit of [1, 2, 3, 4]) {
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const { items, nextCursor } = listing().page(wish({ limit, cursor }));
        seen.push(...items.map(({ name }) => name));
        cursor = nextCursor;
      } while (cursor !== null);
      expect(seen).toEqual(names({}));
    }
  });

  it('goes on after the last item seen when others have come before it, and where it was when it is gone', () => {
    const { nextCursor: cursor } = listing().page(wish({ limit: 2 }));
    const grown = listing([aThing('Apple', 'good', 0), ...THINGS]);
    expect(grown.page(wish({ cursor })).items.map(({ name }) => name)).toEqual(['Room 10', 'zebra']);
    const shrunk = listing(THINGS.filter(({ name }) => name !== 'Room 9'));
    expect(shrunk.page(wish({ cursor })).items.map(({ name }) => name)).toEqual(['Room 10', 'zebra']);
  });

  it.each(['', 'x', 'MTA', Buffer.from('1:a').toString('base64url')])('refuses the cursor %j', (cursor) => {
    expect(() => listing().page(wish({ cursor }))).toThrow(/cursor/);
  });
});
