import { Injectable } from '@nestjs/common';
import type { Calendar } from '../calendars/calendar.js';
import type { RemoteEvent } from '../calendars/calendar-provider.js';
import type { Deadline } from '../shared/deadline.js';
import { factsOf, ProviderError, type Failure } from '../shared/failure.js';
import { Log } from '../shared/log.js';
import { idsOf, type Booking } from './booking.js';
import { Bookings } from './bookings.js';
import { isLiveEventOf, otherTime } from './calendar-comparison.js';
import { PlaceEvent, WriteInDoubt, type Recheck } from './place-event.js';
import { RemoveEvent } from './remove-event.js';

/** Later, an earlier write may have come through. */
export type Attempt = 'in_request' | 'later';

/** Brings the event of a pending booking into the calendar and confirms the booking. May be repeated by anyone. */
@Injectable()
export class WriteEvent {
  constructor(
    private readonly placeEvent: PlaceEvent,
    private readonly removeEvent: RemoveEvent,
    private readonly bookings: Bookings,
    private readonly log: Log,
  ) {}

  /**
   * The booking as it is then: still `pending` when nobody knows yet whether the event stands.
   *
   * @throws ProviderError the provider refused for good; the booking is `failed` and its time free, or, when
   *   it was to move, `confirmed` at its former time
   */
  async execute(
    booking: Booking,
    calendar: Calendar,
    deadline: Deadline,
    attempt: Attempt,
    recheck: Recheck | null = null,
  ): Promise<Booking> {
    try {
      const event = await this.placeEvent.execute(booking, calendar, deadline, recheck);
      return await this.#placed(booking, calendar, event, deadline);
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      if (!isRefusal(error.failure)) return this.#postponed(booking, error.failure);
      return this.#refused(booking, calendar, deadline, error, attempt);
    }
  }

  async #placed(
    booking: Booking,
    calendar: Calendar,
    event: RemoteEvent | null,
    deadline: Deadline,
  ): Promise<Booking> {
    if (event === null) return this.#latest(booking);
    const written = { ...booking, eventId: event.id };
    const confirmed = await this.bookings.confirm(written, event.meetLink ?? booking.meetingLink);
    if (confirmed !== null) return confirmed;
    const ended = await this.#latest(booking);
    // It was cancelled or given up while its event was being written: the event must not stay (F40).
    if (ENDED.has(ended.status)) await this.removeEvent.sweep(written, calendar, deadline);
    return ended;
  }

  /** A definite no ends the booking, unless an earlier write came through (F35, F42). */
  async #refused(
    booking: Booking,
    calendar: Calendar,
    deadline: Deadline,
    error: ProviderError,
    attempt: Attempt,
  ): Promise<Booking> {
    const { eventId } = await this.#latest(booking);
    const current = { ...booking, eventId };
    const isFirst = attempt === 'in_request' && !(error instanceof WriteInDoubt);
    const trace = isFirst ? 'absent' : await this.#traceOf(current, calendar, deadline, error);
    if (trace === 'unknown') return this.#postponed(booking, error.failure);
    if (trace !== 'absent') return this.#placed(current, calendar, trace, deadline);
    if ((await this.#giveBack(current, error.failure)) === null) return this.#latest(booking);
    throw error;
  }

  /**
   * What earlier writes left in the calendar. F39: reads lag behind writes, so that an event which is not seen right after
   * one that may have come through is not known to be absent; the next attempt sees.
   */
  async #traceOf(
    booking: Booking,
    calendar: Calendar,
    deadline: Deadline,
    error: ProviderError,
  ): Promise<RemoteEvent | 'absent' | 'unknown'> {
    if (error.failure.needsReauth) return 'unknown';
    try {
      const event = await this.placeEvent.find(booking, calendar, deadline);
      if (event !== null && isOfBooking(event, booking)) return event;
      return error instanceof WriteInDoubt ? 'unknown' : 'absent';
    } catch (unread) {
      if (unread instanceof ProviderError) return 'unknown';
      throw unread;
    }
  }

  /** Whatever leaves the outcome open keeps the slot (F35, F36). */
  async #postponed(booking: Booking, failure: Failure): Promise<Booking> {
    this.log.warn('booking.pending', 'An event could not be written yet; the slot is kept.', {
      ...idsOf(booking),
      ...factsOf(failure),
    });
    return (await this.bookings.postpone(booking.id, failure)) ?? this.#latest(booking);
  }

  async #giveBack(booking: Booking, failure: Failure): Promise<Booking | null> {
    return booking.movedFrom === null
      ? this.bookings.fail(booking, failure)
      : this.bookings.undoMove(booking, failure);
  }

  async #latest(booking: Booking): Promise<Booking> {
    return (await this.bookings.find(booking.id, 'all')) ?? booking;
  }
}

const ENDED: ReadonlySet<Booking['status']> = new Set(['cancelling', 'cancelled', 'failed']);

/** Stands where the booking is to be. */
function isOfBooking(event: RemoteEvent, booking: Booking): boolean {
  return isLiveEventOf(event, booking) && otherTime(booking, event) === null;
}

/** A clear answer that no repetition can change. Without an HTTP status nobody answered at all. */
function isRefusal({ httpStatus, retryable, category, needsReauth }: Failure): boolean {
  if (needsReauth) return true;
  if (httpStatus === null || retryable || category === 'rate_limited') return false;
  return httpStatus >= 400 && httpStatus < 500;
}
