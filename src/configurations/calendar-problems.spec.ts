import { describe, expect, it } from '@jest/globals';
import { aCalendar } from '../../test/support/a-calendar.js';
import { calendarProblems, namedCalendars } from './calendar-problems.js';

describe('the calendars that a request names', () => {
  it.each(['owner', 'writer', 'writerWithoutPrivateAccess'])(
    'may be booked into by an account that is %s',
    (accessRole) => {
      expect(calendarProblems({ calendarId: 'own' }, [aCalendar({ id: 'own', accessRole })])).toEqual([]);
    },
  );

  it.each(['reader', 'freeBusyReader', 'unheardOf'])(
    'are refused for bookings by an account that is %s, by name',
    (accessRole) => {
      expect(calendarProblems({ calendarId: 'own' }, [aCalendar({ id: 'own', accessRole })])).toEqual([
        { field: 'calendar_id', message: expect.stringMatching(`owner or writer.* ${accessRole}$`) },
      ]);
    },
  );

  it('are refused for bookings when the workspace has no such calendar', () => {
    expect(calendarProblems({ calendarId: 'own' }, [])).toEqual([
      { field: 'calendar_id', message: 'no such calendar' },
    ]);
  });

  it('are refused for bookings when the account no longer lists them', () => {
    expect(calendarProblems({ calendarId: 'own' }, [aCalendar({ id: 'own', active: false })])).toEqual([
      { field: 'calendar_id', message: expect.stringMatching(/calendar list/) },
    ]);
  });

  it('may conflict without being writable or listed', () => {
    const known = [
      aCalendar({ id: 'own' }),
      aCalendar({ id: 'a', accessRole: 'freeBusyReader', active: false }),
    ];
    expect(calendarProblems({ calendarId: 'own', conflictCalendarIds: ['a'] }, known)).toEqual([]);
  });

  it('are told by id when they cannot conflict because they do not exist', () => {
    const problems = calendarProblems({ conflictCalendarIds: ['a', 'b', 'c'] }, [aCalendar({ id: 'b' })]);
    expect(problems).toEqual([{ field: 'conflict_calendar_ids', message: 'no such calendar: a, c' }]);
  });

  it('are looked up once each, and not at all when none is named', () => {
    expect(namedCalendars({ calendarId: 'a', conflictCalendarIds: ['b', 'a'] })).toEqual(['a', 'b']);
    expect(namedCalendars({ conflictCalendarIds: ['b'] })).toEqual(['b']);
    expect(namedCalendars({})).toEqual([]);
  });
});
