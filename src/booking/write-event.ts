import { Injectable } from '@nestjs/common';
import type { Calendar } from '../calendars/calendar.js';
import { CalendarProvider, type NewEvent, type RemoteEvent } from '../calendars/calendar-provider.js';
import { ProviderCalls, type CallLimits } from '../calendars/provider-calls.js';
import type { Deadline } from '../shared/deadline.js';
import { ProviderError, type Failure } from '../shared/failure.js';
import { Log } from '../shared/log.js';
import type { Booking } from './booking.js';
import { Bookings } from './bookings.js';

const INSERT_MS = 8000;
/** More collisions than this are not chance. */
const MAX_GENERATIONS = 5;

export type WriteOutcome =
  | { readonly booking: Booking; readonly failure: null }
  /** Still `pending`: nobody knows yet whether the event exists; the reconciliation finds out. */
  | { readonly booking: Booking; readonly failure: Failure };

/**
 * Brings the event of a pending booking into the calendar and confirms the booking. May be repeated by
 * anyone at any time: the event id is the booking's own, so at most one event can come of it.
 */
@Injectable()
export class WriteEvent {
  constructor(
    private readonly provider: CalendarProvider,
    private readonly calls: ProviderCalls,
    private readonly bookings: Bookings,
    private readonly log: Log,
  ) {}

  /** @throws ProviderError the provider refused for good; the booking is `failed` and its time free */
  async execute(booking: Booking, calendar: Calendar, deadline: Deadline): Promise<WriteOutcome> {
    try {
      const event = await this.#written(booking, calendar, { deadline, attemptMs: INSERT_MS });
      const confirmed =
        event && (await this.bookings.confirm(booking.id, event.meetLink ?? booking.meetingLink));
      return { booking: confirmed ?? (await this.#ended(booking, calendar, event, deadline)), failure: null };
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      return this.#unwritten(booking, error);
    }
  }

  /** Null when the booking was cancelled or ended meanwhile. */
  async #written(booking: Booking, calendar: Calendar, limits: CallLimits): Promise<RemoteEvent | null> {
    let current: Booking | null = booking;
    while (current !== null && current.eventGeneration < MAX_GENERATIONS) {
      const event = newEvent(current);
      const insertion = await this.calls.repeatable(calendar.connectionId, limits, (access) =>
        this.provider.insertEvent(access, calendar.externalId, event),
      );
      if ('event' in insertion) return insertion.event;
      const existing = await this.calls.repeatable(calendar.connectionId, limits, (access) =>
        this.provider.findEvent(access, calendar.externalId, event.id),
      );
      if (existing !== null && existing.bookingId === booking.id && !existing.cancelled) return existing;
      if (existing !== null && existing.bookingId !== booking.id) this.#logCollision(current);
      current = await this.bookings.nextGeneration(current.id, current.eventGeneration);
    }
    return null;
  }

  /** The booking was cancelled or given up while its event was being written: the event must not stay (F40). */
  async #ended(
    booking: Booking,
    calendar: Calendar,
    event: RemoteEvent | null,
    deadline: Deadline,
  ): Promise<Booking> {
    const now = (await this.bookings.find(booking.id, 'all')) ?? booking;
    if (event !== null && now.status !== 'confirmed' && now.status !== 'pending')
      await this.calls.repeatable(calendar.connectionId, { deadline, attemptMs: INSERT_MS }, (access) =>
        this.provider.deleteEvent(access, calendar.externalId, event.id),
      );
    return now;
  }

  /** A definite no ends the booking; anything that leaves the outcome open keeps the slot (F35, F36, F42). */
  async #unwritten(booking: Booking, error: ProviderError): Promise<WriteOutcome> {
    const { failure } = error;
    if (isDefiniteRefusal(failure)) {
      await this.bookings.fail(booking.id, failure);
      throw error;
    }
    const kept = await this.bookings.postpone(booking.id, failure);
    this.log.warn('booking.pending', 'An event could not be written yet; the slot is kept.', {
      booking_id: booking.id,
      class: failure.category,
      upstream_status: failure.httpStatus,
    });
    return { booking: kept ?? booking, failure };
  }

  #logCollision({ id, eventId }: Booking): void {
    this.log.error('event.id_collision', 'An event id is used by an event that is not ours.', {
      booking_id: id,
      event_id: eventId,
    });
  }
}

/** A clear answer that no repetition can change. Without an HTTP status nobody answered at all. */
function isDefiniteRefusal({ httpStatus, retryable, category, needsReauth }: Failure): boolean {
  if (httpStatus === null || retryable || category === 'rate_limited') return false;
  return needsReauth || (httpStatus >= 400 && httpStatus < 500);
}

function newEvent(booking: Booking): NewEvent {
  const { eventId, id, startAt, endAt, timezone, title, description, attendee, createMeetLink } = booking;
  const location = booking.meetingType === 'in_person' ? booking.meetingAddress : booking.meetingLink;
  const what = { title, description, location, attendee, createMeetLink };
  return { id: eventId, bookingId: id, startAt, endAt, timezone, ...what };
}
