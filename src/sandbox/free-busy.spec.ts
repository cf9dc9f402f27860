import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startGoogleServer, type GoogleServer } from './google-server.js';
import { calendarApi, connect, control, type CalendarApi } from './spec-support.js';

const ADA = 'ada@example.com';
let server: GoogleServer;
let api: CalendarApi;

beforeAll(async () => {
  server = await startGoogleServer();
  await control(server, 'POST', '/accounts', {
    email: ADA,
    calendars: [
      { name: 'Ada', timezone: 'America/New_York' },
      { id: 'glimpse', name: 'Glimpse', timezone: 'Asia/Kathmandu', accessRole: 'freeBusyReader' },
    ],
  });
  api = calendarApi(server, (await connect(server, ADA)).accessToken);
});

beforeEach(async () => {
  await control(server, 'DELETE', `/calendars/${ADA}/events`);
  await control(server, 'DELETE', '/calendars/glimpse/events');
});

afterAll(() => server.close());

const window = { timeMin: '2027-03-10T00:00:00Z', timeMax: '2027-03-12T00:00:00Z' };
const query = (changes: object = {}) =>
  api('POST', '/freeBusy', { ...window, items: [{ id: ADA }], ...changes });
const busyOf = async (changes: object = {}, id = ADA) => (await query(changes)).json.calendars[id].busy;
const seed = (event: object, calendar = ADA) =>
  control(server, 'POST', `/calendars/${calendar}/events`, event);
const timed = (start: string, end: string) => ({ start: { dateTime: start }, end: { dateTime: end } });
const TEN_TO_ELEVEN = timed('2027-03-10T10:00:00Z', '2027-03-10T11:00:00Z');

describe('free/busy', () => {
  it('echoes the limits with milliseconds and the ids as they were asked for', async () => {
    const { status, json } = await query({ items: [{ id: 'primary' }, { id: 'ADA@example.com' }] });
    expect(status).toBe(200);
    expect(json).toEqual({
      kind: 'calendar#freeBusy',
      timeMin: '2027-03-10T00:00:00.000Z',
      timeMax: '2027-03-12T00:00:00.000Z',
      calendars: { primary: { busy: [] }, 'ADA@example.com': { busy: [] } },
    });
  });

  it('answers in UTC, or in the zone that was asked for', async () => {
    await seed(TEN_TO_ELEVEN);
    expect(await busyOf()).toEqual([{ start: '2027-03-10T10:00:00Z', end: '2027-03-10T11:00:00Z' }]);
    expect(await busyOf({ timeZone: 'America/New_York' })).toEqual([
      { start: '2027-03-10T05:00:00-05:00', end: '2027-03-10T06:00:00-05:00' },
    ]);
  });

  it('joins what touches or overlaps and cuts at the limits', async () => {
    await seed([
      timed('2027-03-09T23:00:00Z', '2027-03-10T01:00:00Z'),
      TEN_TO_ELEVEN,
      timed('2027-03-10T11:00:00Z', '2027-03-10T12:00:00Z'),
      timed('2027-03-10T10:15:00Z', '2027-03-10T10:30:00Z'),
      timed('2027-03-12T00:00:00Z', '2027-03-12T01:00:00Z'),
    ]);
    expect(await busyOf()).toEqual([
      { start: '2027-03-10T00:00:00Z', end: '2027-03-10T01:00:00Z' },
      { start: '2027-03-10T10:00:00Z', end: '2027-03-10T12:00:00Z' },
    ]);
  });

  it.each([
    ['transparent', { transparency: 'transparent' }],
    ['cancelled', { status: 'cancelled' }],
    ['declined by its owner', { attendees: [{ email: 'Ada@Example.com', responseStatus: 'declined' }] }],
    ['a working location', { eventType: 'workingLocation' }],
    ['empty', timed('2027-03-10T10:00:00Z', '2027-03-10T10:00:00Z')],
  ])('is free during an event that is %s', async (_name, changes) => {
    await seed({ ...TEN_TO_ELEVEN, ...changes });
    expect(await busyOf()).toEqual([]);
  });

  it.each([
    ['declined by somebody else', { attendees: [{ email: 'bob@example.com', responseStatus: 'declined' }] }],
    ['not answered yet', { attendees: [{ email: ADA, responseStatus: 'needsAction' }] }],
    ['tentative', { status: 'tentative' }],
    ['out of office', { eventType: 'outOfOffice' }],
  ])('is busy during an event that is %s', async (_name, changes) => {
    await seed({ ...TEN_TO_ELEVEN, ...changes });
    expect(await busyOf()).toHaveLength(1);
  });

  it('counts all-day events from midnight to midnight in the zone of the calendar', async () => {
    const day = { start: { date: '2027-03-11' }, end: { date: '2027-03-12' } };
    await seed(day);
    await seed(day, 'glimpse');
    const { json } = await query({
      timeMax: '2027-03-13T00:00:00Z',
      items: [{ id: ADA }, { id: 'glimpse' }],
    });
    expect(json.calendars[ADA].busy).toEqual([
      { start: '2027-03-11T05:00:00Z', end: '2027-03-12T05:00:00Z' },
    ]);
    expect(json.calendars['glimpse'].busy).toEqual([
      { start: '2027-03-10T18:15:00Z', end: '2027-03-11T18:15:00Z' },
    ]);
  });

  it('gives a day of a clock change its real length', async () => {
    await seed({ start: { date: '2027-03-14' }, end: { date: '2027-03-15' } });
    const limits = { timeMin: '2027-03-13T00:00:00Z', timeMax: '2027-03-17T00:00:00Z' };
    expect(await busyOf(limits)).toEqual([{ start: '2027-03-14T05:00:00Z', end: '2027-03-15T04:00:00Z' }]);
  });

  it('names a calendar that the account cannot see, inside a good answer', async () => {
    const { status, json } = await query({ items: [{ id: ADA }, { id: 'elsewhere' }, { id: '__proto__' }] });
    expect(status).toBe(200);
    const unseen = { errors: [{ domain: 'global', reason: 'notFound' }], busy: [] };
    expect(Object.entries(json.calendars)).toEqual([
      [ADA, { busy: [] }],
      ['elsewhere', unseen],
      ['__proto__', unseen],
    ]);
  });

  it('reads up to fifty calendars, and none of more', async () => {
    const items = (count: number) =>
      Array.from({ length: count }, (_, at) => ({ id: at === 0 ? ADA : `c${at}` }));
    expect((await query({ items: items(50) })).json.calendars[ADA]).toEqual({ busy: [] });
    expect((await query({ items: items(51) })).json.calendars[ADA]).toEqual({
      errors: [{ domain: 'calendar', reason: 'tooManyCalendarsRequested' }],
      busy: [],
    });
  });

  it.each([
    ['no start', { timeMin: undefined }, 'required'],
    ['no end', { timeMax: undefined }, 'required'],
    ['a start without an offset', { timeMin: '2027-03-10T00:00:00' }, 'badRequest'],
    ['an impossible day', { timeMin: '2027-02-30T00:00:00Z' }, 'badRequest'],
    ['an unknown zone', { timeZone: 'GMT+01:00x' }, 'badRequest'],
    ['an empty range', { timeMax: window.timeMin }, 'timeRangeEmpty'],
    ['a reversed range', { timeMax: '2027-03-09T00:00:00Z' }, 'timeRangeEmpty'],
    ['a range of more than 90 days', { timeMax: '2027-06-08T00:00:01Z' }, 'timeRangeTooLong'],
    ['a field it does not know', { calendars: [] }, 'badRequest'],
    ['items that are no list', { items: { id: ADA } }, 'badRequest'],
  ])('refuses %s', async (_name, changes, reason) => {
    const { status, json } = await query(changes);
    expect([status, json.error.errors[0].reason]).toEqual([400, reason]);
  });
});
