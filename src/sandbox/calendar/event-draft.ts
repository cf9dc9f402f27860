import { GoogleError, invalidValue, missing } from '../google-errors.js';
import { utcMillis } from '../instants.js';
import { isObject } from '../json-shape.js';
import type { SandboxState } from '../state.js';
import type { Account, Calendar } from '../state/accounts.js';
import type { Attendee, EventResource, EventTime, StoredEvent } from '../state/events.js';
import { makeConference, type Conference } from './conference.js';
import { WRITABLE_FIELDS, type EventBody } from './event-shape.js';
import { eventSpan, writtenTime } from './event-times.js';

export interface Draft {
  readonly id: string;
  readonly body: EventBody;
  readonly calendar: Calendar;
  readonly account: Account;
  readonly state: SandboxState;
  /** Whether the client said that it knows about conferences; else its `conferenceData` is ignored. */
  readonly withConference: boolean;
  /** The event before the change. */
  readonly before?: EventResource;
}

/**
 * The event that a body describes: what a client may set comes from the body, the rest from the service.
 *
 * @throws GoogleError 400 when the body breaks a rule of events
 */
export function draftEvent(draft: Draft): StoredEvent {
  const { id, body, calendar, state, before } = draft;
  if (body.recurrence?.length) {
    throw new GoogleError(invalidValue('The stand-in for Google does not expand recurring events.'));
  }
  const { startAt, endAt } = eventSpan(body.start, body.end, calendar.timeZone);
  const revision = state.nextRevision();
  const start = writtenTime(body.start ?? {}, startAt, calendar.timeZone);
  const end = writtenTime(body.end ?? {}, endAt, calendar.timeZone);
  const resource: EventResource = {
    kind: 'calendar#event',
    eventType: 'default',
    status: 'confirmed',
    reminders: { useDefault: true },
    ...writableFields(body),
    ...people(draft),
    ...conference(draft),
    ...origin(draft),
    id,
    etag: `"${revision}"`,
    updated: utcMillis(state.clock.now()),
    start,
    end,
    sequence: sequence(before, body, { start, end }),
  };
  return { calendarId: calendar.id, resource, startAt, endAt, revision };
}

/** What is decided when an event is made, and stays. */
function origin({ id, body, calendar, account, state, before }: Draft) {
  if (before) {
    const { htmlLink, iCalUID, created, creator } = before;
    return { htmlLink, iCalUID, created, creator };
  }
  const eid = Buffer.from(`${id} ${calendar.id}`).toString('base64url');
  return {
    htmlLink: `https://www.google.com/calendar/event?eid=${eid}`,
    iCalUID: body.iCalUID ?? `${id}@google.com`,
    created: utcMillis(state.clock.now()),
    creator: { email: account.email, ...selfIf(account.email === calendar.id) },
  };
}

function writableFields({ extendedProperties, ...body }: EventBody): Partial<EventResource> {
  const given = Object.entries(body).filter(
    ([name]) => name !== 'attendees' && WRITABLE_FIELDS.includes(name),
  );
  return {
    ...Object.fromEntries(given),
    ...(extendedProperties && { extendedProperties: limited(extendedProperties) }),
  };
}

/** Google drops over-long keys and cuts over-long values without a word. */
function limited(properties: NonNullable<EventBody['extendedProperties']>) {
  const cut = (values: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(values)
        .filter(([key]) => key.length <= 44)
        .map(([key, value]) => [key, value.slice(0, 1024)]),
    );
  return {
    ...(properties.private && { private: cut(properties.private) }),
    ...(properties.shared && { shared: cut(properties.shared) }),
  };
}

function people({ body, calendar, account }: Draft): Partial<EventResource> {
  const organizer = { email: calendar.id, displayName: calendar.summary, ...selfIf(true) };
  if (!body.attendees?.length) return { organizer };
  const own = new Set([calendar.id.toLowerCase(), account.email.toLowerCase()]);
  const attendees = body.attendees.map(({ email, self: _self, organizer: _organizer, ...rest }): Attendee => {
    if (!email) throw new GoogleError(missing('Missing attendee email.'));
    if (!/^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/.test(email))
      throw new GoogleError(invalidValue('Invalid attendee email.'));
    const isOrganizer = email.toLowerCase() === calendar.id.toLowerCase();
    return {
      email,
      responseStatus: 'needsAction',
      ...rest,
      ...selfIf(own.has(email.toLowerCase())),
      ...(isOrganizer ? { organizer: true } : {}),
    };
  });
  return { organizer, attendees };
}

function conference({ body, before, state, withConference }: Draft): Conference {
  const known: Conference = {
    ...(isObject(before?.['conferenceData']) ? { conferenceData: before['conferenceData'] } : {}),
    ...(typeof before?.['hangoutLink'] === 'string' ? { hangoutLink: before['hangoutLink'] } : {}),
  };
  if (!withConference) return known;
  if (!body.conferenceData) return {};
  if (body.conferenceData === before?.['conferenceData']) return known;
  return { ...known, ...makeConference(body.conferenceData, state.settings.meet_links) };
}

/** Grows when people have to be told that the time or the place is another. */
function sequence(
  before: EventResource | undefined,
  body: EventBody,
  now: { readonly start: EventTime; readonly end: EventTime },
): number {
  if (!before) return 0;
  const times = ({ start, end }: typeof now) =>
    [start.date ?? start.dateTime, end.date ?? end.dateTime].join();
  const moved = times(before) !== times(now) || before['location'] !== body.location;
  return before.sequence + (moved ? 1 : 0);
}

function selfIf(isSelf: boolean): { self?: true } {
  return isSelf ? { self: true } : {};
}
