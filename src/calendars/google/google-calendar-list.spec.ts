import { describe, expect, it } from '@jest/globals';
import type { RemoteCalendar } from '../calendar-provider.js';
import { calendarListPage } from './google-calendar-list.js';

const ENTRY = {
  id: 'ada@example.com',
  summary: 'Ada',
  timeZone: 'Europe/Berlin',
  accessRole: 'owner',
  primary: true,
};

const only = (members: object): RemoteCalendar | undefined =>
  calendarListPage({ items: [{ ...ENTRY, ...members }] })?.calendars[0];

describe('a page of the calendar list', () => {
  it('tells id, name, zone and role of each calendar, and where the list goes on', () => {
    expect(calendarListPage({ items: [ENTRY], nextPageToken: 'more' })).toEqual({
      calendars: [
        {
          externalId: 'ada@example.com',
          name: 'Ada',
          timezone: 'Europe/Berlin',
          accessRole: 'owner',
          primary: true,
        },
      ],
      nextPageToken: 'more',
    });
  });

  it.each([{}, { nextPageToken: null }, { nextPageToken: '' }])('is the last one with %j', (members) => {
    expect(calendarListPage({ items: [], ...members })).toEqual({ calendars: [], nextPageToken: null });
  });

  it('leaves out what was deleted', () => {
    expect(calendarListPage({ items: [{ deleted: true }, ENTRY] })?.calendars).toHaveLength(1);
  });

  it.each<[string, Record<string, unknown>]>([
    ['no list', {}],
    ['null for the list', { items: null }],
    ['an object for the list', { items: { 0: ENTRY } }],
    ['an entry that is none', { items: [ENTRY, null] }],
    ['an entry without an id', { items: [ENTRY, { summary: 'Ada' }] }],
    ['a number for an id', { items: [{ id: 7 }] }],
    ['an empty id', { items: [{ id: '' }] }],
    ['an id that the database refuses', { items: [{ id: 'a\0b' }] }],
    ['an endless id', { items: [{ id: 'x'.repeat(501) }] }],
    ['a token that is no text', { items: [], nextPageToken: 7 }],
  ])('is not believed with %s: calendars that it leaves out would count as gone', (_, answer) => {
    expect(calendarListPage(answer)).toBeNull();
  });

  it.each<[object, string]>([
    [{ summaryOverride: 'Mine' }, 'Mine'],
    [{ summaryOverride: '', summary: 'Ada' }, 'Ada'],
    [{ summary: ' a\0b\r\nc ' }, 'a b c'],
    [{ summary: 'x'.repeat(5000) }, 'x'.repeat(500)],
    [{ summary: '\ud800' }, '\ufffd'],
    [{ summary: '\0' }, 'ada@example.com'],
    [{ summary: 7 }, 'ada@example.com'],
    [{ summary: undefined }, 'ada@example.com'],
  ])('names a calendar with %j so that it can be shown', (members, name) => {
    expect(only(members)?.name).toBe(name);
  });

  it.each(['Mars/Phobos', 'a\0b', 7, null, undefined])('takes UTC for the zone %j', (timeZone) => {
    expect(only({ timeZone })?.timezone).toBe('UTC');
  });

  it.each(['a\0b', '', 7, null, undefined])('does not know the role %j', (accessRole) => {
    expect(only({ accessRole })?.accessRole).toBe('unknown');
  });
});
