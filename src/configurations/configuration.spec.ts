import { describe, expect, it } from '@jest/globals';
import { aConfiguration } from '../../test/support/a-configuration.js';
import { parseDate, weekdayOf } from '../shared/time.js';
import { calendarIdsOf, slotIntervalOf, WEEKDAYS } from './configuration.js';

describe('a configuration', () => {
  it('asks the booking calendar first and each calendar once', () => {
    const configuration = aConfiguration({ calendarId: 'own', conflictCalendarIds: ['a', 'own', 'b'] });
    expect(calendarIdsOf(configuration)).toEqual(['own', 'a', 'b']);
  });

  it('asks the booking calendar when there is no other', () => {
    expect(calendarIdsOf(aConfiguration({ calendarId: 'own' }))).toEqual(['own']);
  });

  it('starts a slot every duration, unless it has an interval of its own', () => {
    expect(slotIntervalOf(aConfiguration({ durationMinutes: 45 }))).toBe(45);
    expect(slotIntervalOf(aConfiguration({ durationMinutes: 45, slotIntervalMinutes: 15 }))).toBe(15);
  });

  it.each([
    ['2027-03-07', 'sunday'],
    ['2027-03-08', 'monday'],
    ['2027-03-13', 'saturday'],
  ])('names the weekday of %s %s', (date, weekday) => {
    expect(WEEKDAYS[weekdayOf(parseDate(date) ?? NaN)]).toBe(weekday);
  });
});
