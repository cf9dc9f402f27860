import type { IssueView } from '../api/views.js';
import { Link } from '../router.js';
import { CATEGORIES, number } from '../words.js';
import { Ago } from './ago.js';
import { CopyLink } from './copy-link.js';
import { Mark } from './status.js';

interface IssueListProps {
  readonly issues: readonly IssueView[];
  readonly count: number;
}

export function IssueList({ issues, count }: IssueListProps) {
  if (count === 0) return <p className="muted">Nothing has to be done.</p>;
  return (
    <>
      <ul className="issues">
        {issues.map((issue) => (
          <Issue
            key={`${issue.calendar_id} ${issue.connection_id} ${issue.webhook_id} ${issue.category}`}
            {...issue}
          />
        ))}
      </ul>
      {count > issues.length ? (
        <p className="muted">{number(count - issues.length)} more, among the failing calendars below.</p>
      ) : null}
    </>
  );
}

function Issue({
  severity,
  category,
  account_email: account,
  since,
  message,
  resolution,
  ...issue
}: IssueView) {
  const { reauth_url: link, calendar_id: calendar } = issue;
  return (
    <li>
      <Mark tone={severity === 'critical' ? 'bad' : 'warn'} />
      <div>
        <p className="action">
          <span className="visually-hidden">{severity === 'critical' ? 'Critical: ' : 'Warning: '}</span>
          {CATEGORIES[category]}
          {account === null ? '' : `: ${account}`}
        </p>
        <p>
          {message} {resolution}
        </p>
        <p className="muted">
          Since <Ago at={since} />
          {calendar === null ? null : (
            <>
              {' · '}
              <Link to={`/calendars/${calendar}`}>look at the calendar</Link>
            </>
          )}
        </p>
      </div>
      {link === null ? null : <CopyLink link={link} of={account ?? 'the account'} />}
    </li>
  );
}
