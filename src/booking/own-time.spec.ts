import { describe, expect, it } from '@jest/globals';
import type { CalendarRead } from '../calendars/read-busy.js';
import { aCalendar } from '../../test/support/a-calendar.js';
import { readWithout, without } from './own-time.js';

const time = (startAt: number, endAt: number): { startAt: number; endAt: number } => ({ startAt, endAt });

describe('busy time without one’s own', () => {
  it.each([
    ['is nothing when it was all one’s own', [time(10, 20)], time(10, 20), []],
    ['is nothing when it lies inside', [time(12, 15)], time(10, 20), []],
    ['keeps what sticks out on the left', [time(5, 15)], time(10, 20), [time(5, 10)]],
    ['keeps what sticks out on the right', [time(15, 25)], time(10, 20), [time(20, 25)]],
    ['keeps both ends of a longer one', [time(5, 25)], time(10, 20), [time(5, 10), time(20, 25)]],
    ['keeps what only touches', [time(5, 10), time(20, 25)], time(10, 20), [time(5, 10), time(20, 25)]],
    ['keeps what is elsewhere', [time(30, 40)], time(10, 20), [time(30, 40)]],
  ])('%s', (_, busy, own, left) => {
    expect(without(busy, own)).toEqual(left);
  });
});

describe('the read of the booking calendar', () => {
  const read: CalendarRead = {
    calendar: aCalendar(),
    accountEmail: 'ada@example.com',
    source: 'live',
    asOf: 0,
    busy: [time(10, 20), time(30, 40)],
    covered: [time(0, 100)],
    failure: null,
  };

  it('loses the event of the booking that moves', () => {
    expect(readWithout(read, { ownerId: 'own', ...time(10, 20), hasEvent: true }).busy).toEqual([
      time(30, 40),
    ]);
  });

  it('stays whole for a hold, which has no event: what is busy there is somebody else’s', () => {
    expect(readWithout(read, { ownerId: 'own', ...time(10, 20), hasEvent: false })).toEqual(read);
    expect(readWithout(read, null)).toEqual(read);
  });
});
