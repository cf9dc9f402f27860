import { GoogleError, invalidValue, notFound } from '../google-errors.js';
import { utcMillis } from '../instants.js';
import { jsonReply, type Outcome } from '../messages.js';
import type { Calendar } from '../state/accounts.js';
import type { EventResource, StoredEvent } from '../state/events.js';
import { calendarFor, type CalendarCall } from './call.js';
import { completedConference } from './conference.js';
import { writtenTime } from './event-times.js';
import { paginate, syncedUntil } from './paging.js';
import type { Query, QuerySpec } from './query.js';

export const GET_QUERY: QuerySpec = { alwaysIncludeEmail: 'flag', maxAttendees: 'count', timeZone: 'zone' };

export const LIST_QUERY: QuerySpec = {
  ...GET_QUERY,
  eventTypes: 'text',
  iCalUID: 'text',
  maxResults: 'count',
  orderBy: ['startTime', 'updated'],
  pageToken: 'text',
  privateExtendedProperty: 'text',
  sharedExtendedProperty: 'text',
  q: 'text',
  showDeleted: 'flag',
  showHiddenInvitations: 'flag',
  singleEvents: 'flag',
  syncToken: 'text',
  timeMin: 'instant',
  timeMax: 'instant',
  updatedMin: 'instant',
};

const LIMITS = { usual: 250, most: 2500 };

/** Parameters that change what an incremental read would mean. */
const NOT_WITH_SYNC = [
  'iCalUID',
  'orderBy',
  'privateExtendedProperty',
  'sharedExtendedProperty',
  'q',
  'timeMin',
  'timeMax',
  'updatedMin',
];

/** `events.get`. Deleted events are still answered, as cancelled. */
export function getEvent(call: CalendarCall): Outcome {
  const { state, params, readLagMs } = call;
  const calendar = calendarFor(call, 'reader');
  const event = state.events.find(calendar.id, params['eventId'] ?? '');
  if (!event || !state.events.isVisible(event, readLagMs)) throw new GoogleError(notFound());
  const now = withConference(event);
  return {
    reply: jsonReply(200, view(now, call, calendar), { etag: now.resource.etag }),
    ...(now === event ? {} : { commit: () => state.events.put(now) }),
  };
}

/** A conference that was still being made is done when its event is looked at again. */
function withConference(event: StoredEvent): StoredEvent {
  const conference = completedConference(event.resource['conferenceData']);
  return conference ? { ...event, resource: { ...event.resource, ...conference } } : event;
}

/** `events.list` */
export function listEvents(call: CalendarCall): Outcome {
  const { state, query } = call;
  const calendar = calendarFor(call, 'reader');
  const since = checkedSync(call);
  if (query.text('orderBy') === 'startTime' && !query.flag('singleEvents')) {
    throw new GoogleError(invalidValue('The requested ordering is not available for the particular query.'));
  }
  const wanted = state.events
    .list(calendar.id)
    .filter((event) => isWanted(event, query, since) && state.events.isVisible(event, call.readLagMs))
    .sort(ORDERS[query.text('orderBy') ?? 'usual'] ?? byRevision);
  const { items, ...tokens } = paginate(wanted, query, LIMITS, state);
  return {
    reply: jsonReply(200, {
      kind: 'calendar#events',
      etag: `"p${state.revision}"`,
      summary: calendar.summary,
      updated: utcMillis(state.clock.now()),
      timeZone: calendar.timeZone,
      defaultReminders: [],
      ...tokens,
      items: items.map((event) => view(withConference(event), call, calendar)),
    }),
  };
}

function checkedSync({ query, state }: CalendarCall): number | undefined {
  const since = syncedUntil(query, state);
  const clash = NOT_WITH_SYNC.find((name) => query.text(name) !== undefined);
  if (since === undefined || clash === undefined) return since;
  throw new GoogleError(invalidValue(`Cannot combine syncToken with ${clash}.`));
}

const byRevision = (one: StoredEvent, other: StoredEvent): number => one.revision - other.revision;

const ORDERS: Readonly<Record<string, (one: StoredEvent, other: StoredEvent) => number>> = {
  startTime: (one, other) => one.startAt - other.startAt || byRevision(one, other),
  updated: byRevision,
};

function isWanted(event: StoredEvent, query: Query, since: number | undefined): boolean {
  if (since !== undefined) return event.revision > since;
  const { resource } = event;
  const uid = query.text('iCalUID');
  return (
    isShown(resource, query) &&
    isInside(event, query) &&
    (uid === undefined || uid === resource.iCalUID) &&
    hasProperties(resource, query) &&
    isOfType(resource, query.all('eventTypes')) &&
    contains(resource, query.text('q'))
  );
}

/** Deleted events only show when asked for, be it by the time of their change. */
function isShown({ status, updated }: EventResource, query: Query): boolean {
  const changedSince = query.instant('updatedMin');
  if (changedSince !== undefined) return updated >= utcMillis(changedSince);
  return status !== 'cancelled' || query.flag('showDeleted');
}

function isInside({ startAt, endAt }: StoredEvent, query: Query): boolean {
  return endAt > (query.instant('timeMin') ?? -Infinity) && startAt < (query.instant('timeMax') ?? Infinity);
}

function hasProperties({ extendedProperties }: EventResource, query: Query): boolean {
  const has = (values: Readonly<Record<string, string>> | undefined, wanted: string): boolean => {
    const [name = '', ...value] = wanted.split('=');
    return values?.[name] === value.join('=');
  };
  return (
    query.all('privateExtendedProperty').every((wanted) => has(extendedProperties?.private, wanted)) &&
    query.all('sharedExtendedProperty').every((wanted) => has(extendedProperties?.shared, wanted))
  );
}

function isOfType({ eventType = 'default' }: EventResource, types: readonly string[]): boolean {
  return types.length === 0 || types.includes(eventType);
}

function contains(resource: EventResource, text: string | undefined): boolean {
  if (text === undefined) return true;
  const searched = [resource['summary'], resource['description'], resource['location']];
  return searched.some((part) => typeof part === 'string' && part.toLowerCase().includes(text.toLowerCase()));
}

function view(event: StoredEvent, { query }: CalendarCall, calendar: Calendar): EventResource {
  const { resource, startAt, endAt } = event;
  const zone = query.text('timeZone') ?? calendar.timeZone;
  return {
    ...resource,
    start: writtenTime(resource.start, startAt, zone),
    end: writtenTime(resource.end, endAt, zone),
  };
}
