import type { RemoteEvent } from '../calendars/calendar-provider.js';
import type { Interval } from '../shared/time.js';
import { isEventIdOf, type Booking } from './booking.js';

/** What the calendar shows otherwise than we hold it. */
export interface Comparison {
  /** Events that stand at another time. */
  readonly moved: readonly { readonly booking: Booking; readonly to: Interval }[];
  /** Bookings whose event is not listed: gone, outside of what was asked for, or unreadable. */
  readonly unseen: readonly Booking[];
  /** Bookings that share their time with another event since the last look, or do so no more. */
  readonly conflicts: readonly { readonly booking: Booking; readonly isConflict: boolean }[];
  /** Links to meet that were made after the event. */
  readonly links: readonly { readonly booking: Booking; readonly meetLink: string }[];
  /** Events that name a booking which has none of them. */
  readonly strays: readonly RemoteEvent[];
}

/** @param events all of the calendar that stand in the time of the bookings */
export function comparisonOf(bookings: readonly Booking[], events: readonly RemoteEvent[]): Comparison {
  const byId = new Map(events.map((event) => [event.id, event]));
  const pairs = bookings.map((booking) => ({ booking, event: byId.get(booking.eventId) ?? null }));
  const own = new Set(bookings.map(({ eventId }) => eventId));
  return {
    moved: pairs.flatMap(({ booking, event }) => {
      const to = event && otherTime(booking, event);
      return to === null ? [] : { booking, to };
    }),
    unseen: pairs.flatMap(({ booking, event }) => (event === null ? booking : [])),
    conflicts: pairs.flatMap(({ booking, event }) => {
      const isConflict = event !== null && events.some((other) => isInTheWay(other, event));
      return isConflict === (booking.externalConflictSince !== null) ? [] : { booking, isConflict };
    }),
    links: pairs.flatMap(({ booking, event }) => {
      const meetLink = booking.createMeetLink && booking.meetingLink === null ? event?.meetLink : null;
      return meetLink ? { booking, meetLink } : [];
    }),
    strays: events.filter(({ id, bookingId }) => bookingId !== null && !own.has(id)),
  };
}

/** Whether an event is the booking's own, and still stands, at whatever time. */
export function isLiveEventOf({ bookingId, cancelled }: RemoteEvent, { id }: Booking): boolean {
  return bookingId === id && !cancelled;
}

/** When an event is, if that is not when its booking is; null also when its time cannot be told. */
export function otherTime(booking: Booking, { startAt, endAt }: RemoteEvent): Interval | null {
  if (startAt === null || endAt === null || startAt >= endAt) return null;
  return startAt === booking.startAt && endAt === booking.endAt ? null : { startAt, endAt };
}

/** Only what this service wrote itself may be removed: a copy made by hand names the booking, too, but has another id. */
export function isLeftOver({ id }: RemoteEvent, booking: Booking): boolean {
  if (!isEventIdOf(id, booking.id)) return false;
  const isOver = booking.status === 'cancelled' || booking.status === 'failed';
  return isOver || (booking.status === 'confirmed' && booking.eventId !== id);
}

function isInTheWay(other: RemoteEvent, own: RemoteEvent): boolean {
  if (other.id === own.id || !other.busy) return false;
  return meets(other, own);
}

function meets(one: RemoteEvent, other: RemoteEvent): boolean {
  const [a, b] = [timeOf(one), timeOf(other)];
  return a !== null && b !== null && a.startAt < b.endAt && b.startAt < a.endAt;
}

function timeOf({ startAt, endAt }: RemoteEvent): Interval | null {
  return startAt === null || endAt === null ? null : { startAt, endAt };
}
