import type { CalendarRead } from '../../src/calendars/read-busy.js';
import { aCalendar } from './a-calendar.js';

/** Read live at instant 0, free, and complete for all time. */
export function aCalendarRead(differences: Partial<CalendarRead> = {}): CalendarRead {
  return {
    calendar: aCalendar(),
    accountEmail: 'ada@example.com',
    source: 'live',
    asOf: 0,
    busy: [],
    covered: [{ startAt: -Infinity, endAt: Infinity }],
    failure: null,
    ...differences,
  };
}
