import type { OverviewView, RecommendationView } from '../api/views.js';
import { Link } from '../router.js';
import { ActionButtons, ActionProgress } from '../ui/actions.js';
import { Ago } from '../ui/ago.js';
import { useAnnounceChange } from '../ui/announcer.js';
import { AvailabilityStrip } from '../ui/availability-strip.js';
import { CopyLink } from '../ui/copy-link.js';
import { FirstSteps } from '../ui/first-steps.js';
import { Loaded, Page } from '../ui/page.js';
import { Mark, type Tone } from '../ui/status.js';
import { LevelTiles } from '../ui/level-tiles.js';
import { Tile } from '../ui/tile.js';
import { CATEGORIES, counted, number } from '../words.js';
import { useWatchedActions } from './watched-actions.js';

const PATH = '/calendar-health/overview';

export function OverviewPage() {
  const { live, actions } = useWatchedActions<OverviewView>(PATH, null);
  const { data } = live;
  useAnnounceChange(data === null ? null : verdictOn(data).text);
  return (
    <Page
      title="Overview"
      beside={
        data === null || data.totals.calendars === 0 ? null : (
          <ActionButtons actions={actions} now={data.generated_at} isWhole />
        )
      }
    >
      <Loaded live={live}>
        {(overview) =>
          overview.totals.calendars === 0 && overview.issue_count === 0 ? (
            <FirstSteps hasWorkspace={overview.totals.workspaces > 0} />
          ) : (
            <>
              <ActionProgress
                actions={actions}
                checked={overview.checked_calendars}
                calendars={overview.totals.calendars}
              />
              <Report overview={overview} />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function Report({ overview }: { readonly overview: OverviewView }) {
  const { totals, level, target, trend } = overview;
  const verdict = verdictOn(overview);
  return (
    <>
      <section className={`verdict ${verdict.tone}`} aria-label="Verdict">
        <Mark tone={verdict.tone} />
        <div>
          <p className="headline">{verdict.text}</p>
          <p className="muted">
            {verdict.more} The check longest ago was <Ago at={overview.oldest_check_at} never="never made" />.
          </p>
        </div>
      </section>
      <dl className="tiles">
        <Tile
          label="Failing calendars"
          to="/calendars?status=unhealthy"
          value={number(totals.unhealthy_calendars)}
          tone={totals.unhealthy_calendars === 0 ? 'ok' : 'bad'}
          note={`of ${number(totals.calendars)}; ${number(totals.unknown_calendars)} not checked`}
        />
        <Tile
          label="Workspaces with failures"
          to="/workspaces"
          value={number(totals.partial_workspaces + totals.critical_workspaces)}
          tone={workspaceTone(overview)}
          note={`of ${number(totals.workspaces)}; ${number(totals.critical_workspaces)} critical`}
        />
        <Tile
          label="Accounts to re-authorize"
          value={number(overview.needs_reauth_connections)}
          tone={overview.needs_reauth_connections === 0 ? 'ok' : 'bad'}
          note={`of ${number(totals.connections)} connected`}
        />
        <LevelTiles level={level} target={target} over="30 days" />
      </dl>
      <Recommendations {...overview} />
      <section className="card" aria-labelledby="trend">
        <h2 id="trend">Availability by day</h2>
        <AvailabilityStrip trend={trend} of="all calendars" />
      </section>
    </>
  );
}

function workspaceTone({ totals }: OverviewView): Tone {
  if (totals.critical_workspaces > 0) return 'bad';
  return totals.partial_workspaces > 0 ? 'warn' : 'ok';
}

interface Verdict {
  readonly tone: Tone;
  readonly text: string;
  readonly more: string;
}

const TONES = { healthy: 'warn', partial: 'warn', critical: 'bad' } as const;

function verdictOn({ totals, status, issue_count: issues }: OverviewView): Verdict {
  const { calendars, unhealthy_calendars: failing, unknown_calendars: unknown } = totals;
  if (failing > 0)
    return {
      tone: TONES[status],
      text: `${number(failing)} of ${counted(calendars, 'calendar')} cannot be read.`,
      more: 'What to do about it is below, the most urgent first.',
    };
  const text = unknown === 0 ? `All ${counted(calendars, 'calendar')} can be read.` : 'No calendar fails.';
  const more = issues === 0 ? 'Nothing has to be done.' : 'Something else needs attention, below.';
  return {
    tone: issues > 0 ? 'warn' : unknown > 0 ? 'unknown' : 'ok',
    text: unknown > 0 ? `${text} ${counted(unknown, 'calendar')} not checked yet.` : text,
    more,
  };
}

type RecommendationsProps = Pick<OverviewView, 'recommendations' | 'recommendation_count'>;

function Recommendations({ recommendations, recommendation_count: count }: RecommendationsProps) {
  if (count === 0) return null;
  return (
    <section className="card" aria-labelledby="to-do">
      <h2 id="to-do">What to do first</h2>
      <ol className="to-do">
        {recommendations.map((recommendation) => (
          <Recommendation key={recommendation.message} {...recommendation} />
        ))}
      </ol>
      {count > recommendations.length ? (
        <p className="muted">
          {number(count - recommendations.length)} more.{' '}
          <Link to="/calendars?status=unhealthy">Look at all failing calendars.</Link>
        </p>
      ) : null}
    </section>
  );
}

function Recommendation({ category, message, action, reauth_url: link, affected }: RecommendationView) {
  return (
    <li>
      <div>
        <p className="action">{action}</p>
        <p className="muted">
          {CATEGORIES[category]}. {message}
        </p>
        {affected.upcoming_bookings > 0 ? (
          <p className="urgent">
            <Mark tone="warn" /> {counted(affected.upcoming_bookings, 'upcoming booking')} at stake
          </p>
        ) : null}
      </div>
      {link === null ? null : <CopyLink link={link} of={message} />}
    </li>
  );
}
