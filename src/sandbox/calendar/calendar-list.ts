import { GoogleError, invalidValue } from '../google-errors.js';
import { jsonReply, type Outcome } from '../messages.js';
import { ACCESS_ROLES, type Calendar, type CalendarEntry } from '../state/accounts.js';
import { findCalendar, type CalendarCall } from './call.js';
import { paginate, syncedUntil } from './paging.js';
import type { QuerySpec } from './query.js';

export const CALENDAR_LIST_QUERY: QuerySpec = {
  maxResults: 'count',
  minAccessRole: ACCESS_ROLES,
  pageToken: 'text',
  showDeleted: 'flag',
  showHidden: 'flag',
  showOwnOrganizationOnly: 'flag',
  syncToken: 'text',
};

const LIMITS = { usual: 100, most: 250 };

/** `calendarList.list` */
export function listCalendars(call: CalendarCall): Outcome {
  const { state, account, query } = call;
  const since = syncedUntil(query, state);
  if (since !== undefined && query.text('minAccessRole') !== undefined) {
    throw new GoogleError(invalidValue('Cannot combine syncToken with minAccessRole.'));
  }
  const wanted = account.entries.filter((entry) => isWanted(entry, call, since));
  const { items, ...tokens } = paginate(wanted, query, LIMITS, state);
  return {
    reply: jsonReply(200, {
      kind: 'calendar#calendarList',
      etag: `"p${state.revision}"`,
      ...tokens,
      items: items.map((entry) => entryResource(entry, state.accounts.calendars.get(entry.calendarId))),
    }),
  };
}

/** `calendarList.get` */
export function getListedCalendar(call: CalendarCall): Outcome {
  const { entry, calendar } = findCalendar(call);
  return { reply: jsonReply(200, entryResource(entry, calendar)) };
}

/** `calendars.get` */
export function getCalendar(call: CalendarCall): Outcome {
  const { entry, calendar } = findCalendar(call);
  const { id, summary, timeZone } = calendar;
  const conferenceProperties = { allowedConferenceSolutionTypes: ['hangoutsMeet'] };
  return {
    reply: jsonReply(200, {
      kind: 'calendar#calendar',
      etag: `"${entry.revision}"`,
      id,
      summary,
      timeZone,
      conferenceProperties,
    }),
  };
}

function isWanted(entry: CalendarEntry, { state, query }: CalendarCall, since: number | undefined): boolean {
  const role = query.text('minAccessRole');
  const lowest = ACCESS_ROLES.findIndex((known) => known === role);
  const gone = entry.deleted || !state.accounts.calendars.has(entry.calendarId);
  if (since !== undefined) return entry.revision > since;
  return (
    (!gone || query.flag('showDeleted')) &&
    (!entry.hidden || query.flag('showHidden')) &&
    ACCESS_ROLES.indexOf(entry.accessRole) >= lowest
  );
}

function entryResource(entry: CalendarEntry, calendar: Calendar | undefined): object {
  const { calendarId, revision, accessRole, summaryOverride } = entry;
  return {
    kind: 'calendar#calendarListEntry',
    etag: `"${revision}"`,
    id: calendarId,
    ...(calendar ? { summary: calendar.summary, timeZone: calendar.timeZone } : {}),
    ...(summaryOverride === undefined ? {} : { summaryOverride }),
    ...(entry.primary || !calendar ? {} : { dataOwner: calendar.owner }),
    ...flags({ primary: entry.primary, hidden: entry.hidden, deleted: entry.deleted || !calendar }),
    selected: true,
    accessRole,
    defaultReminders: [],
    conferenceProperties: { allowedConferenceSolutionTypes: ['hangoutsMeet'] },
  };
}

/** Google leaves such fields out unless they are true. */
function flags(values: Readonly<Record<string, boolean>>): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value));
}
