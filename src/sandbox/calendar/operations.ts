import type { Endpoint } from '../faults/fault.js';
import type { Outcome } from '../messages.js';
import { calendarScopes } from '../oauth/scopes.js';
import { CALENDAR_LIST_QUERY, getCalendar, getListedCalendar, listCalendars } from './calendar-list.js';
import type { CalendarCall } from './call.js';
import { getEvent, GET_QUERY, listEvents, LIST_QUERY } from './event-reads.js';
import {
  CHANGE_QUERY,
  deleteEvent,
  DELETE_QUERY,
  insertEvent,
  INSERT_QUERY,
  patchEvent,
  updateEvent,
} from './event-writes.js';
import { queryFreeBusy } from './free-busy.js';
import type { QuerySpec } from './query.js';

/** A method of the Calendar service. */
export interface Operation {
  readonly endpoint: Endpoint;
  readonly method: string;
  /** Parts after `:` are parameters. */
  readonly path: string;
  /** The name that a refusal for lack of scope bears. */
  readonly rpc: string;
  /** Any one of these will do. @see https://developers.google.com/workspace/calendar/api/v3/reference */
  readonly scopes: readonly string[];
  readonly query: QuerySpec;
  readonly run: (call: CalendarCall) => Outcome;
}

const ROOT = '/calendar/v3';
const LIST = `${ROOT}/users/me/calendarList`;
const CALENDAR = `${ROOT}/calendars/:calendarId`;
const EVENTS = `${CALENDAR}/events`;
const EVENT = `${EVENTS}/:eventId`;

const LIST_SCOPES = calendarScopes(
  'calendar',
  'calendar.readonly',
  'calendar.calendarlist',
  'calendar.calendarlist.readonly',
);
const CALENDAR_SCOPES = calendarScopes(
  'calendar',
  'calendar.readonly',
  'calendar.calendars',
  'calendar.calendars.readonly',
  'calendar.app.created',
);
const FREE_BUSY_SCOPES = calendarScopes(
  'calendar',
  'calendar.readonly',
  'calendar.events.freebusy',
  'calendar.freebusy',
);
const WRITE_SCOPES = calendarScopes(
  'calendar',
  'calendar.events',
  'calendar.events.owned',
  'calendar.app.created',
);
const READ_SCOPES = [
  ...WRITE_SCOPES,
  ...calendarScopes(
    'calendar.readonly',
    'calendar.events.readonly',
    'calendar.events.freebusy',
    'calendar.events.owned.readonly',
    'calendar.events.public.readonly',
  ),
];

type Row = [Endpoint, string, string, string, readonly string[], QuerySpec, (call: CalendarCall) => Outcome];

const ROWS: readonly Row[] = [
  ['calendarList.list', 'GET', LIST, 'CalendarList.List', LIST_SCOPES, CALENDAR_LIST_QUERY, listCalendars],
  ['calendarList.get', 'GET', `${LIST}/:calendarId`, 'CalendarList.Get', LIST_SCOPES, {}, getListedCalendar],
  ['calendars.get', 'GET', CALENDAR, 'Calendars.Get', CALENDAR_SCOPES, {}, getCalendar],
  ['freeBusy', 'POST', `${ROOT}/freeBusy`, 'Freebusy.Query', FREE_BUSY_SCOPES, {}, queryFreeBusy],
  ['events.list', 'GET', EVENTS, 'Events.List', READ_SCOPES, LIST_QUERY, listEvents],
  ['events.insert', 'POST', EVENTS, 'Events.Insert', WRITE_SCOPES, INSERT_QUERY, insertEvent],
  ['events.get', 'GET', EVENT, 'Events.Get', READ_SCOPES, GET_QUERY, getEvent],
  ['events.patch', 'PATCH', EVENT, 'Events.Patch', WRITE_SCOPES, CHANGE_QUERY, patchEvent],
  ['events.update', 'PUT', EVENT, 'Events.Update', WRITE_SCOPES, CHANGE_QUERY, updateEvent],
  ['events.delete', 'DELETE', EVENT, 'Events.Delete', WRITE_SCOPES, DELETE_QUERY, deleteEvent],
];

export const OPERATIONS: readonly Operation[] = ROWS.map(
  ([endpoint, method, path, name, scopes, query, run]) => ({
    endpoint,
    method,
    path,
    rpc: `calendar.v3.${name}`,
    scopes,
    query,
    run,
  }),
);
