import { Injectable } from '@nestjs/common';
import { claimTermsOf, type Bookable } from './bookable.js';
import type { BookingWish } from './booking-wish.js';
import { DayFull } from './booking.errors.js';
import { eventIdOf, type Booking, type NewBooking } from './booking.js';
import { Bookings } from './bookings.js';
import type { Hold } from './hold.js';
import { Holds } from './holds.js';

/** Takes an allowed time. Null when somebody else was faster. @throws DayFull others took the last places of the day */
@Injectable()
export class ClaimSlot {
  constructor(
    private readonly bookings: Bookings,
    private readonly holds: Holds,
  ) {}

  /** For a pending booking. */
  async execute(bookable: Bookable, wish: BookingWish): Promise<Booking | null> {
    const terms = claimTermsOf(bookable);
    return granted(await this.bookings.claim(newBooking(bookable, wish), terms, wish.holdId));
  }

  /** For a booking that moves. Also null when it was changed meanwhile. */
  async move(bookable: Bookable, booking: Booking): Promise<Booking | null> {
    return granted(await this.bookings.startMoving(booking, bookable.slot, claimTermsOf(bookable)));
  }

  async hold(bookable: Bookable, holdId: string, ttlSeconds: number): Promise<Hold | null> {
    const { configuration, calendars, slot } = bookable;
    const { id: configurationId, workspaceId, timezone } = configuration;
    const place = { workspaceId, configurationId, calendarId: calendars[0].id };
    const hold = { id: holdId, ...place, ...slot, timezone };
    return granted(await this.holds.claim(hold, claimTermsOf(bookable), ttlSeconds));
  }
}

function granted<T extends object>(claimed: T | 'taken' | 'day_full' | 'not_confirmed'): T | null {
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
