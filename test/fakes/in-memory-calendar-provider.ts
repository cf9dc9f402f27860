import { isWritable } from '../../src/calendars/calendar.js';
import {
  CalendarProvider,
  type BusyRead,
  type EventTime,
  type Insertion,
  type NewEvent,
  type ProviderAccess,
  type RemoteCalendar,
  type RemoteEvent,
} from '../../src/calendars/calendar-provider.js';
import { ProviderError, type Failure } from '../../src/shared/failure.js';
import { intersection, merged, type Interval } from '../../src/shared/time.js';
import { aFailure, missingCalendar, noWriteAccess, rejectedToken, timeOut } from '../support/a-failure.js';

type Method = 'calendars' | 'busy' | 'insertEvent' | 'findEvent' | 'events' | 'moveEvent' | 'deleteEvent';

export interface ProviderCall {
  readonly method: Method;
  /** The external ids that the call was about. */
  readonly calendars: readonly string[];
  readonly token: string;
}

/** What goes wrong, and with which calls. */
export interface ProviderFault {
  readonly failure: Failure;
  readonly method?: Method;
  /** Only calls about this calendar. */
  readonly calendar?: string;
  /** How many calls it strikes; default: all. */
  readonly times?: number;
  /** The call takes effect, and only then fails. */
  readonly late?: boolean;
}

interface HeldEvent extends RemoteEvent {
  readonly attendees: readonly string[];
}

interface HeldCalendar extends RemoteCalendar {
  readonly events: Map<string, HeldEvent>;
}

/** What a busy answer says of one calendar instead of the truth. */
interface HeldStumble extends BusyRead {
  left: number;
}

/** One account and its calendars. Every token opens it until it is rejected. */
export class InMemoryCalendarProvider extends CalendarProvider {
  readonly busyBatchSize = 50;
  /** Whether a calendar is in the list that a token opens; there is one list for all unless a test knows more accounts. */
  isListed = async (_token: string, _externalId: string): Promise<boolean> => true;
  readonly calls: ProviderCall[] = [];
  readonly #calendars = new Map<string, HeldCalendar>();
  readonly #stumbles = new Map<string, HeldStumble>();
  readonly #rejectedTokens = new Set<string>();
  #faults: (ProviderFault & { left: number })[] = [];
  readonly #meanwhile = new Map<Method, () => Promise<unknown>>();
  #overlooked = new Map<Method, number>();
  #isRevoked = false;

  given(calendar: Partial<RemoteCalendar> & Pick<RemoteCalendar, 'externalId'>): void {
    const usual = { name: calendar.externalId, timezone: 'UTC', accessRole: 'owner', primary: false };
    this.#calendars.set(calendar.externalId.toLowerCase(), { ...usual, ...calendar, events: new Map() });
  }

  /** Somebody else's event, and its id; makes the calendar when there is none. */
  givenBusy(calendarId: string, { startAt, endAt }: Interval, id = `theirs${this.#eventCount()}`): string {
    if (!this.#calendars.has(calendarId.toLowerCase())) this.given({ externalId: calendarId });
    const theirs = { id, bookingId: null, cancelled: false, busy: true, startAt, endAt, meetLink: null };
    const event = { ...theirs, attendees: [] };
    this.#calendars.get(calendarId.toLowerCase())?.events.set(id, event);
    return id;
  }

  removeCalendar(calendarId: string): void {
    this.#calendars.delete(calendarId.toLowerCase());
  }

  /** Whole calls fail. */
  fail(fault: ProviderFault): void {
    this.#faults.push({ ...fault, left: fault.times ?? Infinity });
  }

  recover(): void {
    this.#faults = [];
  }

  /** Done once, when such a call took effect and before it is answered. */
  meanwhile(method: Method, action: () => Promise<unknown>): void {
    this.#meanwhile.set(method, action);
  }

  /** So many calls do not see the event that they are about: reads lag behind writes. */
  overlook(method: 'findEvent' | 'moveEvent', times: number): void {
    this.#overlooked.set(method, times);
  }

  /** The event as its calendar has it. */
  eventIn(calendarId: string, eventId: string): RemoteEvent | null {
    return seen(this.#calendars.get(calendarId.toLowerCase())?.events.get(eventId));
  }

  /** Busy answers come, but say this of one calendar. */
  stumble(calendarId: string, failure: Failure, { times = Infinity, busy = [] as Interval[] } = {}): void {
    this.#stumbles.set(calendarId.toLowerCase(), { failure, busy, left: times });
  }

  rejectToken(token: string): void {
    this.#rejectedTokens.add(token);
  }

  revokeAccess(): void {
    this.#isRevoked = true;
  }

  attendeesOf(calendarId: string, eventId: string): readonly string[] {
    return this.#calendars.get(calendarId.toLowerCase())?.events.get(eventId)?.attendees ?? [];
  }

  async calendars(access: ProviderAccess): Promise<RemoteCalendar[]> {
    this.#enter(access, 'calendars', []);
    const listed: RemoteCalendar[] = [];
    for (const { events: _, ...calendar } of this.#calendars.values())
      if (await this.isListed(access.accessToken.reveal(), calendar.externalId)) listed.push(calendar);
    return listed;
  }

  async busy(
    access: ProviderAccess,
    ids: readonly string[],
    window: Interval,
  ): Promise<ReadonlyMap<string, BusyRead>> {
    this.#enter(access, 'busy', ids);
    if (ids.length > this.busyBatchSize)
      return new Map(ids.map((id) => [id, { busy: [], failure: TOO_MANY }]));
    const read = new Map(ids.map((id) => [id, this.#readOf(id, window)]));
    await this.#leave('busy', ids);
    return read;
  }

  async insertEvent(access: ProviderAccess, calendarId: string, event: NewEvent): Promise<Insertion> {
    this.#enter(access, 'insertEvent', [calendarId]);
    const { events } = this.#writable(calendarId);
    if (events.has(event.id)) return { duplicate: true };
    const { id, bookingId, startAt, endAt, attendee, createMeetLink } = event;
    const meetLink = createMeetLink ? `https://meet.example.com/${id}` : null;
    const made = { id, bookingId, cancelled: false, busy: true, startAt, endAt, meetLink };
    events.set(id, { ...made, attendees: [attendee.email] });
    await this.#leave('insertEvent', [calendarId]);
    return { event: made };
  }

  async findEvent(access: ProviderAccess, calendarId: string, eventId: string): Promise<RemoteEvent | null> {
    this.#enter(access, 'findEvent', [calendarId]);
    return this.#overlooks('findEvent') ? null : this.eventIn(calendarId, eventId);
  }

  async events(access: ProviderAccess, calendarId: string, window: Interval): Promise<RemoteEvent[]> {
    this.#enter(access, 'events', [calendarId]);
    const calendar = this.#calendars.get(calendarId.toLowerCase());
    if (calendar === undefined) throw new ProviderError(missingCalendar());
    return [...calendar.events.values()]
      .filter(({ cancelled, startAt, endAt }) => {
        if (cancelled || startAt === null || endAt === null) return false;
        return startAt < window.endAt && window.startAt < endAt;
      })
      .flatMap((event) => seen(event) ?? []);
  }

  async moveEvent(
    access: ProviderAccess,
    calendarId: string,
    eventId: string,
    { startAt, endAt }: EventTime,
  ): Promise<RemoteEvent | null> {
    this.#enter(access, 'moveEvent', [calendarId]);
    const event = this.#calendars.get(calendarId.toLowerCase())?.events.get(eventId);
    if (event === undefined || event.cancelled || this.#overlooks('moveEvent')) return null;
    const moved = { ...event, startAt, endAt };
    this.#writable(calendarId).events.set(eventId, moved);
    await this.#leave('moveEvent', [calendarId]);
    return seen(moved);
  }

  async deleteEvent(access: ProviderAccess, calendarId: string, eventId: string): Promise<void> {
    this.#enter(access, 'deleteEvent', [calendarId]);
    if (!this.#calendars.has(calendarId.toLowerCase())) return;
    const { events } = this.#writable(calendarId);
    const event = events.get(eventId);
    if (event !== undefined) events.set(eventId, { ...event, cancelled: true, busy: false });
    await this.#leave('deleteEvent', [calendarId]);
  }

  #enter({ accessToken, signal }: ProviderAccess, method: Method, calendars: readonly string[]): void {
    if (signal.aborted) throw new ProviderError(timeOut());
    const token = accessToken.reveal();
    this.calls.push({ method, calendars, token });
    if (this.#isRevoked || this.#rejectedTokens.has(token)) throw new ProviderError(rejectedToken());
    this.#strike(method, calendars, false);
  }

  async #leave(method: Method, calendars: readonly string[]): Promise<void> {
    const action = this.#meanwhile.get(method);
    this.#meanwhile.delete(method);
    await action?.();
    this.#strike(method, calendars, true);
  }

  #strike(method: Method, calendars: readonly string[], late: boolean): void {
    const fault = this.#faults.find(
      (one) =>
        one.left > 0 &&
        (one.late ?? false) === late &&
        (one.method ?? method) === method &&
        (one.calendar === undefined || calendars.includes(one.calendar)),
    );
    if (fault === undefined) return;
    fault.left -= 1;
    throw new ProviderError(fault.failure);
  }

  #overlooks(method: Method): boolean {
    const left = this.#overlooked.get(method) ?? 0;
    this.#overlooked.set(method, left - 1);
    return left > 0;
  }

  #readOf(id: string, window: Interval): BusyRead {
    const stumble = this.#stumbles.get(id.toLowerCase());
    if (stumble !== undefined && stumble.left > 0) {
      stumble.left -= 1;
      return { busy: stumble.busy, failure: stumble.failure };
    }
    const calendar = this.#calendars.get(id.toLowerCase());
    if (calendar === undefined) return { busy: [], failure: missingCalendar() };
    const taken = [...calendar.events.values()].flatMap(({ cancelled, startAt, endAt }) =>
      cancelled || startAt === null || endAt === null ? [] : { startAt, endAt },
    );
    return { busy: merged(taken.flatMap((event) => intersection(event, window) ?? [])), failure: null };
  }

  #writable(calendarId: string): HeldCalendar {
    const calendar = this.#calendars.get(calendarId.toLowerCase());
    if (calendar === undefined) throw new ProviderError(missingCalendar());
    if (!isWritable(calendar)) throw new ProviderError(noWriteAccess());
    return calendar;
  }

  #eventCount(): number {
    return [...this.#calendars.values()].reduce((sum, { events }) => sum + events.size, 0);
  }
}

function seen(event: HeldEvent | undefined): RemoteEvent | null {
  if (event === undefined) return null;
  const { attendees: _, ...remote } = event;
  return remote;
}

const TOO_MANY = aFailure({ code: 'tooManyCalendarsRequested', httpStatus: 200, retryable: false });
