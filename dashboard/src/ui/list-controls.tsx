import { useEffect, useId, useState } from 'react';
import { restate } from '../router.js';
import { number } from '../words.js';

const PAUSE_MS = 250;

/** Searches as one types, once one stops. */
export function Search({ label, value }: { readonly label: string; readonly value: string }) {
  const id = useId();
  const [typed, setTyped] = useState(value);
  useEffect(() => {
    if (typed === value) return undefined;
    const timer = setTimeout(() => restate({ search: typed, cursor: null, before: null }), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, value]);
  return (
    <div className="search">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="search"
        value={typed}
        maxLength={200}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setTyped(event.target.value)}
      />
    </div>
  );
}

interface FilterProps {
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly value: string;
  readonly counts: Readonly<Record<string, number>>;
}

/** Which states are shown, each with how many there are. */
export function StatusFilter({ options, value, counts }: FilterProps) {
  const name = useId();
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return (
    <fieldset className="filter">
      <legend>Show</legend>
      {[{ value: '', label: 'All' }, ...options].map((option) => (
        <label key={option.value}>
          <input
            type="radio"
            name={name}
            checked={value === option.value}
            onChange={() => restate({ status: option.value, cursor: null, before: null })}
          />
          {option.label}{' '}
          <span className="count">{number(option.value === '' ? all : (counts[option.value] ?? 0))}</span>
        </label>
      ))}
    </fieldset>
  );
}

interface ColumnProps {
  readonly label: string;
  readonly sort?: string;
  readonly current: Readonly<{ sort: string; order: string }>;
  readonly className?: string;
}

/** The head of a column; a button where one can sort by it. */
export function Column({ label, sort, current, className }: ColumnProps) {
  if (sort === undefined)
    return (
      <th scope="col" className={className}>
        {label}
      </th>
    );
  const isCurrent = current.sort === sort;
  const isDown = current.order === 'desc';
  const next = isCurrent && !isDown ? 'desc' : 'asc';
  return (
    <th
      scope="col"
      className={className}
      aria-sort={isCurrent ? (isDown ? 'descending' : 'ascending') : 'none'}
    >
      <button
        type="button"
        className="sort"
        onClick={() => restate({ sort, order: next === 'desc' ? next : null, cursor: null, before: null })}
      >
        {label}
        <span aria-hidden="true" className="arrow">
          {isCurrent ? (isDown ? '↓' : '↑') : '↕'}
        </span>
      </button>
    </th>
  );
}

interface PagerProps {
  readonly total: number;
  readonly shown: number;
  readonly next: string | null;
  readonly query: URLSearchParams;
}

export const PAGE_SIZE = 50;

/** The way back is kept in the address, as the cursors of the pages before. */
export function Pager({ total, shown, next, query }: PagerProps) {
  const cursor = query.get('cursor') ?? '';
  const before = (query.get('before') ?? '').split('~').filter(Boolean);
  const page = cursor === '' ? 0 : before.length + 1;
  if (total <= shown && page === 0) return null;
  const first = page * PAGE_SIZE + 1;
  const forth = cursor === '' ? [] : [...before, cursor];
  return (
    <nav className="pager" aria-label="Pages">
      <button
        type="button"
        disabled={page === 0}
        onClick={() => restate({ cursor: before.at(-1) ?? null, before: before.slice(0, -1).join('~') })}
      >
        Previous
      </button>
      <span>
        {number(first)}–{number(first + shown - 1)} of {number(total)}
      </span>
      <button
        type="button"
        disabled={next === null}
        onClick={() => restate({ cursor: next, before: forth.join('~') })}
      >
        Next
      </button>
    </nav>
  );
}
