import type { Interval } from '../../shared/time.js';
import type { Booking, NewBooking } from '../booking.js';
import type { ClaimTerms } from '../bookable.js';
import type { BookingEntity } from './booking.entity.js';

export function bookingOfRow(entity: BookingEntity): Booking {
  const { attendeeEmail, attendeeName, movedFromStartAt, movedFromEndAt, ...row } = entity;
  const { sweepsLeft: _sweepsLeft, nextAttemptAt: _nextAttemptAt, settledAt: _settledAt, ...booking } = row;
  const movedFrom: Interval | null =
    movedFromStartAt === null || movedFromEndAt === null
      ? null
      : { startAt: movedFromStartAt, endAt: movedFromEndAt };
  return { ...booking, movedFrom, attendee: { email: attendeeEmail, name: attendeeName } };
}

/** In the order of the statement's parameters. */
export function claimValues(
  booking: NewBooking,
  terms: ClaimTerms,
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
    terms.needed.startAt,
    terms.needed.endAt,
    holdId,
    ...termValues(terms),
  ];
}

/** What else is looked at: the other calendars, then the day and its places. */
export function termValues({ watchedCalendarIds, dayLimit }: ClaimTerms): unknown[] {
  const day = dayLimit === null ? [null, null, null] : [dayLimit.startAt, dayLimit.endAt, dayLimit.places];
  return [[...watchedCalendarIds], ...day];
}
