import { Injectable } from '@nestjs/common';
import type { Calendar } from '../calendars/calendar.js';
import {
  CalendarProvider,
  type NewEvent,
  type ProviderAccess,
  type RemoteEvent,
} from '../calendars/calendar-provider.js';
import { CalendarWrites } from '../calendars/calendar-writes.js';
import { ProviderCalls } from '../calendars/provider-calls.js';
import type { Deadline } from '../shared/deadline.js';
import { attemptsOf, ProviderError, type Failure } from '../shared/failure.js';
import { Log } from '../shared/log.js';
import { afterFailed } from '../shared/retry.js';
import { idsOf, type Booking } from './booking.js';
import { Bookings } from './bookings.js';
import { otherTime } from './calendar-comparison.js';

const WRITE_MS = 8000;
/** Of the time that is left: the rest is for finding out what became of a write that timed out. */
const FIRST_SHARE = 2 / 3;
const WORTH_TRYING_MS = 250;
const LOOK_AGAIN_AFTER_MS = [200, 400, 800, 1600];
/** So many attempts take minutes: an event that none of them saw is not there, although its id is taken. */
const UNSEEN_ATTEMPTS = 8;
/** More collisions than this are not chance. */
const MAX_GENERATIONS = 5;

/**
 * Brings the event of a pending booking to its time in the calendar. May be repeated by anyone at any time:
 * the event id is the booking's own, so at most one event can come of it.
 */
@Injectable()
export class PlaceEvent {
  constructor(
    private readonly provider: CalendarProvider,
    private readonly writes: CalendarWrites,
    private readonly calls: ProviderCalls,
    private readonly bookings: Bookings,
    private readonly log: Log,
  ) {}

  /** Null when the booking was changed by somebody else meanwhile. @throws ProviderError */
  async execute(booking: Booking, calendar: Calendar, deadline: Deadline): Promise<RemoteEvent | null> {
    if (booking.movedFrom === null) return this.#insert(booking, calendar, deadline);
    const moved = await this.#move(booking, calendar, deadline);
    if (moved !== null) return moved;
    const placed = await this.#insert(booking, calendar, deadline);
    if (placed === null || otherTime(booking, placed) === null) return placed;
    // F39: the event could not be seen when it was to move, and stands at its former time after all.
    const seen = await this.#move({ ...booking, eventId: placed.id }, calendar, deadline);
    if (seen === null) throw new ProviderError(NOT_SEEN_YET);
    return seen;
  }

  /** Null when there is no event to move: the owner deleted it, or it cannot be seen yet. */
  async #move(booking: Booking, calendar: Calendar, deadline: Deadline): Promise<RemoteEvent | null> {
    const { eventId, startAt, endAt, timezone } = booking;
    return this.#written(calendar, deadline, (access) =>
      this.provider.moveEvent(access, calendar.externalId, eventId, { startAt, endAt, timezone }),
    );
  }

  async #insert(booking: Booking, calendar: Calendar, deadline: Deadline): Promise<RemoteEvent | null> {
    let current: Booking | null = booking;
    for (let collisions = 0; current !== null; collisions += 1) {
      if (current.eventGeneration >= MAX_GENERATIONS)
        throw new ProviderError({ ...IDS_USED_UP, attempts: collisions });
      const event = newEvent(current);
      const insertion = await this.#written(calendar, deadline, (access) =>
        this.provider.insertEvent(access, calendar.externalId, event),
      );
      if ('event' in insertion) return insertion.event;
      const existing = await this.#existing(current, calendar, deadline);
      if (existing !== null && existing.bookingId === booking.id && !existing.cancelled) return existing;
      if (existing !== null && existing.bookingId !== booking.id) this.#logCollision(current);
      current = await this.bookings.nextGeneration(current.id, current.eventGeneration);
    }
    return null;
  }

  /**
   * F39: reads lag behind writes. The id is taken, so an event that cannot be seen is looked for again, also by later
   * attempts; null when it cannot be seen for minutes, so that nobody can be misled by a second one any more.
   */
  async #existing(booking: Booking, calendar: Calendar, deadline: Deadline): Promise<RemoteEvent | null> {
    let looks = 0;
    for (const pauseMs of [...LOOK_AGAIN_AFTER_MS, null]) {
      const event = await this.find(booking, calendar, deadline);
      looks += 1;
      if (event !== null) return event;
      if (pauseMs === null || deadline.remainingMs() <= pauseMs) break;
      await deadline.pause(pauseMs);
    }
    if (booking.attempts >= UNSEEN_ATTEMPTS) return null;
    throw new ProviderError({ ...NOT_SEEN_YET, attempts: looks });
  }

  async find({ eventId }: Booking, calendar: Calendar, deadline: Deadline): Promise<RemoteEvent | null> {
    return this.calls.repeatable(
      calendar.connectionId,
      { deadline, priority: 'booking', attemptMs: WRITE_MS },
      (access) => this.provider.findEvent(access, calendar.externalId, eventId),
    );
  }

  /** F35: whether a write that timed out took effect is found out by repeating it under the same id. */
  async #written<T>(
    calendar: Calendar,
    deadline: Deadline,
    call: (access: ProviderAccess) => Promise<T>,
  ): Promise<T> {
    const firstMs = Math.min(WRITE_MS, deadline.remainingMs() * FIRST_SHARE);
    try {
      const limits = { deadline, priority: 'booking', attemptMs: firstMs } as const;
      return await this.writes.repeatable(calendar, limits, call);
    } catch (error) {
      const open = error instanceof ProviderError && error.failure.timedOut;
      if (!open || deadline.remainingMs() < WORTH_TRYING_MS) throw error;
      const limits = { deadline, priority: 'booking', attemptMs: WRITE_MS } as const;
      return afterFailed(attemptsOf(error.failure), () => this.writes.repeatable(calendar, limits, call));
    }
  }

  #logCollision(booking: Booking): void {
    this.log.error('event.id_collision', 'An event id is used by an event that is not ours.', {
      ...idsOf(booking),
      event_id: booking.eventId,
    });
  }
}

/** Until somebody saw it, nobody may say that it is not there: that would make a second event. */
const NOT_SEEN_YET: Failure = {
  category: 'connection_error',
  code: 'event_not_seen_yet',
  reason: null,
  actor: 'none',
  httpStatus: null,
  message: 'The event was written, but the calendar does not show it yet.',
  needsReauth: false,
  retryable: true,
  retryAfterMs: null,
  timedOut: false,
};

const IDS_USED_UP: Failure = {
  category: 'connection_error',
  code: 'event_ids_used_up',
  reason: null,
  actor: 'operator',
  httpStatus: 409,
  message: 'Every event id that was tried is taken already.',
  needsReauth: false,
  retryable: false,
  retryAfterMs: null,
  timedOut: false,
};

function newEvent(booking: Booking): NewEvent {
  const { eventId, id, startAt, endAt, timezone, title, description, attendee, createMeetLink } = booking;
  const location = booking.meetingType === 'in_person' ? booking.meetingAddress : booking.meetingLink;
  const what = { title, description, location, attendee, createMeetLink };
  return { id: eventId, bookingId: id, startAt, endAt, timezone, ...what };
}
