import { eventIdOf, type Booking, type NewBooking } from '../../src/booking/booking.js';

const ID = '00000000-0000-4000-8000-0000000000e0';

/** Claimed a moment ago in the calendar of `aConfiguration()`: Wednesday 10 March 2027, 14:00 to 14:30 UTC. */
export function aNewBooking(differences: Partial<NewBooking> = {}): NewBooking {
  const id = differences.id ?? ID;
  return {
    id,
    workspaceId: '00000000-0000-4000-8000-0000000000a0',
    configurationId: '00000000-0000-4000-8000-0000000000c0',
    calendarId: '00000000-0000-4000-8000-0000000000b0',
    configName: 'Consultation',
    startAt: Date.UTC(2027, 2, 10, 14),
    endAt: Date.UTC(2027, 2, 10, 14, 30),
    timezone: 'UTC',
    title: 'Check-up',
    description: null,
    attendee: { email: 'pat@example.com', name: null },
    meetingType: 'online',
    meetingLink: null,
    meetingAddress: null,
    createMeetLink: false,
    eventId: eventIdOf(id, 0),
    eventGeneration: 0,
    ...differences,
  };
}

export function aBooking(differences: Partial<Booking> = {}): Booking {
  return {
    ...aNewBooking(differences),
    status: 'pending',
    movedFrom: null,
    cancelReason: null,
    failure: null,
    externalConflictSince: null,
    attempts: 0,
    createdAt: 0,
    ...differences,
  };
}
