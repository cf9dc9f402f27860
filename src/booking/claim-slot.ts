import { Injectable } from '@nestjs/common';
import { dayLimitOf, type Bookable } from './bookable.js';
import type { BookingWish } from './booking-wish.js';
import { DayFull } from './booking.errors.js';
import { eventIdOf, type Booking, type NewBooking } from './booking.js';
import { Bookings } from './bookings.js';

/** Turns an allowed wish into a claimed, pending booking. */
@Injectable()
export class ClaimSlot {
  constructor(private readonly bookings: Bookings) {}

  /**
   * Null when somebody else was faster.
   *
   * @throws DayFull others took the last places of the day
   */
  async execute(bookable: Bookable, wish: BookingWish): Promise<Booking | null> {
    const terms = { needed: bookable.needed, dayLimit: dayLimitOf(bookable) };
    return granted(await this.bookings.claim(newBooking(bookable, wish), terms, wish.holdId));
  }

  /** The same for a booking that moves. Also null when it was changed meanwhile. */
  async move(bookable: Bookable, booking: Booking): Promise<Booking | null> {
    const terms = { needed: bookable.needed, dayLimit: dayLimitOf(bookable) };
    return granted(await this.bookings.startMoving(booking, bookable.slot, terms));
  }
}

function granted(claimed: Booking | 'taken' | 'day_full' | 'not_confirmed'): Booking | null {
  if (claimed === 'day_full') throw new DayFull();
  return typeof claimed === 'string' ? null : claimed;
}

function newBooking({ configuration, calendars, slot }: Bookable, wish: BookingWish): NewBooking {
  const { bookingId: id, title, description, attendee } = wish;
  return {
    id,
    workspaceId: configuration.workspaceId,
    configurationId: configuration.id,
    calendarId: calendars[0].id,
    configName: configuration.name,
    ...slot,
    timezone: configuration.timezone,
    title,
    description,
    attendee,
    meetingType: configuration.meetingType,
    meetingLink: configuration.meetingLink,
    meetingAddress: configuration.meetingAddress,
    createMeetLink: configuration.createMeetLink,
    eventId: eventIdOf(id, 0),
    eventGeneration: 0,
  };
}
