import { restate } from '../router.js';
import { PAGE_SIZE } from '../ui/list-controls.js';

const PASSED_ON = ['search', 'status', 'sort', 'order', 'cursor'];

/** The question that the address of a list stands for. */
export function listPath(
  path: string,
  query: URLSearchParams,
  more: Readonly<Record<string, string>> = {},
): string {
  const wish = new URLSearchParams({ ...more, limit: String(PAGE_SIZE) });
  for (const name of PASSED_ON) {
    const value = query.get(name);
    if (value !== null && value !== '') wish.set(name, value);
  }
  return `${path}?${wish.toString()}`;
}

export function sortOf(query: URLSearchParams): { readonly sort: string; readonly order: string } {
  return { sort: query.get('sort') ?? 'status', order: query.get('order') ?? 'asc' };
}

/** Says whether there is nothing at all, or only nothing like this. */
export function NothingFound({
  query,
  things,
}: {
  readonly query: URLSearchParams;
  readonly things: string;
}) {
  const isNarrowed = query.has('search') || query.has('status') || query.has('cursor');
  if (!isNarrowed) return <p className="card empty">There are no {things} yet.</p>;
  return (
    <div className="card empty">
      <p>No {things} match.</p>
      <button
        type="button"
        onClick={() => restate({ search: null, status: null, cursor: null, before: null })}
      >
        Show all
      </button>
    </div>
  );
}
