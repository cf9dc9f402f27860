const ROOT = /^.*\/calendar\/v3\//;
/** Every part of a path that is no id. */
const WORDS = new Set([
  'calendarList',
  'calendars',
  'channels',
  'events',
  'freeBusy',
  'me',
  'stop',
  'users',
  'watch',
]);

/**
 * What of the Calendar API was asked for, with its ids left out: `GET calendars/{id}/events/{id}`.
 *
 * @see https://developers.google.com/workspace/calendar/api/v3/reference
 */
export function calendarEndpoint(method: string, url: string | URL): string {
  const path = new URL(url).pathname.replace(ROOT, '');
  const parts = path.split('/').map((part) => (WORDS.has(part) ? part : '{id}'));
  return `${method} ${parts.join('/')}`;
}
