import { describe, expect, it } from '@jest/globals';
import { aBooking } from '../../test/support/a-booking.js';
import type { RemoteEvent } from '../calendars/calendar-provider.js';
import { eventIdOf } from './booking.js';
import { comparisonOf, isLeftOver } from './calendar-comparison.js';

const HALF_HOUR_MS = 30 * 60_000;
const booking = aBooking({ status: 'confirmed' });
const later = { startAt: booking.startAt + HALF_HOUR_MS, endAt: booking.endAt + HALF_HOUR_MS };

const anEvent = (differences: Partial<RemoteEvent> = {}): RemoteEvent => ({
  id: booking.eventId,
  bookingId: booking.id,
  cancelled: false,
  busy: true,
  startAt: booking.startAt,
  endAt: booking.endAt,
  meetLink: null,
  ...differences,
});

const NOTHING = { moved: [], unseen: [], conflicts: [], links: [], strays: [] };

describe('a calendar compared with its bookings', () => {
  it('has no differences where each event stands at the time of its booking', () => {
    expect(comparisonOf([booking], [anEvent()])).toEqual(NOTHING);
  });

  it('tells an event that stands at another time, or has another length', () => {
    for (const to of [later, { startAt: booking.startAt, endAt: later.endAt }])
      expect(comparisonOf([booking], [anEvent(to)])).toEqual({ ...NOTHING, moved: [{ booking, to }] });
  });

  it('does not believe an event whose time cannot be told', () => {
    for (const odd of [{ startAt: null }, { endAt: null }, { endAt: booking.startAt }])
      expect(comparisonOf([booking], [anEvent(odd)]).moved).toEqual([]);
  });

  it('tells a booking whose event is not listed', () => {
    expect(comparisonOf([booking], [])).toEqual({ ...NOTHING, unseen: [booking] });
  });

  it('knows an event by its id, also when somebody took its property away', () => {
    expect(comparisonOf([booking], [anEvent({ bookingId: null })])).toEqual(NOTHING);
  });

  it.each<[boolean, string, Partial<RemoteEvent>]>([
    [true, 'at the same time', {}],
    [true, 'for a minute of it', { endAt: booking.startAt + 60_000 }],
    [false, 'right after it', later],
    [false, 'that takes no time', { busy: false }],
    [false, 'whose time cannot be told', { startAt: null }],
  ])('is in conflict: %j, with another event %s', (isConflict, _, differences) => {
    const theirs = anEvent({ id: 'theirs', bookingId: null, ...differences });
    const conflicts = isConflict ? [{ booking, isConflict }] : [];
    expect(comparisonOf([booking], [anEvent(), theirs])).toEqual({ ...NOTHING, conflicts });
  });

  it('tells a conflict once, and its end once', () => {
    const known = { ...booking, externalConflictSince: 1 };
    const theirs = anEvent({ id: 'theirs', bookingId: null });
    expect(comparisonOf([known], [anEvent(), theirs])).toEqual(NOTHING);
    expect(comparisonOf([known], [anEvent()])).toEqual({
      ...NOTHING,
      conflicts: [{ booking: known, isConflict: false }],
    });
  });

  it('has the link to meet that was made after the event', () => {
    const meetLink = 'https://meet.google.com/abc-defg-hij';
    const waiting = { ...booking, createMeetLink: true };
    expect(comparisonOf([waiting], [anEvent({ meetLink })]).links).toEqual([{ booking: waiting, meetLink }]);
    expect(comparisonOf([{ ...waiting, meetingLink: meetLink }], [anEvent({ meetLink })]).links).toEqual([]);
    expect(comparisonOf([booking], [anEvent({ meetLink })]).links).toEqual([]);
  });

  it('tells events that name a booking and are not its own', () => {
    const stray = anEvent({ id: 'copy', busy: false });
    expect(comparisonOf([booking], [anEvent(), stray])).toEqual({ ...NOTHING, strays: [stray] });
  });
});

describe('an event that nobody needs', () => {
  const [first, second] = [eventIdOf(booking.id, 0), eventIdOf(booking.id, 1)];

  it.each([
    [true, first, aBooking({ status: 'cancelled' })],
    [true, first, aBooking({ status: 'failed' })],
    [true, first, aBooking({ status: 'confirmed', eventId: second })],
    [false, first, aBooking({ status: 'confirmed', eventId: first })],
    [false, first, aBooking({ status: 'pending', eventId: second })],
    [false, first, aBooking({ status: 'cancelling', eventId: first })],
    [false, 'a copy made by hand', aBooking({ status: 'cancelled' })],
    [false, `${first}x`, aBooking({ status: 'cancelled' })],
  ])('is left over: %j, with the id %s and such a booking', (leftOver, id, ofBooking) => {
    expect(isLeftOver(anEvent({ id }), ofBooking)).toBe(leftOver);
  });
});
