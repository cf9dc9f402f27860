import { describe, expect, it } from '@jest/globals';
import { aCalendarRead } from '../../test/support/a-calendar-read.js';
import { aFailure, malformedPeriods } from '../../test/support/a-failure.js';
import type { CalendarRead } from '../calendars/read-busy.js';
import type { UnverifiedPolicy } from '../configurations/configuration.js';
import type { Interval } from '../shared/time.js';
import type { SlotSearch } from './free-slots.js';
import { confidenceIn, isTaken, offerSlots, type Offer } from './offer-slots.js';

const HOUR = 60;
const HOUR_MS = 3_600_000;

/** 09:00 to 12:00 of the first day there is, on the hour: three candidates. */
const SEARCH: Omit<SlotSearch, 'busy'> = {
  windows: [{ from: 9 * HOUR, to: 12 * HOUR, gridFrom: 9 * HOUR, windowEnd: 12 * HOUR }],
  durationMinutes: 60,
  slotIntervalMinutes: 60,
  prepMinutes: 0,
  bufferMinutes: 0,
  earliest: 0,
};

const hours = (from: number, to: number): Interval => ({ startAt: from * HOUR_MS, endAt: to * HOUR_MS });

const LIVE = aCalendarRead();
const UNKNOWN = aCalendarRead({ source: 'none', asOf: null, covered: [], failure: aFailure() });
const LAST_KNOWN = aCalendarRead({ source: 'last_known', failure: aFailure() });
const MALFORMED = aCalendarRead({ covered: [], busy: [hours(9, 10)], failure: malformedPeriods() });

const offer = (reads: CalendarRead[], policy: UnverifiedPolicy = 'flag', claims: Interval[] = []): Offer =>
  offerSlots(SEARCH, reads, claims, policy);

/** Start hour and confidence of each slot. */
const told = ({ slots }: Offer): [number, string][] =>
  slots.map(({ startAt, confidence }) => [startAt / HOUR_MS, confidence]);

describe('slots on offer', () => {
  it('are verified when every calendar was read', () => {
    expect(offer([LIVE, LIVE])).toEqual({
      slots: [9, 10, 11].map((hour) => ({ ...hours(hour, hour + 1), confidence: 'verified' })),
      noSlotsReason: null,
    });
  });

  it('leave out what any calendar or a claim of our own takes', () => {
    const busy = aCalendarRead({ busy: [hours(9, 10)] });
    expect(told(offer([LIVE, busy], 'flag', [hours(10.5, 11)]))).toEqual([[11, 'verified']]);
  });

  it('are fully booked when all of them are taken', () => {
    const busy = aCalendarRead({ busy: [hours(8, 12)] });
    expect(offer([busy])).toEqual({ slots: [], noSlotsReason: 'fully_booked' });
  });

  it.each<UnverifiedPolicy>(['last_known', 'flag', 'block'])(
    'are none when nothing is known of any calendar, also with the policy %s',
    (policy) => {
      expect(offer([UNKNOWN, UNKNOWN], policy)).toEqual({ slots: [], noSlotsReason: 'calendars_unverified' });
    },
  );

  it.each<UnverifiedPolicy>(['last_known', 'flag'])(
    'are offered as unverified when one calendar is unknown and the policy is %s',
    (policy) => {
      expect(told(offer([LIVE, UNKNOWN], policy))).toEqual([9, 10, 11].map((hour) => [hour, 'unverified']));
    },
  );

  it('are blocked when one calendar is unknown and the policy says so', () => {
    expect(offer([LIVE, UNKNOWN], 'block')).toEqual({ slots: [], noSlotsReason: 'calendars_unverified' });
  });

  it('are fully booked, not unverified, when the calendars that are known take everything', () => {
    const busy = aCalendarRead({ busy: [hours(8, 12)] });
    expect(offer([busy, UNKNOWN], 'block').noSlotsReason).toBe('fully_booked');
  });

  it('respect the readable part of a malformed answer and call the rest unverified', () => {
    expect(told(offer([LIVE, MALFORMED]))).toEqual([
      [10, 'unverified'],
      [11, 'unverified'],
    ]);
    expect(offer([LIVE, MALFORMED], 'block').noSlotsReason).toBe('calendars_unverified');
  });

  it('are as sure as the least sure calendar, each slot for itself', () => {
    const untilTen = { ...LAST_KNOWN, covered: [hours(0, 10)] };
    const policies: UnverifiedPolicy[] = ['last_known', 'flag'];
    for (const policy of policies)
      expect(told(offer([LIVE, untilTen], policy))).toEqual([
        [9, 'last_known'],
        [10, 'unverified'],
        [11, 'unverified'],
      ]);
    expect(told(offer([LIVE, untilTen], 'block'))).toEqual([[9, 'last_known']]);
  });

  it('need their preparation and buffer time to be known as well', () => {
    const search = { ...SEARCH, prepMinutes: 30, bufferMinutes: 30 };
    const nineToElevenThirty = aCalendarRead({
      covered: [hours(9, 11.5)],
      failure: aFailure(),
      source: 'last_known',
    });
    expect(told(offerSlots(search, [nineToElevenThirty], [], 'flag'))).toEqual([
      [9, 'unverified'],
      [10, 'last_known'],
      [11, 'unverified'],
    ]);
  });
});

describe('how sure the calendars are of one stretch of time', () => {
  it.each<[string, CalendarRead[], string]>([
    ['verified by live reads', [LIVE, LIVE], 'verified'],
    ['verified by a mirror', [aCalendarRead({ source: 'mirror' })], 'verified'],
    ['last known when one read is', [LIVE, LAST_KNOWN, LIVE], 'last_known'],
    ['unverified when one calendar is unknown', [LAST_KNOWN, UNKNOWN, LIVE], 'unverified'],
    [
      'unverified where knowledge ends inside it',
      [aCalendarRead({ covered: [hours(0, 9.5)] })],
      'unverified',
    ],
    [
      'unverified where knowledge has a gap',
      [aCalendarRead({ covered: [hours(0, 9.5), hours(9.6, 24)] })],
      'unverified',
    ],
    [
      'verified where knowledge begins and ends with it',
      [aCalendarRead({ covered: [hours(9, 10)] })],
      'verified',
    ],
  ])('is %s', (_, reads, confidence) => {
    expect(confidenceIn(reads, hours(9, 10))).toBe(confidence);
  });
});

describe('whether a stretch of time is taken', () => {
  it.each<[string, Interval, boolean]>([
    ['ends when it starts', hours(8, 9), false],
    ['starts when it ends', hours(10, 11), false],
    ['reaches one millisecond into it', { startAt: 8 * HOUR_MS, endAt: 9 * HOUR_MS + 1 }, true],
    ['starts one millisecond before its end', { startAt: 10 * HOUR_MS - 1, endAt: 11 * HOUR_MS }, true],
    ['lies inside it', hours(9.2, 9.3), true],
    ['contains it', hours(8, 11), true],
  ])('by busy time or by a claim that %s', (_, other, taken) => {
    expect(isTaken([LIVE, aCalendarRead({ busy: [other] })], [], hours(9, 10))).toBe(taken);
    expect(isTaken([LIVE], [other], hours(9, 10))).toBe(taken);
  });
});
