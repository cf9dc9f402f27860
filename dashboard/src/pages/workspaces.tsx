import type { ListView, WorkspaceRowView } from '../api/views.js';
import { useLive } from '../api/use-live.js';
import { Link } from '../router.js';
import { Column, Pager, Search, StatusFilter } from '../ui/list-controls.js';
import { Loaded, Page } from '../ui/page.js';
import { Status } from '../ui/status.js';
import { counted, number, percent } from '../words.js';
import { listPath, NothingFound, sortOf } from './list.js';

const OPTIONS = [
  { value: 'critical', label: 'Critical' },
  { value: 'partial', label: 'Partial' },
  { value: 'healthy', label: 'Healthy' },
];

export function WorkspacesPage({ query }: { readonly query: URLSearchParams }) {
  const live = useLive<ListView<WorkspaceRowView>>(listPath('/calendar-health/workspaces', query));
  return (
    <Page title="Workspaces">
      <div className="controls">
        <Search label="Search by workspace, account or calendar" value={query.get('search') ?? ''} />
        <StatusFilter options={OPTIONS} value={query.get('status') ?? ''} counts={live.data?.counts ?? {}} />
      </div>
      <Loaded live={live}>
        {({ items, total, next_cursor: next }) =>
          items.length === 0 ? (
            <NothingFound query={query} things="workspaces" />
          ) : (
            <>
              <WorkspaceTable rows={items} total={total} query={query} isBehind={live.isBehind} />
              <Pager total={total} shown={items.length} next={next} query={query} />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

interface TableProps {
  readonly rows: readonly WorkspaceRowView[];
  readonly total: number;
  readonly query: URLSearchParams;
  readonly isBehind: boolean;
}

function WorkspaceTable({ rows, total, query, isBehind }: TableProps) {
  const current = sortOf(query);
  return (
    <div className="table-frame" aria-busy={isBehind}>
      <table>
        <caption className="visually-hidden">{counted(total, 'workspace')}</caption>
        <thead>
          <tr>
            <Column label="Workspace" sort="name" current={current} />
            <Column label="State" sort="status" current={current} />
            <Column label="Failing" sort="failing" current={current} className="number" />
            <Column label="Calendars" sort="calendars" current={current} className="number wide" />
            <Column label="To re-authorize" current={current} className="number wide" />
            <Column label="Availability" sort="availability" current={current} className="number wide" />
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.workspace_id}>
              <th scope="row">
                <Link to={`/workspaces/${row.workspace_id}`}>{row.name}</Link>
              </th>
              <td>
                <Status state={row.status} />
              </td>
              <td className="number">{number(row.unhealthy_calendars)}</td>
              <td className="number wide">{number(row.calendars)}</td>
              <td className="number wide">{number(row.needs_reauth_connections)}</td>
              <td className="number wide">{percent(row.availability)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
