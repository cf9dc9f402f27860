import { isWritable, type Calendar } from '../calendars/calendar.js';
import type { FieldError } from '../shared/app-error.js';
import type { ConfigurationChange } from './configuration.js';

type NamedCalendars = Pick<ConfigurationChange, 'calendarId' | 'conflictCalendarIds'>;

/** Why the calendars that a request names cannot serve; `known` are those of them that the workspace has. */
export function calendarProblems(
  { calendarId, conflictCalendarIds = [] }: NamedCalendars,
  known: readonly Calendar[],
): FieldError[] {
  const byId = new Map(known.map((calendar) => [calendar.id, calendar]));
  const problems: FieldError[] = [];
  const unfit = calendarId === undefined ? null : unfitForBookings(byId.get(calendarId));
  if (unfit !== null) problems.push({ field: 'calendar_id', message: unfit });
  const unknown = conflictCalendarIds.filter((id) => !byId.has(id));
  if (unknown.length > 0)
    problems.push({ field: 'conflict_calendar_ids', message: `no such calendar: ${unknown.join(', ')}` });
  return problems;
}

function unfitForBookings(calendar: Calendar | undefined): string | null {
  if (calendar === undefined) return 'no such calendar';
  if (!calendar.active) return 'expected a calendar that is still in the calendar list of its account';
  if (!isWritable(calendar))
    return `expected a calendar that the account may write to (owner or writer), its access role is ${calendar.accessRole}`;
  return null;
}

/** The distinct calendars that a request names. */
export function namedCalendars({ calendarId, conflictCalendarIds = [] }: NamedCalendars): string[] {
  return [...new Set([...(calendarId === undefined ? [] : [calendarId]), ...conflictCalendarIds])];
}
