import { Injectable } from '@nestjs/common';
import { malformedAnswer } from '../../google/google-failure.js';
import { ProviderError } from '../../shared/failure.js';
import { formatInstant, type Interval } from '../../shared/time.js';
import {
  CalendarProvider,
  type BusyRead,
  type EventTime,
  type Insertion,
  type NewEvent,
  type ProviderAccess,
  type RemoteCalendar,
  type RemoteEvent,
} from '../calendar-provider.js';
import { GoogleCalendarApi } from './google-calendar-api.js';
import { calendarListPage } from './google-calendar-list.js';
import { eventListPage } from './google-event-list.js';
import { eventResource, eventTimes, remoteEvent } from './google-event.js';
import { freeBusyReads, joinedReads } from './google-free-busy.js';

/** Google refuses longer ranges with `timeRangeTooLong`. */
const MAX_RANGE_MS = 90 * 86_400_000;
const SECOND_MS = 1000;
const LIST_PAGE = 250;
const EVENT_PAGE = 2500;
/** What {@link remoteEvent} reads; a full calendar is large. */
const EVENT_FIELDS =
  'timeZone,nextPageToken,items(id,status,start,end,transparency,attendees(self,responseStatus),hangoutLink,extendedProperties/private)';
/** Guards against a paging token that never ends. */
const MAX_PAGES = 40;

/** Google Calendar API v3. The only place, with its siblings, that knows Google's JSON, paging and limits. */
@Injectable()
export class GoogleCalendarProvider extends CalendarProvider {
  /** @see https://developers.google.com/workspace/calendar/api/v3/reference/freebusy/query calendarExpansionMax */
  readonly busyBatchSize = 50;

  constructor(private readonly api: GoogleCalendarApi) {
    super();
  }

  async calendars(access: ProviderAccess): Promise<RemoteCalendar[]> {
    // One page may repeat what another one told: the list can change between them.
    const found = new Map<string, RemoteCalendar>();
    for await (const { calendars } of pages(async (pageToken) => {
      const query = { maxResults: LIST_PAGE, ...pageToken };
      const answer = await this.api.call(access, (api, options) => api.calendarList.list(query, options));
      return calendarListPage(answer) ?? malformed('calendar_list');
    }))
      for (const calendar of calendars) found.set(calendar.externalId, calendar);
    return [...found.values()];
  }

  async busy(
    access: ProviderAccess,
    ids: readonly string[],
    window: Interval,
  ): Promise<ReadonlyMap<string, BusyRead>> {
    const parts = splitRange(window);
    const reads = await Promise.all(parts.map((part) => this.#busyPart(access, ids, part)));
    return new Map(ids.map((id) => [id, joinedReads(reads.flatMap((part) => part.get(id) ?? []))]));
  }

  async insertEvent(access: ProviderAccess, calendarId: string, event: NewEvent): Promise<Insertion> {
    const requestBody = eventResource(event);
    const conferenceDataVersion = event.createMeetLink ? 1 : 0;
    try {
      const answer = await this.api.call(access, (api, options) =>
        api.events.insert({ calendarId, sendUpdates: 'all', conferenceDataVersion, requestBody }, options),
      );
      const written = eventOf(answer, event.id);
      if (written.cancelled) throw new ProviderError(malformedAnswer(200, 'event'));
      return { event: written };
    } catch (error) {
      if (error instanceof ProviderError && error.failure.httpStatus === 409) return { duplicate: true };
      throw error;
    }
  }

  async findEvent(access: ProviderAccess, calendarId: string, eventId: string): Promise<RemoteEvent | null> {
    try {
      const answer = await this.api.call(access, (api, options) =>
        api.events.get({ calendarId, eventId }, options),
      );
      return eventOf(answer, eventId);
    } catch (error) {
      if (isGone(error)) return null;
      throw error;
    }
  }

  async events(access: ProviderAccess, calendarId: string, window: Interval): Promise<RemoteEvent[]> {
    const { startAt, endAt } = wholeSeconds(window);
    const asked = {
      calendarId,
      timeMin: formatInstant(startAt, 'UTC'),
      timeMax: formatInstant(endAt, 'UTC'),
      singleEvents: true,
      maxAttendees: 1,
      maxResults: EVENT_PAGE,
      fields: EVENT_FIELDS,
    };
    const found = new Map<string, RemoteEvent>();
    for await (const { events } of pages(async (pageToken) => {
      const answer = await this.api.call(access, (api, options) =>
        api.events.list({ ...asked, ...pageToken }, options),
      );
      return eventListPage(answer) ?? malformed('event_list');
    }))
      for (const event of events) found.set(event.id, event);
    return [...found.values()];
  }

  /** Google refuses a change of a deleted event with 403, as it does where the account may not write. */
  async moveEvent(
    access: ProviderAccess,
    calendarId: string,
    eventId: string,
    to: EventTime,
  ): Promise<RemoteEvent | null> {
    const requestBody = eventTimes(to);
    try {
      const answer = await this.api.call(access, (api, options) =>
        api.events.patch({ calendarId, eventId, sendUpdates: 'all', requestBody }, options),
      );
      const moved = eventOf(answer, eventId);
      // A deleted event may still answer to its id, but it is no appointment.
      return moved.cancelled ? null : moved;
    } catch (error) {
      if (isGone(error)) return null;
      if (!isRefused(error)) throw error;
      const event = await this.findEvent(access, calendarId, eventId);
      if (event === null || event.cancelled) return null;
      throw error;
    }
  }

  async deleteEvent(access: ProviderAccess, calendarId: string, eventId: string): Promise<void> {
    try {
      await this.api.call(
        access,
        (api, options) => api.events.delete({ calendarId, eventId, sendUpdates: 'all' }, options),
        'empty',
      );
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  async #busyPart(
    access: ProviderAccess,
    ids: readonly string[],
    part: Interval,
  ): Promise<ReadonlyMap<string, BusyRead>> {
    const asked = wholeSeconds(part);
    const requestBody = {
      timeMin: formatInstant(asked.startAt, 'UTC'),
      timeMax: formatInstant(asked.endAt, 'UTC'),
      items: ids.map((id) => ({ id })),
    };
    const answer = await this.api.call(access, (api, options) =>
      api.freebusy.query({ requestBody }, options),
    );
    return freeBusyReads(answer, ids, part);
  }
}

interface Page {
  readonly nextPageToken: string | null;
}

/** All pages of a list, also past empty ones. @throws ProviderError when they do not end */
async function* pages<P extends Page>(
  read: (token: { pageToken?: string }) => Promise<P>,
): AsyncGenerator<P> {
  let token = {};
  for (let count = 0; count < MAX_PAGES; count += 1) {
    const page = await read(token);
    yield page;
    if (page.nextPageToken === null) return;
    token = { pageToken: page.nextPageToken };
  }
  return malformed('endless_paging');
}

function malformed(what: string): never {
  throw new ProviderError(malformedAnswer(200, what));
}

function splitRange({ startAt, endAt }: Interval): Interval[] {
  const parts: Interval[] = [];
  for (let from = startAt; from < endAt; from += MAX_RANGE_MS)
    parts.push({ startAt: from, endAt: Math.min(from + MAX_RANGE_MS, endAt) });
  return parts;
}

/** Nobody knows what Google makes of fractions; an answer that names a window cut to seconds would not do. */
function wholeSeconds({ startAt, endAt }: Interval): Interval {
  return {
    startAt: Math.floor(startAt / SECOND_MS) * SECOND_MS,
    endAt: Math.ceil(endAt / SECOND_MS) * SECOND_MS,
  };
}

/** An answer about another event says nothing of the one that was meant. */
function eventOf(answer: Readonly<Record<string, unknown>>, eventId: string): RemoteEvent {
  const event = remoteEvent(answer);
  if (event?.id !== eventId) throw new ProviderError(malformedAnswer(200, 'event'));
  return event;
}

function isGone(error: unknown): boolean {
  return (
    error instanceof ProviderError && (error.failure.httpStatus === 404 || error.failure.httpStatus === 410)
  );
}

function isRefused(error: unknown): boolean {
  return error instanceof ProviderError && error.failure.category === 'permission_error';
}
