import { describe, expect, it } from '@jest/globals';
import { aConfiguration } from '../../test/support/a-configuration.js';
import { configurationProblems } from './configuration-problems.js';
import type { ConfigurationChange } from './configuration.js';

const problemsWith = (change: ConfigurationChange) => configurationProblems(aConfiguration(change));
const open = { fromMinute: 600, toMinute: 660 };

describe('what the fields of a configuration are to each other', () => {
  it.each<[string, ConfigurationChange]>([
    ['the usual', {}],
    ['hours until the end of the day', { fromMinute: 0, toMinute: 1440 }],
    ['one slot that fills the hours', { fromMinute: 540, toMinute: 600, durationMinutes: 60 }],
    ['a first bookable day that is the last', { daysBuffer: 7, maxDaysAhead: 7 }],
    ['today only, with a notice that ends today', { maxDaysAhead: 0, minNoticeMinutes: 1439 }],
    ['no workday but a date with hours', { workdays: [], dateOverrides: [{ day: 1, hours: open }] }],
    [
      'a date with hours too short for a slot',
      { dateOverrides: [{ day: 1, hours: { fromMinute: 0, toMinute: 1 } }] },
    ],
    ['an interval longer than the hours', { slotIntervalMinutes: 1440 }],
    ['an online meeting with a link', { meetingLink: 'https://meet.example' }],
    ['an online meeting that gets a link', { createMeetLink: true }],
    ['a meeting in person with an address', { meetingType: 'in_person', meetingAddress: 'Main Street 1' }],
    ['a call without anything', { meetingType: 'phone' }],
    ['an online meeting that keeps an old address', { meetingAddress: 'Main Street 1' }],
  ])('accepts %s', (_, change) => {
    expect(problemsWith(change)).toEqual([]);
  });

  it.each<[string, ConfigurationChange, string, RegExp]>([
    ['hours that end when they begin', { fromMinute: 540, toMinute: 540 }, 'to_time', /after from_time/],
    ['hours that end before they begin', { fromMinute: 600, toMinute: 540 }, 'to_time', /after from_time/],
    [
      'hours shorter than the duration',
      { fromMinute: 540, toMinute: 599, durationMinutes: 60 },
      'duration_minutes',
      /at most the 59 minutes/,
    ],
    ['a last day before the first', { daysBuffer: 8, maxDaysAhead: 7 }, 'max_days_ahead', /at least the 8/],
    [
      'a notice longer than the days ahead',
      { maxDaysAhead: 0, minNoticeMinutes: 1440 },
      'min_notice_minutes',
      /less than 1440 minutes/,
    ],
    ['no day at all', { workdays: [] }, 'workdays', /at least one workday/],
    [
      'no workday and only closed dates',
      { workdays: [], dateOverrides: [{ day: 1, hours: null }] },
      'workdays',
      /at least one workday/,
    ],
    [
      'a link for a call',
      { meetingType: 'phone', meetingLink: 'https://meet.example' },
      'meeting_link',
      /meeting_type is phone/,
    ],
    ['a meeting in person nowhere', { meetingType: 'in_person' }, 'meeting_address', /an address/],
    [
      'a Meet link for a call',
      { meetingType: 'phone', createMeetLink: true },
      'create_meet_link',
      /meeting_type is phone/,
    ],
    [
      'a Meet link beside a link',
      { createMeetLink: true, meetingLink: 'https://meet.example' },
      'create_meet_link',
      /meeting_link is given/,
    ],
    [
      'a date that is there twice',
      {
        dateOverrides: [
          { day: 1, hours: null },
          { day: 2, hours: null },
          { day: 1, hours: open },
        ],
      },
      'date_overrides[2].date',
      /only once/,
    ],
    [
      'a date whose hours end before they begin',
      { dateOverrides: [{ day: 1, hours: { fromMinute: 600, toMinute: 600 } }] },
      'date_overrides[0].to_time',
      /after from_time/,
    ],
  ])('refuses %s', (_, change, field, message) => {
    expect(problemsWith(change)).toEqual([{ field, message: expect.stringMatching(message) }]);
  });

  it('tells every problem at once', () => {
    const fields = problemsWith({ toMinute: 0, workdays: [], daysBuffer: 100, meetingType: 'in_person' });
    expect(fields.map(({ field }) => field)).toEqual([
      'to_time',
      'max_days_ahead',
      'workdays',
      'meeting_address',
    ]);
  });
});
