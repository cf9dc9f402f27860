import type { Actor, FailureCategory } from '../shared/failure.js';
import type { Fault } from './calendar-verdict.js';
import { AUTHORIZATION_ENDING } from './ending-authorization.js';

export interface Advice {
  /** What ends the outage, for whoever reads the issue. */
  readonly resolution: string;
  /** What the reader of the report should do next. */
  readonly action: (account: string) => string;
}

const REAUTHORIZE: Advice = {
  resolution:
    'The owner of the account opens the re-authorization link and consents again. Calendars, configurations and bookings are kept.',
  action: (account) => `Send ${account} the re-authorization link.`,
};

const MEND_THE_CLIENT: Advice = {
  resolution:
    'The operator of this service mends its Google OAuth client or its keys. No user has to do anything; the accounts recover by themselves.',
  action: () =>
    'Check GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET and ENCRYPTION_KEYS, and the OAuth client in the Google Cloud console.',
};

const OF_STOPPED_CONNECTION: Readonly<Record<Actor, Advice>> = {
  user: REAUTHORIZE,
  none: REAUTHORIZE,
  admin: {
    resolution:
      'An administrator of the Google Workspace allows this service in the admin console; then the owner re-authorizes the account.',
    action: (account) =>
      `Ask the Google Workspace administrator of ${account} to allow this service, then send the re-authorization link.`,
  },
  operator: MEND_THE_CLIENT,
};

/** F03; the setting is "Google Cloud session control" in the admin console (https://support.google.com/a/answer/9368756). */
const SESSION_ENDS: Advice = {
  resolution:
    'The owner of the account opens the re-authorization link and consents again. Until the Google Workspace administrator sets a longer session, or trusts this service, the authorization ends again after each session.',
  action: (account) =>
    `Send ${account} the re-authorization link, and ask its Google Workspace administrator for a longer session length or to trust this service.`,
};

/** What a single code, or a reason under it, asks for beyond the rest of its kind. */
const OF_NAME: ReadonlyMap<string | null, Advice> = new Map([
  [
    AUTHORIZATION_ENDING,
    {
      resolution:
        'The owner of the account opens the re-authorization link and consents again before then. Calendars, configurations and bookings are kept.',
      action: (account) => `Send ${account} the re-authorization link before the authorization ends.`,
    },
  ],
  ['invalid_rapt', SESSION_ENDS],
  ['rapt_required', SESSION_ENDS],
  [
    'unauthorized_client',
    {
      resolution:
        'The operator of this service mends its Google OAuth client; the accounts recover by themselves. Only accounts whose tokens were issued to another OAuth client have to be re-authorized by their owners, once.',
      action: (account) =>
        `${MEND_THE_CLIENT.action(account)} Tokens that were issued to another OAuth client stay refused: their owners re-authorize once.`,
    },
  ],
]);

const OF_CALENDAR: Readonly<Record<FailureCategory, Advice>> = {
  missing_tokens: REAUTHORIZE,
  expired_tokens: REAUTHORIZE,
  provider_misconfigured: MEND_THE_CLIENT,
  connection_error: {
    resolution:
      'Google or the network failed. It is tried again with every request; if it lasts, look at the network and at the status page of Google Workspace.',
    action: (account) =>
      `Run the check of ${account} again; if it still fails, look at the network and at the status page of Google Workspace.`,
  },
  permission_error: {
    resolution:
      'The account may no longer read the calendar. Its owner shares it again with at least free/busy access, or the configurations stop using it.',
    action: (account) =>
      `Have the calendar shared with ${account} again, or take it out of the configurations.`,
  },
  calendar_not_found: {
    resolution:
      'The calendar was deleted or taken out of the account. Add it to the account again and refresh the connection, or choose another in the configurations.',
    action: (account) =>
      `Add the calendar to ${account} again and refresh the connection, or choose another in the configurations.`,
  },
  rate_limited: {
    resolution:
      'Google limits the number of requests and lets them pass again after a pause. If it lasts, raise the quota of the project.',
    action: () =>
      'Wait for the pause to end; if it lasts, raise the Calendar API quota of the Google Cloud project.',
  },
  malformed_data: {
    resolution:
      'Google sent busy times that cannot be read; the rest of the calendar still counts. Find and correct the event with impossible times.',
    action: (account) => `Look for events with impossible times in the calendars of ${account}.`,
  },
};

export function adviceFor({ category, code, reason, actor, stopsConnection }: Fault): Advice {
  const special = OF_NAME.get(reason) ?? OF_NAME.get(code);
  if (special !== undefined) return special;
  return stopsConnection ? OF_STOPPED_CONNECTION[actor] : OF_CALENDAR[category];
}

/** Whether the link that starts a new consent helps. */
export function needsConsent({ actor }: Fault): boolean {
  return actor === 'user' || actor === 'admin';
}
