import { GoogleError, invalidValue, missing } from '../google-errors.js';
import { utcMillis } from '../instants.js';
import { isObject } from '../json-shape.js';
import type { SandboxState } from '../state.js';
import type { Account, Calendar } from '../state/accounts.js';
import type { Attendee, EventResource, EventTime, StoredEvent } from '../state/events.js';
import { makeConference, type Conference } from './conference.js';
import { WRITABLE_FIELDS } from './event-shape.js';
import { eventSpan, writtenTime } from './event-times.js';

/** The body of an insert, a patch or an update, already of the right shape. */
export interface EventBody {
  readonly id?: string;
  readonly iCalUID?: string;
  readonly start?: EventTime;
  readonly end?: EventTime;
  readonly attendees?: readonly Partial<Attendee>[];
  readonly recurrence?: readonly string[];
  readonly conferenceData?: object;
  readonly [field: string]: unknown;
}

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
  const { id, body, calendar, account, state, before } = draft;
  if (body.recurrence?.length) {
    throw new GoogleError(invalidValue('The stand-in for Google does not expand recurring events.'));
  }
  const span = eventSpan(body.start, body.end, calendar.timeZone);
  const now = utcMillis(state.clock.now());
  const revision = state.nextRevision();
  const start = writtenTime(body.start ?? {}, span.startAt, calendar.timeZone);
  const end = writtenTime(body.end ?? {}, span.endAt, calendar.timeZone);
  const resource: EventResource = {
    kind: 'calendar#event',
    eventType: 'default',
    status: 'confirmed',
    reminders: { useDefault: true },
    ...writableFields(body),
    ...people(draft),
    ...conference(draft),
    id,
    etag: `"${revision}"`,
    htmlLink: `https://www.google.com/calendar/event?eid=${Buffer.from(`${id} ${calendar.id}`).toString('base64url')}`,
    iCalUID: before?.iCalUID ?? body.iCalUID ?? `${id}@google.com`,
    created: before?.['created'] ?? now,
    updated: now,
    creator: before?.['creator'] ?? { email: account.email, ...selfIf(account.email === calendar.id) },
    start,
    end,
    sequence: before ? before.sequence + (moved(before, body, { start, end }) ? 1 : 0) : 0,
  };
  return { calendarId: calendar.id, resource, ...span, revision };
}

function writableFields(body: EventBody): Partial<EventResource> {
  const given = WRITABLE_FIELDS.filter((name) => name !== 'attendees' && (body[name] ?? null) !== null);
  const fields = Object.fromEntries(given.map((name) => [name, body[name]]));
  return body['extendedProperties']
    ? { ...fields, extendedProperties: limited(body['extendedProperties']) }
    : fields;
}

/** Google drops over-long keys and cuts over-long values without a word. */
function limited(properties: unknown): Record<string, Record<string, string>> {
  const groups = Object.entries(Object(properties) as Record<string, Record<string, string>>);
  return Object.fromEntries(
    groups.map(([group, values]) => [
      group,
      Object.fromEntries(
        Object.entries(values)
          .filter(([key, value]) => key.length <= 44 && value !== null)
          .map(([key, value]) => [key, value.slice(0, 1024)]),
      ),
    ]),
  );
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

function moved(before: EventResource, body: EventBody, now: { start: EventTime; end: EventTime }): boolean {
  const place = (event: EventResource | EventBody) => event['location'] ?? null;
  const times = ({ start, end }: { start: EventTime; end: EventTime }) =>
    [start.date ?? start.dateTime, end.date ?? end.dateTime].join();
  return times(before) !== times(now) || place(before) !== place(body);
}

function selfIf(isSelf: boolean): { self?: true } {
  return isSelf ? { self: true } : {};
}
