import { describe, expect, it } from '@jest/globals';
import { BOOKING_PROPERTY, remoteEvent } from './google-event.js';

const EVENT = {
  id: 'abc123',
  status: 'confirmed',
  start: { dateTime: '2027-03-10T09:00:00-05:00' },
  end: { dateTime: '2027-03-10T09:30:00-05:00' },
  hangoutLink: 'https://meet.google.com/abc-defg-hij',
  extendedProperties: { private: { [BOOKING_PROPERTY]: 'b1' } },
};

describe('an event in an answer', () => {
  it('tells whose it is, when it is and whether it stands', () => {
    expect(remoteEvent(EVENT)).toEqual({
      id: 'abc123',
      bookingId: 'b1',
      cancelled: false,
      busy: true,
      startAt: Date.UTC(2027, 2, 10, 14),
      endAt: Date.UTC(2027, 2, 10, 14, 30),
      meetLink: 'https://meet.google.com/abc-defg-hij',
    });
  });

  it.each([
    [undefined, false],
    ['tentative', false],
    ['cancelled', true],
  ])('with the status %j is cancelled: %j', (status, cancelled) => {
    expect(remoteEvent({ ...EVENT, status })).toMatchObject({ cancelled });
  });

  it.each([
    undefined,
    null,
    {},
    { private: null },
    { private: {} },
    { shared: { [BOOKING_PROPERTY]: 'b1' } },
  ])('is nobody’s booking with the properties %j', (extendedProperties) => {
    expect(remoteEvent({ ...EVENT, extendedProperties })).toMatchObject({ bookingId: null });
  });

  it.each<[string, object]>([
    ['id', { id: 7 }],
    ['id', { id: undefined }],
    ['status', { status: 'CANCELLED' }],
    ['status', { status: null }],
    ['status', { status: ['cancelled'] }],
    ['properties', { extendedProperties: 'none' }],
    ['properties', { extendedProperties: [] }],
    ['properties', { extendedProperties: { private: [] } }],
    ['properties', { extendedProperties: { private: { [BOOKING_PROPERTY]: 7 } } }],
  ])('is not believed with an odd %s', (_, members) => {
    expect(remoteEvent({ ...EVENT, ...members })).toBeNull();
  });

  it.each([
    'javascript:alert(1)',
    'http://meet.example.com',
    'https://meet.example.com/\0',
    'https://',
    7,
    {},
    null,
  ])('has no link to meet at %j', (hangoutLink) => {
    expect(remoteEvent({ ...EVENT, hangoutLink })).toMatchObject({ meetLink: null });
  });

  it.each([null, 7, 'soon', [], { dateTime: 7 }, { date: '2027-03-10' }])('may start at %j', (start) => {
    expect(remoteEvent({ ...EVENT, start })).toMatchObject({ startAt: null });
  });

  it('on a day without a time lasts from midnight to midnight in the zone of its calendar', () => {
    const day = { ...EVENT, start: { date: '2027-03-14' }, end: { date: '2027-03-15' } };
    expect(remoteEvent(day, 'America/New_York')).toMatchObject({
      startAt: Date.UTC(2027, 2, 14, 5),
      endAt: Date.UTC(2027, 2, 15, 4),
    });
    expect(remoteEvent(day)).toMatchObject({ startAt: null, endAt: null });
  });

  it.each<[boolean, string, object]>([
    [true, 'by default', {}],
    [true, 'as opaque', { transparency: 'opaque' }],
    [false, 'not when it is shown as available', { transparency: 'transparent' }],
    [false, 'not when it was cancelled', { status: 'cancelled' }],
    [false, 'not when the owner declined', { attendees: [{ self: true, responseStatus: 'declined' }] }],
    [true, 'when a guest declined', { attendees: [{ responseStatus: 'declined' }] }],
    [true, 'when the owner has not answered', { attendees: [{ self: true, responseStatus: 'needsAction' }] }],
    [true, 'with odd guests', { attendees: 'nobody' }],
  ])('takes its time: %j, %s', (busy, _, members) => {
    expect(remoteEvent({ ...EVENT, ...members })).toMatchObject({ busy });
  });
});
