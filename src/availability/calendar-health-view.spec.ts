import { expect, it } from '@jest/globals';
import { aCalendar } from '../../test/support/a-calendar.js';
import { aCalendarRead } from '../../test/support/a-calendar-read.js';
import { revokedGrant } from '../../test/support/a-failure.js';
import { calendarHealth } from './calendar-health.js';
import { calendarHealthView } from './calendar-health-view.js';

it('shows calendar health as the contract has it, with times in the zone asked for', () => {
  const health = calendarHealth([
    aCalendarRead({ asOf: Date.UTC(2027, 2, 10, 14) }),
    aCalendarRead({
      calendar: aCalendar({ id: 'calendar-a', name: 'Calendar A' }),
      accountEmail: 'user@example.com',
      source: 'none',
      asOf: null,
      failure: revokedGrant(),
    }),
  ]);
  expect(calendarHealthView(health, 'America/New_York')).toEqual({
    status: 'partial',
    total_calendars: 2,
    successful_calendars: 1,
    failed_calendars: ['Calendar A'],
    token_issues: ['user@example.com'],
    message: '1/2 calendars checked successfully. 1 need re-authorization',
    calendars: [
      {
        calendar_id: aCalendar().id,
        name: 'Ada',
        account_email: 'ada@example.com',
        source: 'live',
        as_of: '2027-03-10T09:00:00-05:00',
        category: null,
      },
      {
        calendar_id: 'calendar-a',
        name: 'Calendar A',
        account_email: 'user@example.com',
        source: 'none',
        as_of: null,
        category: 'expired_tokens',
      },
    ],
  });
});
