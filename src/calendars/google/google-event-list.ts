import { record } from '../../shared/record.js';
import { isTimeZone } from '../../shared/time.js';
import type { RemoteEvent } from '../calendar-provider.js';
import { remoteEvent } from './google-event.js';

export interface EventListPage {
  readonly events: readonly RemoteEvent[];
  /** Null on the last page. */
  readonly nextPageToken: string | null;
}

/**
 * Null when the answer is no list. An entry that cannot be read is left out: whoever misses an event of its own asks
 * for it by its id before believing that it is gone.
 *
 * @see https://developers.google.com/workspace/calendar/api/v3/reference/events/list
 */
export function eventListPage(answer: Readonly<Record<string, unknown>>): EventListPage | null {
  const { items, nextPageToken = null, timeZone } = answer;
  if (!Array.isArray(items) || (nextPageToken !== null && typeof nextPageToken !== 'string')) return null;
  const zone = isTimeZone(timeZone) ? String(timeZone) : 'UTC';
  const events = items.map((item) => remoteEvent(record(item), zone)).filter((event) => event !== null);
  return {
    events: events.filter(({ cancelled }) => !cancelled),
    nextPageToken: nextPageToken === '' ? null : nextPageToken,
  };
}
