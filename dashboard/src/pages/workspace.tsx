import { useLive } from '../api/use-live.js';
import type { TrendView, WorkspaceOverviewView } from '../api/views.js';
import { Link } from '../router.js';
import { ActionButtons, ActionProgress } from '../ui/actions.js';
import { Ago } from '../ui/ago.js';
import { useAnnounceChange } from '../ui/announcer.js';
import { AvailabilityStrip } from '../ui/availability-strip.js';
import { CalendarList } from '../ui/calendar-table.js';
import { IssueList } from '../ui/issue-list.js';
import { LevelTiles } from '../ui/level-tiles.js';
import { Loaded, Page } from '../ui/page.js';
import { Status, toneOf } from '../ui/status.js';
import { Tile } from '../ui/tile.js';
import { counted, number } from '../words.js';
import { useWatchedActions } from './watched-actions.js';

interface WorkspaceProps {
  readonly id: string;
  readonly query: URLSearchParams;
}

export function WorkspacePage({ id, query }: WorkspaceProps) {
  const { live, actions } = useWatchedActions<WorkspaceOverviewView>(`/calendar-health/workspaces/${id}`, id);
  const { data } = live;
  useAnnounceChange(data === null ? null : failing(data));
  return (
    <Page
      title={data?.name ?? 'Workspace'}
      above={<WayBack />}
      beside={
        data === null ? null : <ActionButtons actions={actions} now={data.generated_at} isWhole={false} />
      }
    >
      <Loaded live={live}>
        {(workspace) => (
          <>
            <ActionProgress
              actions={actions}
              checked={workspace.checked_calendars}
              calendars={workspace.totals.calendars}
            />
            <Report workspace={workspace} query={query} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function WayBack() {
  return (
    <nav aria-label="Way back" className="way-back">
      <Link to="/workspaces">Workspaces</Link>
    </nav>
  );
}

function failing({ totals }: WorkspaceOverviewView): string {
  return totals.unhealthy_calendars === 0
    ? 'No calendar fails.'
    : `${number(totals.unhealthy_calendars)} of ${counted(totals.calendars, 'calendar')} cannot be read.`;
}

function Report({
  workspace,
  query,
}: {
  readonly workspace: WorkspaceOverviewView;
  readonly query: URLSearchParams;
}) {
  const { totals, level, target, issues, shared_issue_count: count } = workspace;
  return (
    <>
      <p className="lead">
        <Status state={workspace.status} /> {failing(workspace)}
      </p>
      <dl className="tiles">
        <Tile
          label="Failing calendars"
          value={number(totals.unhealthy_calendars)}
          tone={toneOf(workspace.status)}
          note={`of ${number(totals.calendars)}; ${number(totals.unknown_calendars)} not checked`}
        />
        <Tile
          label="Accounts to re-authorize"
          value={number(workspace.needs_reauth_connections)}
          tone={workspace.needs_reauth_connections === 0 ? 'ok' : 'bad'}
          note={`of ${number(totals.connections)} connected`}
        />
        <Tile
          label="Check longest ago"
          value={<Ago at={workspace.oldest_check_at} />}
          note="of the calendars that were checked"
        />
        <LevelTiles level={level} target={target} over="30 days" />
      </dl>
      <section className="card" aria-labelledby="issues">
        <h2 id="issues">Issues</h2>
        <IssueList issues={issues} count={count} />
      </section>
      <section className="card" aria-labelledby="trend">
        <h2 id="trend">Availability by day</h2>
        <Trend id={workspace.workspace_id} name={workspace.name} />
      </section>
      <section aria-labelledby="calendars">
        <h2 id="calendars">Calendars</h2>
        <CalendarList query={query} workspaceId={workspace.workspace_id} />
      </section>
    </>
  );
}

function Trend({ id, name }: { readonly id: string; readonly name: string }) {
  const live = useLive<TrendView>(`/calendar-health/history?workspace_id=${id}`, 'seldom');
  return <Loaded live={live}>{(trend) => <AvailabilityStrip trend={trend} of={name} />}</Loaded>;
}
