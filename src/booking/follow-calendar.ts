import { Injectable } from '@nestjs/common';
import type { RemoteEvent } from '../calendars/calendar-provider.js';
import type { Calendar } from '../calendars/calendar.js';
import type { Deadline } from '../shared/deadline.js';
import { isUuid } from '../shared/ids.js';
import { Log } from '../shared/log.js';
import type { Interval } from '../shared/time.js';
import { idsOf, type Booking } from './booking.js';
import { Bookings } from './bookings.js';
import { isLeftOver, otherTime, type Comparison } from './calendar-comparison.js';
import { PlaceEvent } from './place-event.js';
import { RemoveEvent } from './remove-event.js';

/**
 * `moved`, `deleted`: by hand, and the booking followed. `conflict`, `conflict_over`: another event shares its time.
 * `leftover_removed`: an event of ours that no booking has. `unknown_event`: one that names a booking we do not know.
 */
export const DIFFERENCE_KINDS = [
  'moved',
  'deleted',
  'conflict',
  'conflict_over',
  'leftover_removed',
  'unknown_event',
] as const;
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number];

export interface Difference {
  readonly kind: DifferenceKind;
  readonly calendarId: string;
  readonly eventId: string;
  readonly bookingId: string;
}

/** Brings bookings in line with what their calendar shows. Each step compares before it sets; none may be lost by repeating. */
@Injectable()
export class FollowCalendar {
  constructor(
    private readonly bookings: Bookings,
    private readonly placeEvent: PlaceEvent,
    private readonly removeEvent: RemoveEvent,
    private readonly log: Log,
  ) {}

  /** @throws ProviderError an event could not be looked for or removed; what was followed before stays so */
  async execute(comparison: Comparison, calendar: Calendar, deadline: Deadline): Promise<Difference[]> {
    const { moved, unseen, conflicts, links, strays } = comparison;
    const found: (Difference | null)[] = [];
    for (const { booking, to } of moved) found.push(await this.#moved(booking, to));
    for (const booking of unseen) found.push(await this.#unseen(booking, calendar, deadline));
    for (const { booking, isConflict } of conflicts) found.push(await this.#conflict(booking, isConflict));
    for (const { booking, meetLink } of links) await this.bookings.noteMeetLink(booking, meetLink);
    for (const event of strays) found.push(await this.#stray(event, calendar, deadline));
    return found.filter((difference) => difference !== null);
  }

  async #moved(booking: Booking, to: Interval): Promise<Difference | null> {
    if ((await this.bookings.followMove(booking, to)) === null) return null;
    this.log.info(
      'booking.moved_by_hand',
      'An appointment was moved in the calendar; the booking followed.',
      {
        ...idsOf(booking),
      },
    );
    return differenceOf('moved', booking);
  }

  /** It may only stand elsewhere, or not have been readable: its id decides. */
  async #unseen(booking: Booking, calendar: Calendar, deadline: Deadline): Promise<Difference | null> {
    const event = await this.placeEvent.find(booking, calendar, deadline);
    if (event !== null && !event.cancelled) {
      const to = otherTime(booking, event);
      return to === null ? null : this.#moved(booking, to);
    }
    if ((await this.bookings.followDeletion(booking)) === null) return null;
    this.log.info(
      'booking.deleted_by_hand',
      'An appointment was deleted in the calendar; the booking followed.',
      {
        ...idsOf(booking),
      },
    );
    return differenceOf('deleted', booking);
  }

  async #conflict(booking: Booking, isConflict: boolean): Promise<Difference | null> {
    if ((await this.bookings.noteConflict(booking, isConflict)) === null) return null;
    if (isConflict)
      this.log.warn('booking.external_conflict', 'Another event stands at the time of an appointment.', {
        ...idsOf(booking),
      });
    return differenceOf(isConflict ? 'conflict' : 'conflict_over', booking);
  }

  async #stray(event: RemoteEvent, calendar: Calendar, deadline: Deadline): Promise<Difference | null> {
    const { id: eventId, bookingId } = event;
    const booking =
      bookingId !== null && isUuid(bookingId) ? await this.bookings.find(bookingId, 'all') : null;
    const place = { calendarId: calendar.id, eventId, bookingId: bookingId ?? '' };
    if (booking === null) return { kind: 'unknown_event', ...place };
    if (booking.calendarId !== calendar.id || !isLeftOver(event, booking)) return null;
    if ((await this.removeEvent.sweep({ ...booking, eventId }, calendar, deadline)) === 'failed') return null;
    this.log.warn('booking.leftover_removed', 'An event without a booking was removed.', {
      ...idsOf(booking),
      event_id: eventId,
    });
    return { kind: 'leftover_removed', ...place };
  }
}

function differenceOf(kind: DifferenceKind, { id: bookingId, calendarId, eventId }: Booking): Difference {
  return { kind, calendarId, eventId, bookingId };
}
