import type { Interval } from '../../shared/time.js';
import type { Booking, NewBooking } from '../booking.js';
import type { ClaimTerms } from '../bookings.js';
import type { BookingEntity } from './booking.entity.js';

export function bookingOfRow(entity: BookingEntity): Booking {
  const { attendeeEmail, attendeeName, movedFromStartAt, movedFromEndAt, ...row } = entity;
  const { attempts: _attempts, sweepsLeft: _sweepsLeft, nextAttemptAt: _nextAttemptAt, ...booking } = row;
  const movedFrom: Interval | null =
    movedFromStartAt === null || movedFromEndAt === null
      ? null
      : { startAt: movedFromStartAt, endAt: movedFromEndAt };
  return { ...booking, movedFrom, attendee: { email: attendeeEmail, name: attendeeName } };
}

/** In the order of the statement's parameters. */
export function claimValues(
  booking: NewBooking,
  { needed, dayLimit }: ClaimTerms,
  holdId: string | null,
  firstAttemptMs: number,
): unknown[] {
  return [
    booking.id,
    booking.workspaceId,
    booking.configurationId,
    booking.calendarId,
    booking.configName,
    booking.startAt,
    booking.endAt,
    booking.timezone,
    booking.title,
    booking.description,
    booking.attendee.email,
    booking.attendee.name,
    booking.meetingType,
    booking.meetingLink,
    booking.meetingAddress,
    booking.createMeetLink,
    booking.eventId,
    booking.eventGeneration,
    firstAttemptMs,
    needed.startAt,
    needed.endAt,
    holdId,
    ...dayValues(dayLimit),
  ];
}

export function dayValues(limit: ClaimTerms['dayLimit']): unknown[] {
  return limit === null ? [null, null, null] : [limit.startAt, limit.endAt, limit.max];
}
