import { useLive } from '../api/use-live.js';
import type { JobRunView, JobView } from '../api/views.js';
import { span } from '../time.js';
import { Ago } from '../ui/ago.js';
import { Loaded, Page } from '../ui/page.js';
import { Status } from '../ui/status.js';

export function JobsPage() {
  const live = useLive<{ readonly items: readonly JobView[] }>('/jobs');
  return (
    <Page title="Jobs">
      <p className="lead">What runs by itself, on whichever instance, and what came of it last.</p>
      <Loaded live={live}>{({ items }) => items.map((job) => <Job key={job.name} {...job} />)}</Loaded>
    </Page>
  );
}

function Job({ name, cron, last_run: last, next_run_at: next, recent_runs: runs }: JobView) {
  return (
    <section className="card job" aria-labelledby={`job-${name}`}>
      <div className="job-head">
        <h2 id={`job-${name}`}>{name}</h2>
        <Status state={last?.result ?? 'none'} />
      </div>
      <p className="muted">
        <code>{cron}</code>
        {' · last '}
        <Ago at={last?.started_at ?? null} />
        {' · next '}
        <Ago at={next} never="not on this instance" />
      </p>
      {last?.detail ? <p>{last.detail}</p> : null}
      {runs.length === 0 ? null : (
        <details>
          <summary>
            Last runs<span className="visually-hidden"> of {name}</span>
          </summary>
          <Runs runs={runs} of={name} />
        </details>
      )}
    </section>
  );
}

function Runs({ runs, of }: { readonly runs: readonly JobRunView[]; readonly of: string }) {
  return (
    <div className="table-frame" tabIndex={0} role="region" aria-label={`Last runs of ${of}`}>
      <table>
        <thead>
          <tr>
            <th scope="col">Began</th>
            <th scope="col">Result</th>
            <th scope="col">Took</th>
            <th scope="col">What came of it</th>
            <th scope="col">Instance</th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <tr key={run.scheduled_at}>
              <th scope="row">
                <Ago at={run.started_at} />
              </th>
              <td>
                <Status state={run.result} />
              </td>
              <td>{run.duration_ms === null ? '' : span(run.duration_ms)}</td>
              <td>{run.detail}</td>
              <td>{run.instance}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
