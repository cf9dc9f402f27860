import { randomBytes } from 'node:crypto';
import { calendarError, GoogleError, invalidValue, notFound } from '../google-errors.js';
import { utcMillis } from '../instants.js';
import { isObject } from '../json-shape.js';
import { emptyReply, jsonReply, type Outcome } from '../messages.js';
import type { Calendar } from '../state/accounts.js';
import type { EventResource, StoredEvent } from '../state/events.js';
import { calendarFor, jsonBody, parseBody, shaped, type CalendarCall } from './call.js';
import { draftEvent, type Draft } from './event-draft.js';
import { EVENT_SHAPE, WRITABLE_FIELDS, type EventBody } from './event-shape.js';
import type { QuerySpec } from './query.js';

export const DELETE_QUERY: QuerySpec = {
  sendUpdates: ['all', 'externalOnly', 'none'],
  sendNotifications: 'flag',
};

export const INSERT_QUERY: QuerySpec = {
  ...DELETE_QUERY,
  conferenceDataVersion: ['0', '1'],
  eventLabelVersion: ['0', '1'],
  maxAttendees: 'count',
  supportsAttachments: 'flag',
};

export const CHANGE_QUERY: QuerySpec = { ...INSERT_QUERY, alwaysIncludeEmail: 'flag' };

/** `events.insert`. An id that was ever used in the calendar is refused, also after the event was deleted. */
export function insertEvent(call: CalendarCall): Outcome {
  const { state, readLagMs } = call;
  const calendar = calendarFor(call, 'writer');
  const body = parseBody(call.request, EVENT_SHAPE, 'event');
  const id = body.id ?? randomBytes(13).toString('hex');
  if (!/^[a-v0-9]{5,1024}$/.test(id)) throw new GoogleError(invalidValue('Invalid resource id value.'));
  const event = draftEvent(draft(call, calendar, id, body));
  if (state.events.find(calendar.id, id)) {
    throw new GoogleError(calendarError(409, 'duplicate', 'The requested identifier already exists.'));
  }
  return {
    reply: jsonReply(200, event.resource, { etag: event.resource.etag }),
    commit: () => {
      if (state.events.find(calendar.id, id)) return;
      store(event, call);
      if (readLagMs > 0) state.events.hide(calendar.id, id, readLagMs);
    },
  };
}

/** `events.patch`: fields not given stay, objects are merged, lists replaced, null removes. */
export function patchEvent(call: CalendarCall): Outcome {
  const { calendar, before } = eventToChange(call);
  const patch = jsonBody(call.request);
  shaped(patch, EVENT_SHAPE, 'event');
  const merged = shaped(
    merge(pick(before, [...WRITABLE_FIELDS, 'conferenceData']), patch),
    EVENT_SHAPE,
    'event',
  );
  return change(draftEvent({ ...draft(call, calendar, before.id, merged), before }), call);
}

/** `events.update`: what a client may set and does not give is gone. */
export function updateEvent(call: CalendarCall): Outcome {
  const { calendar, before } = eventToChange(call);
  const body = parseBody(call.request, EVENT_SHAPE, 'event');
  return change(draftEvent({ ...draft(call, calendar, before.id, body), before }), call);
}

/** `events.delete`. The event stays readable by id, as cancelled. */
export function deleteEvent(call: CalendarCall): Outcome {
  const calendar = calendarFor(call, 'writer');
  const stored = storedEvent(call, calendar);
  if (stored.resource.status === 'cancelled') {
    throw new GoogleError(calendarError(410, 'deleted', 'Resource has been deleted'));
  }
  checkEtag(call, stored.resource);
  return { reply: emptyReply(204), commit: () => store(cancelled(stored, call.state), call) };
}

/** The event as it is after a deletion. */
export function cancelled(event: StoredEvent, { clock, revision }: CalendarCall['state']): StoredEvent {
  const updated = utcMillis(clock.now());
  const resource = { ...event.resource, status: 'cancelled', updated, etag: `"${revision + 1}"` } as const;
  return { ...event, resource };
}

function eventToChange(call: CalendarCall): { calendar: Calendar; before: EventResource } {
  const calendar = calendarFor(call, 'writer');
  const before = storedEvent(call, calendar).resource;
  if (before.status === 'cancelled') throw new GoogleError(calendarError(403, 'forbidden', 'Forbidden'));
  checkEtag(call, before);
  return { calendar, before };
}

function storedEvent({ state, params }: CalendarCall, calendar: Calendar): StoredEvent {
  const event = state.events.find(calendar.id, params['eventId'] ?? '');
  if (!event) throw new GoogleError(notFound());
  return event;
}

function checkEtag({ request }: CalendarCall, { etag }: EventResource): void {
  const wanted = request.headers['if-match'];
  if (wanted === undefined || wanted === '*' || wanted === etag) return;
  const place = { locationType: 'header', location: 'If-Match' } as const;
  throw new GoogleError(calendarError(412, 'conditionNotMet', 'Precondition Failed', { place }));
}

function draft(
  { state, account, query }: CalendarCall,
  calendar: Calendar,
  id: string,
  body: EventBody,
): Draft {
  const withConference = query.text('conferenceDataVersion') === '1';
  return { id, body, calendar, account, state, withConference };
}

function change(event: StoredEvent, call: CalendarCall): Outcome {
  return {
    reply: jsonReply(200, event.resource, { etag: event.resource.etag }),
    commit: () => store(event, call),
  };
}

/** Late commits take their place in the order of changes when they happen, so that syncs see them. */
function store(event: StoredEvent, { state }: CalendarCall): void {
  state.events.put({ ...event, revision: state.nextRevision() });
}

function pick(resource: EventResource, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.filter((name) => name in resource).map((name) => [name, resource[name]]));
}

function merge(base: unknown, patch: unknown): unknown {
  if (!isObject(base) || !isObject(patch)) return patch;
  const merged: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else merged[name] = merge(merged[name], value);
  }
  return merged;
}
