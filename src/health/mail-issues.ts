import type { RefusedMail } from '../notifications/mails.js';
import type { OtherIssue } from './other-issue.js';

/** `linkFor` makes the link that the e-mail would have held. */
export function mailIssues(
  refused: readonly RefusedMail[],
  linkFor: (connectionId: string) => string,
): OtherIssue[] {
  return refused.map(({ workspaceId, connectionId, accountEmail, since, smtpStatus }) => ({
    workspaceId,
    webhookId: null,
    calendarId: null,
    connectionId,
    accountEmail,
    reauthUrl: linkFor(connectionId),
    since,
    message: `The e-mail about this account could not be delivered: ${reasonOf(smtpStatus)}.`,
    resolution: 'Check the address, and send its owner the re-authorization link in another way.',
  }));
}

function reasonOf(smtpStatus: number | null): string {
  return smtpStatus === null
    ? 'the mail server was away for days'
    : `the mail server refused it (${smtpStatus})`;
}
