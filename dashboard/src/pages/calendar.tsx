import { useId } from 'react';
import { useLive } from '../api/use-live.js';
import type {
  CalendarLevelView,
  CalendarRowView,
  ListView,
  OutageView,
  ServiceLevelsView,
  TrendView,
} from '../api/views.js';
import { Link, restate } from '../router.js';
import { currentTime, isoOf, minutesSpan, shortly } from '../time.js';
import { Ago, Lasting } from '../ui/ago.js';
import { useAnnounceChange } from '../ui/announcer.js';
import { AvailabilityStrip } from '../ui/availability-strip.js';
import { CopyLink } from '../ui/copy-link.js';
import { LevelTiles } from '../ui/level-tiles.js';
import { Loaded, Page } from '../ui/page.js';
import { Status, wordFor } from '../ui/status.js';
import { CATEGORIES } from '../words.js';

interface Window {
  readonly value: string;
  readonly label: string;
  readonly hours: number;
  readonly step: string;
}

const DAY_HOURS = 24;
const MONTH: Window = { value: '30d', label: '30 days', hours: 30 * DAY_HOURS, step: '1d' };
const WINDOWS: readonly Window[] = [
  { value: '24h', label: '24 hours', hours: DAY_HOURS, step: '1h' },
  { value: '7d', label: '7 days', hours: 7 * DAY_HOURS, step: '6h' },
  MONTH,
  { value: '90d', label: '90 days', hours: 90 * DAY_HOURS, step: '2d' },
];

interface CalendarProps {
  readonly id: string;
  readonly query: URLSearchParams;
}

export function CalendarPage({ id, query }: CalendarProps) {
  const live = useLive<ListView<CalendarRowView>>(`/calendar-health/calendars?calendar_id=${id}`);
  const calendar = live.data?.items[0];
  const window = WINDOWS.find(({ value }) => value === query.get('window')) ?? MONTH;
  useAnnounceChange(calendar === undefined ? null : `${calendar.name}: ${wordFor(calendar.status)}`);
  return (
    <Page title={calendar?.name ?? 'Calendar'} above={<WayBack calendar={calendar} />}>
      <Loaded live={live}>
        {() =>
          calendar === undefined ? (
            <p>There is no such calendar, or none that counts any more.</p>
          ) : (
            <>
              <Present calendar={calendar} />
              <WindowChoice value={window.value} />
              <Past key={window.value} calendar={calendar} window={window} />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function WayBack({ calendar }: { readonly calendar: CalendarRowView | undefined }) {
  return (
    <nav aria-label="Way back" className="way-back">
      <Link to="/workspaces">Workspaces</Link>
      {calendar === undefined ? null : (
        <Link to={`/workspaces/${calendar.workspace_id}`}>{calendar.workspace_name}</Link>
      )}
    </nav>
  );
}

function Present({ calendar }: { readonly calendar: CalendarRowView }) {
  const { status, account_email: account, category, message, since, reauth_url: link } = calendar;
  return (
    <section className="card" aria-label="Present state">
      <p className="lead">
        <Status state={status} /> {account}, checked <Ago at={calendar.checked_at} />
      </p>
      {category === null ? null : (
        <p>
          {CATEGORIES[category]}
          {since === null ? null : (
            <>
              {', '}
              <Lasting since={since} />
            </>
          )}
          . {message}
        </p>
      )}
      {link === null ? null : <CopyLink link={link} of={account} />}
    </section>
  );
}

function WindowChoice({ value }: { readonly value: string }) {
  const name = useId();
  return (
    <fieldset className="filter">
      <legend>Over the last</legend>
      {WINDOWS.map((window) => (
        <label key={window.value}>
          <input
            type="radio"
            name={name}
            checked={value === window.value}
            onChange={() => restate({ window: window.value })}
          />
          {window.label}
        </label>
      ))}
    </fieldset>
  );
}

interface PastProps {
  readonly calendar: CalendarRowView;
  readonly window: Window;
}

function Past({ calendar, window }: PastProps) {
  const { calendar_id: id, name } = calendar;
  const levels = useLive<ServiceLevelsView>(
    `/calendar-health/sla?calendar_id=${id}&window=${window.value}`,
    'seldom',
  );
  const trend = useLive<TrendView>(trendPath(id, window), 'seldom');
  return (
    <>
      <section className="card" aria-labelledby="trend">
        <h2 id="trend">Availability</h2>
        <Loaded live={trend}>{(data) => <AvailabilityStrip trend={data} of={name} />}</Loaded>
      </section>
      <Loaded live={levels}>
        {({ calendars: [level], target }) =>
          level === undefined ? null : (
            <>
              <dl className="tiles">
                <LevelTiles level={level} target={target} over={window.label} />
              </dl>
              <section className="card" aria-labelledby="outages">
                <h2 id="outages">Outages</h2>
                <Outages level={level} />
              </section>
            </>
          )
        }
      </Loaded>
    </>
  );
}

const HOUR_MS = 3_600_000;

/** From a full hour on, so that the question stays the same for as long. */
function trendPath(id: string, { hours, step }: Window): string {
  const from = Math.floor(currentTime() / HOUR_MS) * HOUR_MS - (hours - 1) * HOUR_MS;
  return `/calendar-health/history?calendar_id=${id}&step=${step}&from=${encodeURIComponent(isoOf(from))}`;
}

function Outages({ level: { outages } }: { readonly level: CalendarLevelView }) {
  if (outages.length === 0) return <p className="muted">There were none.</p>;
  return (
    <div className="table-frame">
      <table>
        <thead>
          <tr>
            <th scope="col">Began</th>
            <th scope="col">Lasted</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {outages.map((outage) => (
            <Outage key={outage.started_at} {...outage} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Outage({ started_at: start, ended_at: end, duration_minutes: minutes, category }: OutageView) {
  return (
    <tr>
      <th scope="row">
        <time dateTime={start}>{shortly(start)}</time>
      </th>
      <td>{end === null ? `${minutesSpan(minutes)} so far` : minutesSpan(minutes)}</td>
      <td>{CATEGORIES[category]}</td>
    </tr>
  );
}
