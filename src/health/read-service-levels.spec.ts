import { beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryCalendars } from '../../test/fakes/in-memory-calendars.js';
import { InMemoryHealthHistory } from '../../test/fakes/in-memory-health-history.js';
import { InMemoryWorkspaces } from '../../test/fakes/in-memory-workspaces.js';
import { aCalendar } from '../../test/support/a-calendar.js';
import { aRecord } from '../../test/support/a-record.js';
import { FixedClock } from '../shared/clock.js';
import { SequentialIds } from '../shared/ids.js';
import type { Workspace } from '../workspaces/workspace.js';
import { serviceLevelsView } from './history-view.js';
import { ReadServiceLevels } from './read-service-levels.js';

const NOW = Date.UTC(2027, 2, 31);
const DAY_MS = 86_400_000;
const USUAL = { window: '30d', target: '99.9' };

let history: InMemoryHealthHistory;
let known: InMemoryCalendars;
let read: ReadServiceLevels;
let [acme, empty]: readonly Workspace[] = [];

beforeEach(async () => {
  const clock = new FixedClock(NOW);
  const workspaces = new InMemoryWorkspaces(new SequentialIds(), clock);
  history = new InMemoryHealthHistory();
  known = new InMemoryCalendars();
  read = new ReadServiceLevels(history, known, workspaces, clock);
  acme = await workspaces.add({ name: 'Acme', timezone: 'UTC' });
  empty = await workspaces.add({ name: 'Empty', timezone: 'UTC' });
  const workspaceId = acme.id;
  history.given.records = [
    aRecord({ calendarId: 'a', workspaceId, observedMs: 30 * DAY_MS, downtimeMs: DAY_MS, outages: 1 }),
    aRecord({ calendarId: 'b', workspaceId, observedMs: 10 * DAY_MS }),
  ];
  history.given.outages = [
    { calendarId: 'a', startedAt: NOW - DAY_MS, endedAt: null, category: 'expired_tokens' },
  ];
});

describe('the service levels', () => {
  it('are of each calendar, of its workspace and of all, in the window before now', async () => {
    const { window, calendars, workspaces, total } = await read.execute('all', USUAL);
    expect(window).toEqual({ startAt: NOW - 30 * DAY_MS, endAt: NOW });
    expect(history.window).toEqual(window);
    expect(calendars.map(({ level }) => level.availability)).toEqual([1 - 1 / 30, 1]);
    expect(workspaces.map(({ workspace, level }) => [workspace.name, level.availability])).toEqual([
      ['Acme', 1 - 1 / 40],
      ['Empty', null],
    ]);
    expect(total).toMatchObject({ availability: 1 - 1 / 40, unknownMs: 20 * DAY_MS });
  });

  it('show the outages of each calendar', async () => {
    const { calendars } = await read.execute('all', USUAL);
    expect(calendars.map(({ outages }) => outages)).toEqual([history.given.outages, []]);
  });

  it('are of one workspace where one is named', async () => {
    const { calendars, workspaces } = await read.execute({ workspaceId: empty?.id ?? '' }, USUAL);
    expect(calendars).toEqual([]);
    expect(workspaces).toMatchObject([{ workspace: { name: 'Empty' } }]);
  });

  it('are of one calendar where one is named, and of no workspace then', async () => {
    known.given(aCalendar({ id: 'b', workspaceId: acme?.id ?? '' }));
    const levels = await read.execute('all', { ...USUAL, calendarId: 'b' });
    expect(levels).toMatchObject({
      workspaces: [],
      calendars: [{ outages: [] }],
      total: { availability: 1 },
    });
    await expect(read.execute('all', { ...USUAL, calendarId: 'c' })).rejects.toThrow(/^calendar_id: /);
  });

  it('measure by the target', async () => {
    const { calendars, target } = await read.execute('all', { ...USUAL, target: '95' });
    expect(target).toBe(0.95);
    expect(calendars[0]?.level.errorBudgetRemaining).toBeCloseTo(1 / 3, 12);
  });

  it.each([
    [{ ...USUAL, window: 'month' }, /^window: /],
    [{ ...USUAL, target: '100' }, /^target: /],
  ])('refuse %j by name', async (wish, message) => {
    await expect(read.execute('all', wish)).rejects.toThrow(message);
  });

  it('call nothing whole that is not, when they are written out', async () => {
    const workspaceId = acme?.id ?? '';
    history.given.records = [aRecord({ workspaceId, observedMs: 30 * DAY_MS, downtimeMs: 1 })];
    expect(serviceLevelsView(await read.execute('all', USUAL)).calendars[0]).toMatchObject({
      availability: 0.999999,
      downtime_minutes: 0,
      observed_minutes: 43_200,
    });
    history.given.records = [aRecord({ workspaceId, observedMs: 30 * DAY_MS })];
    expect(serviceLevelsView(await read.execute('all', USUAL)).total).toMatchObject({
      availability: 1,
      error_budget_remaining: 1,
    });
  });

  it('are written out with the length of an outage that still lasts', async () => {
    const [calendar] = serviceLevelsView(await read.execute('all', USUAL)).calendars;
    expect(calendar?.outages).toEqual([
      {
        started_at: '2027-03-30T00:00:00Z',
        ended_at: null,
        duration_minutes: 1440,
        category: 'expired_tokens',
      },
    ]);
  });
});
