import { Injectable } from '@nestjs/common';
import type { Calendar } from '../calendars/calendar.js';
import {
  CalendarProvider,
  type Insertion,
  type NewEvent,
  type RemoteEvent,
} from '../calendars/calendar-provider.js';
import { CalendarWrites } from '../calendars/calendar-writes.js';
import { ProviderCalls, type Call } from '../calendars/provider-calls.js';
import type { Deadline } from '../shared/deadline.js';
import { attemptsOf, ProviderError, type Failure } from '../shared/failure.js';
import { Log } from '../shared/log.js';
import { afterFailed } from '../shared/retry.js';
import { idsOf, type Booking } from './booking.js';
import { Bookings } from './bookings.js';
import { isLiveEventOf, otherTime } from './calendar-comparison.js';

const WRITE_MS = 8000;
/** Of the time that is left: the rest is for finding out what became of a write that timed out. */
const FIRST_SHARE = 2 / 3;
const WORTH_TRYING_MS = 250;
const LOOK_AGAIN_AFTER_MS = [200, 400, 800, 1600];
/** So many attempts take minutes: an event that none of them saw is not there, although its id is taken. */
const UNSEEN_ATTEMPTS = 8;
/** More collisions than this are not chance. */
const MAX_GENERATIONS = 5;

/** Refused now, but an earlier write of the same event may have come through. */
export class WriteInDoubt extends ProviderError {}

/** Asked when the turn to write has come: why the event must not be written after all, or null. */
export type Recheck = () => Promise<Failure | null>;

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

  /**
   * Null when the booking was changed by somebody else meanwhile.
   *
   * @throws ProviderError nothing was written, as far as this execution is concerned, if the provider refused
   * @throws WriteInDoubt it refused, but something may have been written
   */
  async execute(
    booking: Booking,
    calendar: Calendar,
    deadline: Deadline,
    recheck: Recheck | null = null,
  ): Promise<RemoteEvent | null> {
    if (booking.movedFrom === null) return this.#insert(booking, calendar, deadline, recheck);
    const moved = await this.#move(booking, calendar, deadline, recheck);
    if (moved !== null) return moved;
    const placed = await this.#insert(booking, calendar, deadline);
    if (placed === null || otherTime(booking, placed) === null) return placed;
    // F39: the event could not be seen when it was to move, and stands at its former time after all.
    const seen = await this.#move({ ...booking, eventId: placed.id }, calendar, deadline);
    if (seen === null) throw new ProviderError(NOT_SEEN_YET);
    return seen;
  }

  /** Null when there is no event to move: the owner deleted it, or it cannot be seen yet. */
  async #move(
    booking: Booking,
    calendar: Calendar,
    deadline: Deadline,
    recheck: Recheck | null = null,
  ): Promise<RemoteEvent | null> {
    const { eventId, startAt, endAt, timezone } = booking;
    const call: Call<RemoteEvent | null> = (access) =>
      this.provider.moveEvent(access, calendar.externalId, eventId, { startAt, endAt, timezone });
    return this.#written(calendar, deadline, call, recheck);
  }

  async #insert(
    booking: Booking,
    calendar: Calendar,
    deadline: Deadline,
    recheck: Recheck | null = null,
  ): Promise<RemoteEvent | null> {
    let current: Booking | null = booking;
    for (let collisions = 0; current !== null; collisions += 1) {
      if (current.eventGeneration >= MAX_GENERATIONS)
        throw new ProviderError({ ...IDS_USED_UP, attempts: collisions });
      const event = newEvent(current);
      const call: Call<Insertion> = (access) => this.provider.insertEvent(access, calendar.externalId, event);
      const insertion = await this.#written(calendar, deadline, call, collisions === 0 ? recheck : null);
      if ('event' in insertion) return insertion.event;
      // The id is taken, most likely by our own event.
      const existing = await this.#existing(current, calendar, deadline).catch(inDoubt);
      if (existing !== null && isLiveEventOf(existing, booking)) return existing;
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

  async #written<T>(
    calendar: Calendar,
    deadline: Deadline,
    call: Call<T>,
    recheck: Recheck | null,
  ): Promise<T> {
    let mayStand = false;
    const noted: Call<T> = (access) =>
      call(access).catch((error: unknown) => {
        mayStand ||= error instanceof ProviderError && leavesOpen(error.failure);
        throw error;
      });
    return this.#repeated(calendar, deadline, noted, recheck).catch((error: unknown) => {
      if (mayStand) inDoubt(error);
      throw error;
    });
  }

  /** F35: whether a write that timed out took effect is found out by repeating it under the same id. */
  async #repeated<T>(
    calendar: Calendar,
    deadline: Deadline,
    call: Call<T>,
    recheck: Recheck | null,
  ): Promise<T> {
    const firstMs = Math.min(WRITE_MS, deadline.remainingMs() * FIRST_SHARE);
    try {
      const limits = { deadline, priority: 'booking', attemptMs: firstMs } as const;
      return await this.writes.repeatable(calendar, limits, call, () => refusedBy(recheck));
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

/** Whether the provider may have done what it was asked to, although the call failed. */
function leavesOpen({ httpStatus }: Failure): boolean {
  return httpStatus === null || httpStatus < 400 || httpStatus >= 500;
}

function inDoubt(error: unknown): never {
  throw error instanceof ProviderError ? new WriteInDoubt(error.failure, { cause: error }) : error;
}

async function refusedBy(recheck: Recheck | null): Promise<void> {
  const failure = recheck && (await recheck());
  if (failure) throw new ProviderError(failure);
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
