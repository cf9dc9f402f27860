import type { calendar_v3 } from 'googleapis/build/src/apis/calendar/index.js';
import { formatInstant, parseInstant } from '../../shared/time.js';
import type { EventTime, NewEvent, RemoteEvent } from '../calendar-provider.js';

/** Where an event says which booking it was written for. */
export const BOOKING_PROPERTY = 'slotkeeper_booking_id';

/** @see https://developers.google.com/workspace/calendar/api/v3/reference/events */
export function eventResource(event: NewEvent): calendar_v3.Schema$Event {
  const { id, bookingId, title, description, location, attendee } = event;
  return {
    id,
    summary: title,
    ...eventTimes(event),
    attendees: [{ email: attendee.email, ...(attendee.name === null ? {} : { displayName: attendee.name }) }],
    extendedProperties: { private: { [BOOKING_PROPERTY]: bookingId } },
    ...(description === null ? {} : { description }),
    ...(location === null ? {} : { location }),
    ...(event.createMeetLink ? { conferenceData: meetRequest(id) } : {}),
  };
}

export function eventTimes({ startAt, endAt, timezone }: EventTime): calendar_v3.Schema$Event {
  return {
    start: { dateTime: formatInstant(startAt, timezone), timeZone: timezone },
    end: { dateTime: formatInstant(endAt, timezone), timeZone: timezone },
  };
}

/** The request id makes repeats ask for the same conference. */
function meetRequest(requestId: string): calendar_v3.Schema$ConferenceData {
  return { createRequest: { requestId, conferenceSolutionKey: { type: 'hangoutsMeet' } } };
}

export function remoteEvent(resource: Record<string, unknown>): RemoteEvent | null {
  const { id, status, start, end, hangoutLink, extendedProperties } = resource as calendar_v3.Schema$Event;
  if (typeof id !== 'string') return null;
  return {
    id,
    bookingId: extendedProperties?.private?.[BOOKING_PROPERTY] ?? null,
    cancelled: status === 'cancelled',
    startAt: parseInstant(start?.dateTime),
    endAt: parseInstant(end?.dateTime),
    meetLink: typeof hangoutLink === 'string' ? hangoutLink : null,
  };
}
