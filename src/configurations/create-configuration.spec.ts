import { describe, expect, it } from '@jest/globals';
import { InMemoryCalendars } from '../../test/fakes/in-memory-calendars.js';
import { InMemoryConfigurations } from '../../test/fakes/in-memory-configurations.js';
import { InMemoryWorkspaces } from '../../test/fakes/in-memory-workspaces.js';
import { aCalendar } from '../../test/support/a-calendar.js';
import { aWorkspace } from '../../test/support/a-workspace.js';
import {
  CONFIGURATION_DEFAULTS,
  CreateConfiguration,
  type NewConfiguration,
} from './create-configuration.js';

const HOME = 'home';
const ELSEWHERE = 'elsewhere';
const GIVEN: NewConfiguration = {
  name: 'Consultation',
  calendarId: 'own',
  durationMinutes: 30,
  fromMinute: 540,
  toMinute: 1020,
  workdays: ['monday'],
};

function world() {
  const workspaces = new InMemoryWorkspaces();
  workspaces.given(aWorkspace({ id: HOME, timezone: 'Europe/Berlin' }));
  const calendars = new InMemoryCalendars();
  calendars.given(aCalendar({ id: 'own', workspaceId: HOME }));
  calendars.given(aCalendar({ id: 'extra', workspaceId: HOME, accessRole: 'reader' }));
  calendars.given(aCalendar({ id: 'theirs', workspaceId: ELSEWHERE }));
  const configurations = new InMemoryConfigurations();
  return { configurations, create: new CreateConfiguration(configurations, calendars, workspaces) };
}

describe('creating a configuration', () => {
  it('fills in what was left out, with the zone of the workspace', async () => {
    const { create } = world();
    expect(await create.execute(HOME, GIVEN)).toMatchObject({
      ...CONFIGURATION_DEFAULTS,
      ...GIVEN,
      timezone: 'Europe/Berlin',
      workspaceId: HOME,
    });
  });

  it('keeps what was given', async () => {
    const { create, configurations } = world();
    const given: NewConfiguration = {
      ...GIVEN,
      timezone: 'Asia/Tokyo',
      conflictCalendarIds: ['extra', 'own'],
      maxDaysAhead: 0,
      onUnverified: 'block',
    };
    const { id } = await create.execute(HOME, given);
    expect(await configurations.find(id, 'all')).toMatchObject(given);
  });

  it.each<[string, Partial<NewConfiguration>, string[]]>([
    ['a calendar of another workspace', { calendarId: 'theirs' }, ['calendar_id']],
    ['a calendar that cannot be written to', { calendarId: 'extra' }, ['calendar_id']],
    [
      'a conflict calendar of another workspace',
      { conflictCalendarIds: ['theirs'] },
      ['conflict_calendar_ids'],
    ],
    ['a default that does not go with a given field', { daysBuffer: 61 }, ['max_days_ahead']],
    [
      'problems of every kind, all at once',
      { calendarId: 'nowhere', conflictCalendarIds: ['theirs'], workdays: [] },
      ['workdays', 'calendar_id', 'conflict_calendar_ids'],
    ],
  ])('refuses %s and stores nothing', async (_, change, fields) => {
    const { create, configurations } = world();
    await expect(create.execute(HOME, { ...GIVEN, ...change })).rejects.toMatchObject({
      code: 'validation_failed',
      details: { errors: fields.map((field) => expect.objectContaining({ field })) },
    });
    expect((await configurations.list('all', { limit: 1 })).items).toEqual([]);
  });

  it('refuses a workspace that is gone', async () => {
    const { create } = world();
    await expect(create.execute('gone', GIVEN)).rejects.toMatchObject({
      details: { errors: [{ field: 'workspace_id', message: 'no such workspace' }] },
    });
  });
});
