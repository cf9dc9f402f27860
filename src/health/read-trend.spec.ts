import { beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryCalendars } from '../../test/fakes/in-memory-calendars.js';
import { InMemoryHealthHistory } from '../../test/fakes/in-memory-health-history.js';
import { InMemoryWorkspaces } from '../../test/fakes/in-memory-workspaces.js';
import { aCalendar } from '../../test/support/a-calendar.js';
import { FixedClock } from '../shared/clock.js';
import { SequentialIds } from '../shared/ids.js';
import { formatInstant } from '../shared/time.js';
import { ForgetHistory } from './forget-history.js';
import { trendView } from './history-view.js';
import { ReadTrend } from './read-trend.js';

const NOW = Date.parse('2027-04-10T12:30:00Z');
const DAY_MS = 86_400_000;

let history: InMemoryHealthHistory;
let calendars: InMemoryCalendars;
let read: ReadTrend;
let workspaceId: string;

beforeEach(async () => {
  const [clock, ids] = [new FixedClock(NOW), new SequentialIds()];
  const workspaces = new InMemoryWorkspaces(ids, clock);
  history = new InMemoryHealthHistory();
  calendars = new InMemoryCalendars(ids, clock);
  read = new ReadTrend(history, calendars, workspaces, clock);
  ({ id: workspaceId } = await workspaces.add({ name: 'Acme', timezone: 'Europe/Berlin' }));
  calendars.given(aCalendar({ id: 'a', workspaceId }));
});

const firstStep = (zone: string): string => formatInstant(history.question?.bounds[0] ?? 0, zone);

describe('a trend', () => {
  it('has the days of the workspace', async () => {
    const { zone, points } = await read.execute({ workspaceId }, {});
    expect(zone).toBe('Europe/Berlin');
    expect(points).toHaveLength(30);
    expect(firstStep(zone)).toBe('2027-03-12T00:00:00+01:00');
    expect(history.question).toMatchObject({ scope: { workspaceId }, calendarId: null, grain: 'hour' });
  });

  it('has the days of UTC over all workspaces', async () => {
    const { zone } = await read.execute('all', {});
    expect(zone).toBe('UTC');
    expect(firstStep(zone)).toBe('2027-03-12T00:00:00Z');
  });

  it('of one calendar has the days of its workspace, also when none is named', async () => {
    expect((await read.execute('all', { calendarId: 'a' })).zone).toBe('Europe/Berlin');
    expect(history.question).toMatchObject({ scope: 'all', calendarId: 'a' });
  });

  it('refuses a calendar that is not there, or in another workspace', async () => {
    const problem = /^calendar_id: no such calendar/;
    await expect(read.execute('all', { calendarId: 'b' })).rejects.toThrow(problem);
    await expect(read.execute({ workspaceId: 'other' }, { calendarId: 'a' })).rejects.toThrow(problem);
  });

  it('is written out in the zone of its days, and says nothing of time that nobody observed', async () => {
    const trend = await read.execute({ workspaceId }, { from: '2027-04-10T09:00:00Z', step: '1h' });
    const [first, ...others] = trendView(trend).points;
    expect(first).toEqual({
      start_time: '2027-04-10T11:00:00+02:00',
      end_time: '2027-04-10T12:00:00+02:00',
      availability: null,
      observed_minutes: 0,
      downtime_minutes: 0,
      checks: 0,
      failed_checks: 0,
      average_check_ms: null,
    });
    expect(others.at(-1)?.end_time).toBe('2027-04-10T14:30:00+02:00');
  });
});

describe('what is kept', () => {
  it('is thirty days of checks, and a year of everything else', async () => {
    await new ForgetHistory(history, new FixedClock(NOW)).execute();
    expect(history.forgotten).toEqual([NOW - 30 * DAY_MS, NOW - 366 * DAY_MS]);
  });
});
