import { Injectable } from '@nestjs/common';
import type { Calendar } from '../calendars/calendar.js';
import type { RemoteEvent } from '../calendars/calendar-provider.js';
import type { Deadline } from '../shared/deadline.js';
import { factsOf, ProviderError, type Failure } from '../shared/failure.js';
import { Log } from '../shared/log.js';
import { idsOf, type Booking } from './booking.js';
import { Bookings } from './bookings.js';
import { PlaceEvent } from './place-event.js';
import { RemoveEvent } from './remove-event.js';

/** In the first request nothing else can have written the event; later, an earlier write may still count. */
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
  ): Promise<Booking> {
    try {
      const event = await this.placeEvent.execute(booking, calendar, deadline);
      return await this.#placed(booking, calendar, event, deadline);
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      return this.#unplaced(booking, error, attempt);
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

  /** A definite no ends the booking; anything that leaves the outcome open keeps the slot (F35, F36, F42). */
  async #unplaced(booking: Booking, error: ProviderError, attempt: Attempt): Promise<Booking> {
    const { failure } = error;
    if (isDefinite(failure, attempt)) {
      const { eventId } = await this.#latest(booking);
      const ended = await this.#giveBack({ ...booking, eventId }, failure);
      if (ended === null) return this.#latest(booking);
      throw error;
    }
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

/**
 * A clear answer that no repetition can change. Without an HTTP status nobody answered at all. An account
 * that needs re-authorization ends a request; but an earlier write may have come through, and then the
 * booking waits for its owner.
 */
function isDefinite({ httpStatus, retryable, category, needsReauth }: Failure, attempt: Attempt): boolean {
  if (needsReauth) return attempt === 'in_request';
  if (httpStatus === null || retryable || category === 'rate_limited') return false;
  return httpStatus >= 400 && httpStatus < 500;
}
