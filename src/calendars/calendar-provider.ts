import type { Failure } from '../shared/failure.js';
import type { Secret } from '../shared/secret.js';
import type { Instant, Interval } from '../shared/time.js';

/** What one call may use: a credential that is good now, and the signal that ends it. */
export interface ProviderAccess {
  readonly accessToken: Secret;
  readonly signal: AbortSignal;
}

export interface RemoteCalendar {
  readonly externalId: string;
  readonly name: string;
  readonly timezone: string;
  readonly accessRole: string;
  readonly primary: boolean;
}

/**
 * What was learnt of one calendar. A read without `failure` is complete for the whole window; with one,
 * `busy` holds what could still be read (malformed entries among good ones), and nothing else is known.
 */
export interface BusyRead {
  readonly busy: readonly Interval[];
  readonly failure: Failure | null;
}

export interface NewEvent {
  /** Chosen by the caller, so that a repeat leaves one event: 5 to 1024 of `a`–`v` and `0`–`9`. */
  readonly id: string;
  readonly bookingId: string;
  readonly startAt: Instant;
  readonly endAt: Instant;
  readonly timezone: string;
  readonly title: string;
  readonly description: string | null;
  readonly location: string | null;
  readonly attendee: { readonly email: string; readonly name: string | null };
  readonly createMeetLink: boolean;
}

/** When an event is, and the zone that it is shown in. */
export type EventTime = Pick<NewEvent, 'startAt' | 'endAt' | 'timezone'>;

export interface RemoteEvent {
  readonly id: string;
  /** The booking that the event was written for; null when it is not ours. */
  readonly bookingId: string | null;
  readonly cancelled: boolean;
  /** It takes its time from its calendar: neither shown as available nor declined. */
  readonly busy: boolean;
  /** Null for a day without a time, where the calendar's zone is not known. */
  readonly startAt: Instant | null;
  readonly endAt: Instant | null;
  readonly meetLink: string | null;
}

/** Why an insert did not make an event although the provider answered clearly. */
export type Insertion = { readonly event: RemoteEvent } | { readonly duplicate: true };

/**
 * A remote calendar account. Knows nothing of connections, retries or health: each method is one attempt
 * (paging and splitting aside). Every implementation passes test/contract/calendar-provider.contract.ts.
 */
export abstract class CalendarProvider {
  /** How many calendars one {@link busy} call may ask for. */
  abstract readonly busyBatchSize: number;

  /** @throws ProviderError */
  abstract calendars(access: ProviderAccess): Promise<RemoteCalendar[]>;

  /**
   * Busy times inside `window`, per external id. Every id asked for is in the answer: a calendar that the
   * provider left out has a failure, so that "unknown" cannot look like "free".
   *
   * @throws ProviderError the whole call failed
   * @see https://developers.google.com/workspace/calendar/api/v3/reference/freebusy/query
   */
  abstract busy(
    access: ProviderAccess,
    ids: readonly string[],
    window: Interval,
  ): Promise<ReadonlyMap<string, BusyRead>>;

  /** Idempotent on `event.id`. Invites the attendee. @throws ProviderError */
  abstract insertEvent(access: ProviderAccess, calendarId: string, event: NewEvent): Promise<Insertion>;

  /** Null when the calendar has no such event. @throws ProviderError */
  abstract findEvent(
    access: ProviderAccess,
    calendarId: string,
    eventId: string,
  ): Promise<RemoteEvent | null>;

  /**
   * The events that stand in `window`, also partly, each of a series by itself; days without a time by the calendar's
   * zone. One that is missing here may only be unreadable: {@link findEvent} tells. @throws ProviderError
   */
  abstract events(access: ProviderAccess, calendarId: string, window: Interval): Promise<RemoteEvent[]>;

  /**
   * Gives an event another time and leaves the rest of it alone. Tells the attendee. Null when there is no
   * such event to move, also when it was deleted. @throws ProviderError
   */
  abstract moveEvent(
    access: ProviderAccess,
    calendarId: string,
    eventId: string,
    to: EventTime,
  ): Promise<RemoteEvent | null>;

  /** An event that is already gone counts as deleted. Tells the attendee. @throws ProviderError */
  abstract deleteEvent(access: ProviderAccess, calendarId: string, eventId: string): Promise<void>;
}
