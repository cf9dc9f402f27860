import type { calendar_v3 } from 'googleapis/build/src/apis/calendar/index.js';
import { record } from '../../shared/record.js';
import { formatInstant, parseDate, parseInstant, startOfLocalDay, type Instant } from '../../shared/time.js';
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

const STATUSES: ReadonlySet<unknown> = new Set(['confirmed', 'tentative', 'cancelled']);

/**
 * Null unless it can be said whether the event stands and whose it is.
 *
 * @param zone of the calendar, by which all-day events count; without it, their times are not known
 */
export function remoteEvent(
  resource: Readonly<Record<string, unknown>>,
  zone: string | null = null,
): RemoteEvent | null {
  const { id, status = 'confirmed', start, end, hangoutLink, extendedProperties } = resource;
  const bookingId = bookingOf(extendedProperties);
  if (typeof id !== 'string' || !STATUSES.has(status) || bookingId === undefined) return null;
  return {
    id,
    bookingId,
    cancelled: status === 'cancelled',
    busy: status !== 'cancelled' && takesTime(resource),
    startAt: eventInstant(record(start), zone),
    endAt: eventInstant(record(end), zone),
    meetLink: isWebAddress(hangoutLink) ? hangoutLink : null,
  };
}

/** Null when the event names none; undefined when that cannot be told. */
function bookingOf(extendedProperties: unknown): string | null | undefined {
  const { private: own } = record(extendedProperties);
  if (isOdd(extendedProperties) || isOdd(own)) return undefined;
  const { [BOOKING_PROPERTY]: bookingId = null } = record(own);
  return bookingId === null || typeof bookingId === 'string' ? bookingId : undefined;
}

/** As free/busy counts: not shown as available, and not declined by the owner of the calendar. */
function takesTime({ transparency, attendees }: Readonly<Record<string, unknown>>): boolean {
  if (transparency === 'transparent') return false;
  const guests = Array.isArray(attendees) ? attendees.map(record) : [];
  return !guests.some(({ self, responseStatus }) => self === true && responseStatus === 'declined');
}

function eventInstant(
  { dateTime, date }: Readonly<Record<string, unknown>>,
  zone: string | null,
): Instant | null {
  const day = zone === null ? null : parseDate(date);
  return day === null || zone === null ? parseInstant(dateTime) : startOfLocalDay(day, zone);
}

/** Neither members nor nothing. */
function isOdd(value: unknown): boolean {
  return value !== undefined && value !== null && (typeof value !== 'object' || Array.isArray(value));
}

function isWebAddress(text: unknown): text is string {
  return typeof text === 'string' && /^https:\/\/[\x21-\x7e]{1,2000}$/.test(text);
}
