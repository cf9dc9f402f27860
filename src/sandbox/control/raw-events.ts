import { randomBytes } from 'node:crypto';
import { draftEvent } from '../calendar/event-draft.js';
import { EVENT_SHAPE, type EventBody } from '../calendar/event-shape.js';
import { cancelled } from '../calendar/event-writes.js';
import { GoogleError } from '../google-errors.js';
import { isObject } from '../json-shape.js';
import { jsonReply, type Reply } from '../messages.js';
import type { Calendar } from '../state/accounts.js';
import type { SandboxState } from '../state.js';
import type { ControlCall } from './control-call.js';
import { checked, parseControlBody } from './control-body.js';
import { ControlError } from './control-error.js';

export function listRawEvents(call: ControlCall): Reply {
  const events = call.state.events.list(calendarOf(call).id);
  const live = events.filter(({ resource }) => resource.status !== 'cancelled').length;
  return jsonReply(200, { live, events: events.map(({ resource }) => resource) });
}

/** Puts one event or a list of them into the calendar, as its owner could; an id that is there is replaced. */
export function seedEvents(call: ControlCall): Reply {
  const calendar = calendarOf(call);
  const body = parseControlBody(call.body, 'any');
  const bodies: unknown[] = Array.isArray(body) ? body : [body];
  const events = bodies.map((event, at) => {
    const seeded = checked(event, EVENT_SHAPE, Array.isArray(body) ? `[${at}]` : '');
    return seedEvent(seeded, calendar, call.state);
  });
  return jsonReply(201, { ids: events });
}

/** With an event id: deletes as a person would, so it stays as cancelled. Without: the calendar is emptied. */
export function removeEvents(call: ControlCall): Reply {
  const { state, params } = call;
  const calendar = calendarOf(call);
  if (params['eventId'] === undefined) return jsonReply(200, { deleted: state.events.purge(calendar.id) });
  const event = state.events.find(calendar.id, params['eventId']);
  if (!event) throw new ControlError(404, 'eventId', 'There is no such event');
  state.events.put({ ...cancelled(event, state), revision: state.nextRevision() });
  return jsonReply(200, { deleted: 1 });
}

/** @returns the id of the event */
export function seedEvent(body: EventBody, calendar: Calendar, state: SandboxState): string {
  const id = body.id ?? randomBytes(13).toString('hex');
  const account = state.accounts.find(calendar.owner);
  if (!account) throw new ControlError(404, 'id', 'The owner of the calendar is gone');
  try {
    state.events.put(draftEvent({ id, body, calendar, account, state, withConference: true }));
  } catch (error) {
    if (error instanceof GoogleError) throw new ControlError(400, 'event', messageOf(error));
    throw error;
  }
  return id;
}

function calendarOf({ state, params }: ControlCall): Calendar {
  const calendar = state.accounts.calendars.get(params['id'] ?? '');
  if (!calendar) throw new ControlError(404, 'id', 'There is no such calendar');
  return calendar;
}

function messageOf({ reply }: GoogleError): string {
  const body: unknown = JSON.parse(reply.body);
  const error = isObject(body) ? body['error'] : undefined;
  const message = isObject(error) ? error['message'] : undefined;
  return typeof message === 'string' ? message : 'The event is not valid';
}
