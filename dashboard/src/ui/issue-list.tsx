import type { SharedIssueView } from '../api/views.js';
import { Link } from '../router.js';
import { CATEGORIES, number } from '../words.js';
import { Lasting } from './ago.js';
import { CopyLink } from './copy-link.js';
import { Mark } from './status.js';

interface IssueListProps {
  readonly issues: readonly SharedIssueView[];
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
}: SharedIssueView) {
  const { reauth_url: link, calendar_id: calendar, count } = issue;
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
          It has been so <Lasting since={since} />
          {calendar === null ? null : (
            <>
              {' · '}
              {count === 1 ? (
                <Link to={`/calendars/${calendar}`}>1 calendar</Link>
              ) : (
                `${number(count)} calendars`
              )}
            </>
          )}
        </p>
      </div>
      {link === null ? null : <CopyLink link={link} of={account ?? 'the account'} />}
    </li>
  );
}
