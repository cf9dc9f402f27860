import { describe, expect, it } from '@jest/globals';
import { InMemoryCalendars } from '../../test/fakes/in-memory-calendars.js';
import { InMemoryConfigurations } from '../../test/fakes/in-memory-configurations.js';
import { aCalendar } from '../../test/support/a-calendar.js';
import { aConfiguration } from '../../test/support/a-configuration.js';
import { ChangeConfiguration } from './change-configuration.js';
import type { Configuration, ConfigurationChange } from './configuration.js';

const HOME = { workspaceId: 'home' };

function world(differences: Partial<Configuration> = {}) {
  const calendars = new InMemoryCalendars();
  calendars.given(aCalendar({ id: 'own', workspaceId: 'home' }));
  calendars.given(aCalendar({ id: 'extra', workspaceId: 'home', accessRole: 'reader' }));
  calendars.given(aCalendar({ id: 'theirs', workspaceId: 'elsewhere' }));
  const configurations = new InMemoryConfigurations();
  const before = configurations.given(
    aConfiguration({ workspaceId: 'home', calendarId: 'own', ...differences }),
  );
  const change = new ChangeConfiguration(configurations, calendars);
  return { before, calendars, configurations, change };
}

describe('changing a configuration', () => {
  it('changes what is named and nothing else', async () => {
    const { before, change, configurations } = world({ maxBookingsPerDay: 3 });
    const wanted: ConfigurationChange = {
      name: 'New',
      maxBookingsPerDay: null,
      conflictCalendarIds: ['extra'],
    };
    const after = await change.execute(before.id, HOME, wanted);
    expect(after).toEqual({ ...before, ...wanted });
    expect(await configurations.find(before.id, 'all')).toEqual(after);
  });

  it('leaves everything when nothing is named', async () => {
    const { before, change } = world();
    expect(await change.execute(before.id, HOME, {})).toEqual(before);
  });

  it.each<[string, ConfigurationChange, string]>([
    ['a duration that no longer fits the hours it keeps', { durationMinutes: 481 }, 'duration_minutes'],
    ['hours that no longer hold the duration it keeps', { toMinute: 541 }, 'duration_minutes'],
    ['a type that its link does not go with', { meetingType: 'phone' }, 'meeting_link'],
    ['a calendar of another workspace', { calendarId: 'theirs' }, 'calendar_id'],
    ['a calendar that cannot be written to', { calendarId: 'extra' }, 'calendar_id'],
    [
      'a conflict calendar of another workspace',
      { conflictCalendarIds: ['theirs'] },
      'conflict_calendar_ids',
    ],
  ])('refuses %s and changes nothing', async (_, wanted, field) => {
    const { before, change, configurations } = world({ meetingLink: 'https://meet.example' });
    await expect(change.execute(before.id, HOME, wanted)).rejects.toMatchObject({
      code: 'validation_failed',
      details: { errors: [expect.objectContaining({ field })] },
    });
    expect(await configurations.find(before.id, 'all')).toEqual(before);
  });

  it('looks for calendars in the workspace of the configuration, also for the admin key', async () => {
    const { before, change } = world();
    await expect(change.execute(before.id, 'all', { calendarId: 'theirs' })).rejects.toMatchObject({
      details: { errors: [{ field: 'calendar_id', message: 'no such calendar' }] },
    });
  });

  it('is not stopped by a calendar that went bad and is not named', async () => {
    const { before, calendars, change } = world();
    calendars.given(aCalendar({ id: 'own', workspaceId: 'home', active: false }));
    const after = await change.execute(before.id, HOME, { onUnverified: 'block' });
    expect(after.onUnverified).toBe('block');
  });

  it.each([{ workspaceId: 'elsewhere' }, 'all'] as const)('finds nothing to change for %p', async (scope) => {
    const { before, change } = world();
    const id = scope === 'all' ? 'unknown' : before.id;
    await expect(change.execute(id, scope, { name: 'New' })).rejects.toMatchObject({ code: 'not_found' });
  });
});
