import { Injectable } from '@nestjs/common';
import { Ids } from '../shared/ids.js';
import { eventIdOf, type Booking, type NewBooking } from './booking.js';
import type { Bookable } from './booking-precheck.js';
import type { BookingWish } from './booking-wish.js';
import { Bookings } from './bookings.js';

/** Turns an allowed wish into a claimed, pending booking. */
@Injectable()
export class ClaimSlot {
  constructor(
    private readonly bookings: Bookings,
    private readonly ids: Ids,
  ) {}

  /** Null when somebody else was faster. */
  async execute(bookable: Bookable, wish: BookingWish): Promise<Booking | null> {
    return this.bookings.claim(newBooking(this.ids.next(), bookable, wish), bookable.needed);
  }
}

function newBooking(id: string, { configuration, calendars, slot }: Bookable, wish: BookingWish): NewBooking {
  const { title, description, attendee } = wish;
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
