import type { MeetingType } from '../configurations/configuration.js';
import type { Failure } from '../shared/failure.js';
import type { LogFields } from '../shared/log.js';
import type { Instant, Interval } from '../shared/time.js';

/**
 * `pending`: the slot is taken, the event not known to be written (or moved) there. `cancelling`: the event not known to be
 * gone. Both are finished by the reconciliation. `failed`: the provider refused for good; the slot is free.
 */
export const BOOKING_STATUSES = ['pending', 'confirmed', 'cancelling', 'cancelled', 'failed'] as const;
export type BookingStatus = (typeof BOOKING_STATUSES)[number];

export interface Attendee {
  readonly email: string;
  readonly name: string | null;
}

/** An appointment. What it was made from is copied, so that a later change of the configuration leaves it alone. */
export interface Booking extends Interval {
  readonly id: string;
  readonly workspaceId: string;
  /** Null once the configuration is deleted. */
  readonly configurationId: string | null;
  readonly calendarId: string;
  readonly configName: string;
  readonly status: BookingStatus;
  /** The time that it had before a move whose outcome is still open; only while `pending`. */
  readonly movedFrom: Interval | null;
  readonly timezone: string;
  readonly title: string;
  readonly description: string | null;
  readonly attendee: Attendee;
  readonly meetingType: MeetingType;
  readonly meetingLink: string | null;
  readonly meetingAddress: string | null;
  readonly createMeetLink: boolean;
  readonly eventId: string;
  /** Raised when an event id turned out to be used up; the id is derived from it. */
  readonly eventGeneration: number;
  readonly cancelReason: string | null;
  readonly failure: Failure | null;
  /** Since when another event is known to stand at its time in its calendar. */
  readonly externalConflictSince: Instant | null;
  /** How often its event was tried to be written or removed in vain. */
  readonly attempts: number;
  readonly createdAt: Instant;
}

/** A booking as it is claimed: nothing of it has happened yet. */
export type NewBooking = Omit<
  Booking,
  'status' | 'movedFrom' | 'cancelReason' | 'failure' | 'externalConflictSince' | 'attempts' | 'createdAt'
>;

/**
 * The event's id: the booking's own, so that a repeated insert cannot make a second event, plus a
 * generation. Hex and `g` are inside Google's alphabet (RFC 2938 base32hex: `a`–`v`, `0`–`9`).
 *
 * @see https://developers.google.com/workspace/calendar/api/v3/reference/events/insert
 */
export function eventIdOf(bookingId: string, generation: number): string {
  return `${bookingId.replaceAll('-', '')}g${generation}`;
}

/** Whether an event's id was derived from the booking, in whatever generation. */
export function isEventIdOf(eventId: string, bookingId: string): boolean {
  return /^g\d+$/.test(eventId.slice(32)) && eventId.startsWith(bookingId.replaceAll('-', ''));
}

/** It has an appointment in the calendar, or is to have one. */
export function isLive({ status }: Pick<Booking, 'status'>): boolean {
  return status === 'pending' || status === 'confirmed';
}

/** It is live, and at that very time. */
export function isLiveAt(booking: Pick<Booking, 'status' | keyof Interval>, time: Interval): boolean {
  return isLive(booking) && booking.startAt === time.startAt && booking.endAt === time.endAt;
}

/** What a log line says of whose booking it is. */
export function idsOf({ id, workspaceId, configurationId }: Booking) {
  const ids = { booking_id: id, workspace_id: workspaceId, configuration_id: configurationId };
  return ids satisfies LogFields;
}
