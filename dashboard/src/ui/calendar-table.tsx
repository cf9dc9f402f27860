import type { CalendarRowView, ListView } from '../api/views.js';
import { useLive } from '../api/use-live.js';
import { listPath, NothingFound, sortOf } from '../pages/list.js';
import { Link } from '../router.js';
import { CATEGORIES, counted, percent } from '../words.js';
import { Ago, Lasting } from './ago.js';
import { useAnnounceChange } from './announcer.js';
import { CopyLink } from './copy-link.js';
import { Column, Pager, Search, StatusFilter } from './list-controls.js';
import { Loaded } from './page.js';
import { Status } from './status.js';

const OPTIONS = [
  { value: 'unhealthy', label: 'Failing' },
  { value: 'unknown', label: 'Not checked' },
  { value: 'healthy', label: 'Healthy' },
];

interface ListProps {
  readonly query: URLSearchParams;
  /** Null: of all workspaces. */
  readonly workspaceId: string | null;
}

/** Calendars to search in, of one workspace or of all. */
export function CalendarList({ query, workspaceId }: ListProps) {
  const own = workspaceId === null ? {} : { workspace_id: workspaceId };
  const live = useLive<ListView<CalendarRowView>>(listPath('/calendar-health/calendars', query, own));
  const found = live.data === null || live.isBehind ? null : `${counted(live.data.total, 'calendar')} found.`;
  useAnnounceChange(found);
  return (
    <>
      <div className="controls">
        <Search
          label={
            workspaceId === null
              ? 'Search by calendar, account or workspace'
              : 'Search by calendar or account'
          }
          value={query.get('search') ?? ''}
        />
        <StatusFilter options={OPTIONS} value={query.get('status') ?? ''} counts={live.data?.counts ?? {}} />
      </div>
      <Loaded live={live}>
        {({ items, total, next_cursor: next }) =>
          items.length === 0 ? (
            <NothingFound query={query} things="calendars" />
          ) : (
            <>
              <CalendarTable
                rows={items}
                total={total}
                query={query}
                showsWorkspace={workspaceId === null}
                isBehind={live.isBehind}
              />
              <Pager total={total} shown={items.length} next={next} query={query} />
            </>
          )
        }
      </Loaded>
    </>
  );
}

interface TableProps {
  readonly rows: readonly CalendarRowView[];
  readonly total: number;
  readonly query: URLSearchParams;
  readonly showsWorkspace: boolean;
  readonly isBehind: boolean;
}

function CalendarTable({ rows, total, query, showsWorkspace, isBehind }: TableProps) {
  const current = sortOf(query);
  return (
    <div className="table-frame" aria-busy={isBehind}>
      <table className="calendars">
        <caption className="visually-hidden">{counted(total, 'calendar')}</caption>
        <thead>
          <tr>
            <Column label="Calendar" sort="name" current={current} />
            {showsWorkspace ? <Column label="Workspace" current={current} className="wide" /> : null}
            <Column label="State" sort="status" current={current} />
            <Column label="Checked" sort="checked" current={current} className="wide" />
            <Column label="Availability" sort="availability" current={current} className="number wide" />
            <Column label="Error budget" current={current} className="number widest" />
            <th scope="col">
              <span className="visually-hidden">Re-authorization</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <CalendarTableRow key={row.calendar_id} row={row} showsWorkspace={showsWorkspace} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function CalendarTableRow({
  row,
  showsWorkspace,
}: {
  readonly row: CalendarRowView;
  readonly showsWorkspace: boolean;
}) {
  return (
    <tr>
      <th scope="row">
        <Link to={`/calendars/${row.calendar_id}`}>{row.name}</Link>
        {row.account_email === row.name ? null : <span className="under">{row.account_email}</span>}
      </th>
      {showsWorkspace ? (
        <td className="wide">
          <Link to={`/workspaces/${row.workspace_id}`}>{row.workspace_name}</Link>
        </td>
      ) : null}
      <td>
        <Status state={row.status} />
        {row.category === null ? null : (
          <span className="under">
            {CATEGORIES[row.category]}
            {row.since === null ? null : (
              <>
                , <Lasting since={row.since} />
              </>
            )}
          </span>
        )}
      </td>
      <td className="wide">
        <Ago at={row.checked_at} />
      </td>
      <td className="number wide">{percent(row.availability)}</td>
      <td className="number widest">{budget(row.error_budget_remaining)}</td>
      <td className="end">
        {row.reauth_url === null ? null : <CopyLink link={row.reauth_url} of={row.account_email} />}
      </td>
    </tr>
  );
}

export function budget(left: number | null): string {
  if (left === null) return 'not known';
  return left <= 0 ? 'used up' : percent(left);
}
