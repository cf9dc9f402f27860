import { record } from '../../shared/record.js';
import { isTimeZone } from '../../shared/time.js';
import type { RemoteCalendar } from '../calendar-provider.js';

export interface CalendarListPage {
  readonly calendars: readonly RemoteCalendar[];
  /** Null on the last page. */
  readonly nextPageToken: string | null;
}

const ID = /^[^\p{Cc}\s]{1,500}$/u;
const ROLE = /^\w{1,50}$/;
const MAX_NAME = 500;

/**
 * Null unless every entry can be read: a calendar that is missing from the list counts as gone.
 *
 * @see https://developers.google.com/workspace/calendar/api/v3/reference/calendarList/list
 */
export function calendarListPage(answer: Readonly<Record<string, unknown>>): CalendarListPage | null {
  const { items, nextPageToken = null } = answer;
  if (!Array.isArray(items) || (nextPageToken !== null && typeof nextPageToken !== 'string')) return null;
  const present = items.filter((item) => record(item)['deleted'] !== true);
  const calendars = present.map(remoteCalendar).filter((calendar) => calendar !== null);
  if (calendars.length < present.length) return null;
  return { calendars, nextPageToken: nextPageToken === '' ? null : nextPageToken };
}

function remoteCalendar(item: unknown): RemoteCalendar | null {
  const { id, summary, summaryOverride, timeZone, accessRole, primary } = record(item);
  if (typeof id !== 'string' || !ID.test(id)) return null;
  return {
    externalId: id,
    name: [summaryOverride, summary].map(shownText).find((text) => text !== '') ?? id,
    timezone: isTimeZone(timeZone) ? String(timeZone) : 'UTC',
    accessRole: typeof accessRole === 'string' && ROLE.test(accessRole) ? accessRole : 'unknown',
    primary: primary === true,
  };
}

/** On one line: the name stands in messages, warnings and e-mails. */
function shownText(text: unknown): string {
  if (typeof text !== 'string') return '';
  return text
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, MAX_NAME)
    .toWellFormed();
}
