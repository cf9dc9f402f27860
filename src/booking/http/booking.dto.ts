import { ApiProperty } from '../../shared/api-decorators.js';
import type { CalendarHealthView } from '../../availability/calendar-health-view.js';
import { CalendarHealthDto } from '../../availability/availability.module.js';
import { ChoiceField, EmailField, IdField, InstantField, IntField, TextField } from '../../shared/fields.js';
import { PageQuery } from '../../shared/page.js';
import { formatInstant, parseInstant } from '../../shared/time.js';
import { BOOKING_STATUSES, type Booking, type BookingStatus } from '../booking.js';
import type { Booked } from '../book-appointment.js';
import type { BookingWish, TimeWish } from '../booking-wish.js';
import type { BookingFilter } from '../bookings.js';

export class BookAppointmentDto {
  @InstantField() start_time: string;
  @IntField({ optional: true, min: 5, max: 1440, description: "Default: the configuration's." })
  duration_minutes?: number;
  @TextField({ max: 500, example: 'Check-up' }) title: string;
  @EmailField({ example: 'pat@example.com' }) attendee_email: string;
  @TextField({ optional: true, max: 200, example: 'Pat Doe' }) attendee_name?: string;
  @TextField({ optional: true, max: 8000, min: 0 }) description?: string;
  @IdField({ optional: true, description: 'A hold to spend: the time must lie inside it.' }) hold_id?: string;
}

export class RescheduleDto {
  @InstantField() start_time: string;
  @IntField({ optional: true, min: 5, max: 1440, description: "Default: the booking's present length." })
  duration_minutes?: number;
}

/** The time in a valid body: the field's own rule has refused anything that is none. */
export function timeWish(body: { start_time: string; duration_minutes?: number }): TimeWish {
  return { startAt: parseInstant(body.start_time) ?? 0, durationMinutes: body.duration_minutes ?? null };
}

/** The wish in a valid body. */
export function bookingWish(body: BookAppointmentDto, bookingId: string): BookingWish {
  return {
    bookingId,
    holdId: body.hold_id?.toLowerCase() ?? null,
    ...timeWish(body),
    title: body.title,
    description: body.description ?? null,
    attendee: { email: body.attendee_email, name: body.attendee_name ?? null },
  };
}

export class CancelBookingDto {
  @TextField({ optional: true, max: 1000 }) reason?: string;
}

export class BookingQuery extends PageQuery {
  @IdField({ optional: true, description: 'Only of this configuration.' }) configuration_id?: string;
  @ChoiceField({ optional: true, of: BOOKING_STATUSES, description: 'Only with this status.' })
  status?: BookingStatus;
  @InstantField({ optional: true, description: 'Bookings that start at or after this time.' }) from?: string;
  @InstantField({ optional: true, description: 'Bookings that start before this time.' }) to?: string;
}

export function bookingFilter(query: BookingQuery): BookingFilter {
  return {
    configurationId: query.configuration_id ?? null,
    status: query.status ?? null,
    from: parseInstant(query.from),
    to: parseInstant(query.to),
  };
}

class MeetingDetailsDto {
  @ApiProperty({ enum: ['online', 'in_person', 'phone'] }) type: string;
  @ApiProperty() duration_minutes: number;
  @ApiProperty({ required: false, format: 'uri' }) meeting_link?: string;
  @ApiProperty({ required: false }) address?: string;
}

export class BookingDto {
  @ApiProperty({ format: 'uuid' }) booking_id: string;
  @ApiProperty({ enum: BOOKING_STATUSES }) status: BookingStatus;
  @ApiProperty({ description: "The event's id in the calendar." }) event_id: string;
  @ApiProperty({ format: 'uuid' }) calendar_id: string;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) configuration_id: string | null;
  @ApiProperty() config_name: string;
  @ApiProperty({ format: 'date-time' }) start_time: string;
  @ApiProperty({ format: 'date-time' }) end_time: string;
  @ApiProperty() title: string;
  @ApiProperty({ format: 'email' }) attendee_email: string;
  @ApiProperty({ type: String, nullable: true }) attendee_name: string | null;
  @ApiProperty({ type: String, nullable: true }) description: string | null;
  @ApiProperty() meeting_details: MeetingDetailsDto;
  @ApiProperty({ type: String, nullable: true }) cancel_reason: string | null;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Since when another event is known to stand at its time; somebody has to sort that out.',
  })
  external_conflict_since: string | null;
  @ApiProperty({ format: 'date-time' }) created_at: string;

  static of(booking: Booking): BookingDto {
    return {
      booking_id: booking.id,
      status: booking.status,
      event_id: booking.eventId,
      calendar_id: booking.calendarId,
      configuration_id: booking.configurationId,
      config_name: booking.configName,
      start_time: formatInstant(booking.startAt, booking.timezone),
      end_time: formatInstant(booking.endAt, booking.timezone),
      title: booking.title,
      attendee_email: booking.attendee.email,
      attendee_name: booking.attendee.name,
      description: booking.description,
      meeting_details: meetingDetails(booking),
      cancel_reason: booking.cancelReason,
      external_conflict_since: conflictSince(booking),
      created_at: formatInstant(booking.createdAt, 'UTC'),
    };
  }
}

export class BookedAnswer extends BookingDto {
  @ApiProperty({ type: CalendarHealthDto }) calendar_health: CalendarHealthView;
  @ApiProperty({ type: [String] }) warnings: readonly string[];

  static ofBooked({ booking, health, warnings }: Booked): BookedAnswer {
    return { ...BookingDto.of(booking), calendar_health: health, warnings };
  }
}

export class BookingPage {
  @ApiProperty({ type: [BookingDto] }) items: readonly BookingDto[];
  @ApiProperty({ type: String, nullable: true }) next_cursor: string | null;
}

function conflictSince({ externalConflictSince, timezone }: Booking): string | null {
  return externalConflictSince === null ? null : formatInstant(externalConflictSince, timezone);
}

function meetingDetails({
  meetingType,
  meetingLink,
  meetingAddress,
  startAt,
  endAt,
}: Booking): MeetingDetailsDto {
  return {
    type: meetingType,
    duration_minutes: (endAt - startAt) / 60_000,
    ...(meetingLink === null ? {} : { meeting_link: meetingLink }),
    ...(meetingAddress === null ? {} : { address: meetingAddress }),
  };
}
