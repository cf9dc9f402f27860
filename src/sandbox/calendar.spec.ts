import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startGoogleServer, type GoogleServer } from './google-server.js';
import { calendarApi, call, connect, control, EVENT, type CalendarApi } from './spec-support.js';

const ADA = 'ada@example.com';
let server: GoogleServer;
let api: CalendarApi;

beforeAll(async () => {
  server = await startGoogleServer();
  await control(server, 'POST', '/accounts', { email: 'grace@example.com', calendars: [] });
  await control(server, 'POST', '/accounts/grace@example.com/calendars', {
    id: 'shared',
    name: 'Shared',
    timezone: 'UTC',
  });
  await control(server, 'POST', '/accounts', {
    email: ADA,
    calendars: [
      { name: 'Ada', timezone: 'America/New_York' },
      { id: 'secret', name: 'Hidden one', timezone: 'UTC', hidden: true },
      { id: 'shared', name: 'Shared', timezone: 'UTC', accessRole: 'reader' },
      {
        id: 'glimpse',
        name: 'Glimpse',
        timezone: 'UTC',
        accessRole: 'freeBusyReader',
        summaryOverride: 'Mine',
      },
    ],
  });
  api = calendarApi(server, (await connect(server, ADA)).accessToken);
});

beforeEach(async () => {
  await control(server, 'DELETE', `/calendars/${ADA}/events`);
  await control(server, 'POST', '/settings', { leading_empty_page: false, meet_links: 'immediate' });
});

afterAll(() => server.close());

const refusal = ({ status, json }: { status: number; json: { error: { errors: { reason: string }[] } } }) => [
  status,
  json.error.errors[0]?.reason,
];

describe('the calendar list', () => {
  it('holds what the account can see, with its roles, and leaves hidden ones out', async () => {
    const { json } = await api('GET', '/users/me/calendarList');
    expect(json.kind).toBe('calendar#calendarList');
    expect(json.nextSyncToken).toEqual(expect.any(String));
    const rows = json.items.map((item: Record<string, unknown>) => [
      item['id'],
      item['accessRole'],
      item['primary'],
    ]);
    expect(rows).toEqual([
      [ADA, 'owner', true],
      ['shared', 'reader', undefined],
      ['glimpse', 'freeBusyReader', undefined],
    ]);
    expect(json.items[2]).toMatchObject({ summary: 'Glimpse', summaryOverride: 'Mine' });
    expect((await api('GET', '/users/me/calendarList?showHidden=true')).json.items).toHaveLength(4);
    expect((await api('GET', '/users/me/calendarList?minAccessRole=writer')).json.items).toHaveLength(1);
  });

  it('comes in pages, the first of which may be empty', async () => {
    await control(server, 'POST', '/settings', { leading_empty_page: true });
    const ids: string[] = [];
    const sizes: number[] = [];
    let token: string | undefined = '';
    while (token !== undefined) {
      const page: string = token === '' ? '' : `&pageToken=${token}`;
      const { json } = await api('GET', `/users/me/calendarList?maxResults=2${page}`);
      sizes.push(json.items.length);
      ids.push(...json.items.map(({ id }: { id: string }) => id));
      token = json.nextPageToken;
    }
    expect(sizes).toEqual([0, 2, 1]);
    expect(ids).toEqual([ADA, 'shared', 'glimpse']);
  });

  it('tells what changed since a sync token', async () => {
    const { json } = await api('GET', '/users/me/calendarList');
    await control(server, 'PATCH', `/accounts/${ADA}/calendars/shared`, { accessRole: 'reader' });
    const changes = await api('GET', `/users/me/calendarList?syncToken=${json.nextSyncToken}`);
    expect(changes.json.items.map(({ id }: { id: string }) => id)).toEqual(['shared']);
  });

  it('reads one calendar, by its id or as primary', async () => {
    expect((await api('GET', '/calendars/primary')).json).toMatchObject({
      id: ADA,
      timeZone: 'America/New_York',
    });
    expect((await api('GET', '/users/me/calendarList/shared')).json.accessRole).toBe('reader');
    expect(refusal(await api('GET', '/calendars/nowhere'))).toEqual([404, 'notFound']);
  });
});

describe('a new event', () => {
  it('is answered as Google answers it and can be read by its id', async () => {
    const body = {
      ...EVENT,
      attendees: [{ email: 'guest@example.org' }],
      extendedProperties: { private: { key: 'value' } },
    };
    const { status, json } = await api('POST', '/calendars/primary/events?sendUpdates=all', body);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      kind: 'calendar#event',
      id: EVENT.id,
      status: 'confirmed',
      sequence: 0,
      iCalUID: `${EVENT.id}@google.com`,
      start: { dateTime: '2027-03-10T10:00:00-05:00' },
      organizer: { email: ADA, self: true },
      attendees: [{ email: 'guest@example.org', responseStatus: 'needsAction' }],
      extendedProperties: { private: { key: 'value' } },
    });
    expect((await api('GET', `/calendars/${ADA}/events/${EVENT.id}`)).json).toEqual(json);
    expect(server.state.requests.list({ endpoint: 'events.insert' }).at(-1)?.send_updates).toBe('all');
  });

  it('refuses an id that is in use', async () => {
    await api('POST', '/calendars/primary/events', EVENT);
    const again = await api('POST', '/calendars/primary/events', EVENT);
    expect(again.status).toBe(409);
    expect(again.json).toEqual({
      error: {
        errors: [
          { domain: 'global', reason: 'duplicate', message: 'The requested identifier already exists.' },
        ],
        code: 409,
        message: 'The requested identifier already exists.',
      },
    });
  });

  it.each([
    ['an id with other letters', { id: 'UPPERCASE' }, 'invalid'],
    ['an id that is too short', { id: 'abcd' }, 'invalid'],
    ['no end', { end: undefined }, 'required'],
    ['no start', { start: undefined }, 'required'],
    ['an end before the start', { end: { dateTime: '2027-03-10T14:00:00Z' } }, 'timeRangeEmpty'],
    ['a time without offset or zone', { start: { dateTime: '2027-03-10T15:00:00' } }, 'required'],
    ['a day that does not exist', { start: { dateTime: '2027-02-30T15:00:00Z' } }, 'invalid'],
    ['an unknown zone', { start: { dateTime: '2027-03-10T15:00:00', timeZone: 'Mars/Base' } }, 'invalid'],
    ['a day together with a time', { start: { date: '2027-03-10' } }, 'invalid'],
    ['a guest without an address', { attendees: [{ displayName: 'X' }] }, 'required'],
    ['a guest with a broken address', { attendees: [{ email: 'nobody' }] }, 'invalid'],
    ['recurrence', { recurrence: ['RRULE:FREQ=DAILY'] }, 'invalid'],
    ['an unknown field', { colour: 'red' }, 'badRequest'],
    ['an unknown field inside', { start: { dateTime: '2027-03-10T15:00:00Z', zone: 'UTC' } }, 'badRequest'],
    ['a field of the wrong type', { summary: 7 }, 'badRequest'],
  ])('refuses %s', async (_name, changes, reason) => {
    const answer = await api('POST', '/calendars/primary/events', { ...EVENT, ...changes });
    expect(refusal(answer)).toEqual([400, reason]);
    expect(server.state.events.list(ADA)).toEqual([]);
  });

  it('refuses parameters it does not know, broken JSON and other kinds of body', async () => {
    expect(refusal(await api('POST', '/calendars/primary/events?foo=1', EVENT))).toEqual([400, 'invalid']);
    expect(refusal(await api('POST', '/calendars/primary/events?sendUpdates=some', EVENT))).toEqual([
      400,
      'invalidParameter',
    ]);
    expect(refusal(await api('POST', '/calendars/primary/events', '{"id":'))).toEqual([400, 'parseError']);
    const text = await api('POST', '/calendars/primary/events', EVENT, { 'content-type': 'text/plain' });
    expect(refusal(text)).toEqual([400, 'badContent']);
    expect(
      (await api('POST', '/calendars/primary/events?alt=json&fields=id&prettyPrint=false', EVENT)).status,
    ).toBe(200);
  });

  it('may not be written where the account only reads, nor where it sees nothing', async () => {
    const refused = await api('POST', '/calendars/shared/events', EVENT);
    expect(refusal(refused)).toEqual([403, 'requiredAccessLevel']);
    expect(refused.json.error.message).toBe('You need to have writer access to this calendar.');
    expect(refusal(await api('GET', '/calendars/glimpse/events'))).toEqual([403, 'requiredAccessLevel']);
    expect(refusal(await api('POST', '/calendars/elsewhere/events', EVENT))).toEqual([404, 'notFound']);
  });

  it('loses over-long property keys and the tails of over-long values', async () => {
    const properties = { ['k'.repeat(45)]: 'gone', kept: 'v'.repeat(1025) };
    const { json } = await api('POST', '/calendars/primary/events', {
      ...EVENT,
      extendedProperties: { private: properties },
    });
    expect(json.extendedProperties.private).toEqual({ kept: 'v'.repeat(1024) });
  });

  it('has a Meet link only when the client says that it knows about conferences', async () => {
    const request = { requestId: 'r1', conferenceSolutionKey: { type: 'hangoutsMeet' } };
    const body = { ...EVENT, conferenceData: { createRequest: request } };
    const { json } = await api('POST', '/calendars/primary/events?conferenceDataVersion=1', body);
    expect(json.hangoutLink).toMatch(/^https:\/\/meet\.google\.com\/[a-z]{3}-[a-z]{4}-[a-z]{3}$/);
    expect(json.conferenceData.createRequest.status.statusCode).toBe('success');
    const without = await api('POST', '/calendars/primary/events', { ...body, id: 'slotevent2' });
    expect(without.json.conferenceData).toBeUndefined();
    const other = { createRequest: { requestId: 'r2', conferenceSolutionKey: { type: 'phone' } } };
    const path = '/calendars/primary/events?conferenceDataVersion=1';
    expect(refusal(await api('POST', path, { ...EVENT, id: 'slotevent3', conferenceData: other }))).toEqual([
      400,
      'invalid',
    ]);
  });

  it('gets its Meet link later when links are slow', async () => {
    await control(server, 'POST', '/settings', { meet_links: 'delayed' });
    const body = { ...EVENT, conferenceData: { createRequest: { requestId: 'r1' } } };
    const { json } = await api('POST', '/calendars/primary/events?conferenceDataVersion=1', body);
    expect([json.hangoutLink, json.conferenceData.createRequest.status.statusCode]).toEqual([
      undefined,
      'pending',
    ]);
    const later = await api('GET', `/calendars/primary/events/${EVENT.id}`);
    expect(later.json.hangoutLink).toMatch(/^https:\/\/meet/);
  });
});

describe('a change of an event', () => {
  const path = `/calendars/primary/events/${EVENT.id}`;

  it('by patch keeps what is not given, merges properties and counts a move', async () => {
    await api('POST', '/calendars/primary/events?conferenceDataVersion=1', {
      ...EVENT,
      attendees: [{ email: 'guest@example.org' }],
      conferenceData: { createRequest: { requestId: 'r1' } },
      extendedProperties: { private: { a: '1', b: '2' } },
    });
    const { status, json } = await api('PATCH', `${path}?sendUpdates=all`, {
      end: { dateTime: '2027-03-10T16:30:00Z' },
      extendedProperties: { private: { b: null, c: '3' } },
    });
    expect(status).toBe(200);
    expect(json).toMatchObject({ summary: 'Talk', sequence: 1, attendees: [{ email: 'guest@example.org' }] });
    expect(json.hangoutLink).toMatch(/^https:\/\/meet/);
    expect(json.extendedProperties.private).toEqual({ a: '1', c: '3' });
    expect((await api('PATCH', path, { summary: 'Other' })).json.sequence).toBe(1);
    expect(refusal(await api('PATCH', path, { nonsense: 1 }))).toEqual([400, 'badRequest']);
  });

  it('by update drops what is not given', async () => {
    await api('POST', '/calendars/primary/events', { ...EVENT, location: 'Room 1' });
    const { json } = await api('PUT', path, { start: EVENT.start, end: EVENT.end });
    expect([json.location, json.summary, json.iCalUID]).toEqual([
      undefined,
      undefined,
      `${EVENT.id}@google.com`,
    ]);
    expect(refusal(await api('PUT', path, { summary: 'No times' }))).toEqual([400, 'required']);
  });

  it('needs the present version when it names one', async () => {
    const { json } = await api('POST', '/calendars/primary/events', EVENT);
    const stale = await api('PATCH', path, { summary: 'x' }, { 'if-match': '"0"' });
    expect(refusal(stale)).toEqual([412, 'conditionNotMet']);
    expect((await api('PATCH', path, { summary: 'x' }, { 'if-match': json.etag })).status).toBe(200);
  });

  it('is refused when the event is unknown or was deleted', async () => {
    expect(refusal(await api('PATCH', path, { summary: 'x' }))).toEqual([404, 'notFound']);
    await api('POST', '/calendars/primary/events', EVENT);
    await api('DELETE', path);
    expect(refusal(await api('PATCH', path, { status: 'confirmed' }))).toEqual([403, 'forbidden']);
  });
});

describe('a deleted event', () => {
  const path = `/calendars/primary/events/${EVENT.id}`;

  it('stays readable as cancelled, is deleted once, and keeps its id for ever', async () => {
    await api('POST', '/calendars/primary/events', EVENT);
    const deleted = await api('DELETE', `${path}?sendUpdates=all`);
    expect([deleted.status, deleted.text]).toEqual([204, '']);
    expect((await api('GET', path)).json).toMatchObject({ id: EVENT.id, status: 'cancelled' });
    expect(refusal(await api('DELETE', path))).toEqual([410, 'deleted']);
    expect(refusal(await api('POST', '/calendars/primary/events', EVENT))).toEqual([409, 'duplicate']);
    expect(refusal(await api('DELETE', '/calendars/primary/events/neverexisted'))).toEqual([404, 'notFound']);
  });
});

describe('the list of events', () => {
  const ids = (json: { items: { id: string }[] }) => json.items.map(({ id }) => id);

  beforeEach(async () => {
    const at = (day: number) => ({
      start: { dateTime: `2027-03-${day}T10:00:00Z` },
      end: { dateTime: `2027-03-${day}T11:00:00Z` },
    });
    await control(server, 'POST', `/calendars/${ADA}/events`, [
      { id: 'third', summary: 'Third', ...at(12) },
      { id: 'first', summary: 'First', ...at(10), extendedProperties: { private: { booking: '1' } } },
      { id: 'second', summary: 'Second', ...at(11), status: 'cancelled' },
    ]);
  });

  it('shows live events, ordered and limited as asked', async () => {
    const ordered = await api(
      'GET',
      '/calendars/primary/events?singleEvents=true&orderBy=startTime&showDeleted=true',
    );
    expect(ids(ordered.json)).toEqual(['first', 'second', 'third']);
    expect(ids((await api('GET', '/calendars/primary/events')).json)).toEqual(['third', 'first']);
    const window = 'timeMin=2027-03-10T11:00:00Z&timeMax=2027-03-12T10:00:01Z';
    expect(ids((await api('GET', `/calendars/primary/events?${window}`)).json)).toEqual(['third']);
    expect(
      ids((await api('GET', '/calendars/primary/events?privateExtendedProperty=booking%3D1')).json),
    ).toEqual(['first']);
    expect(ids((await api('GET', '/calendars/primary/events?iCalUID=third@google.com')).json)).toEqual([
      'third',
    ]);
    expect(ids((await api('GET', '/calendars/primary/events?q=fir')).json)).toEqual(['first']);
  });

  it('refuses an order that needs single events, and a limit without an offset', async () => {
    expect(refusal(await api('GET', '/calendars/primary/events?orderBy=startTime'))).toEqual([
      400,
      'invalid',
    ]);
    const naive = await api('GET', '/calendars/primary/events?timeMin=2027-03-10T11:00:00');
    expect(refusal(naive)).toEqual([400, 'invalidParameter']);
  });

  it('tells every change since a sync token, deletions too', async () => {
    const first = await api('GET', '/calendars/primary/events?maxResults=1');
    await api('DELETE', '/calendars/primary/events/first');
    const last = await api(
      'GET',
      `/calendars/primary/events?maxResults=1&pageToken=${first.json.nextPageToken}`,
    );
    const token = last.json.nextSyncToken ?? first.json.nextSyncToken;
    const { json } = await api('GET', `/calendars/primary/events?syncToken=${token}`);
    expect(json.items).toEqual([expect.objectContaining({ id: 'first', status: 'cancelled' })]);
    expect(refusal(await api('GET', '/calendars/primary/events?syncToken=stale'))).toEqual([
      410,
      'fullSyncRequired',
    ]);
    expect(refusal(await api('GET', `/calendars/primary/events?q=x&syncToken=${token}`))).toEqual([
      400,
      'invalid',
    ]);
  });
});

describe('what is nowhere', () => {
  it.each([
    ['GET', '/calendar/v3/nothing'],
    ['DELETE', '/calendar/v3/freeBusy'],
    ['GET', '/calendar/v3/calendars/%E0%A4%A/events'],
    ['GET', '/token'],
  ])('%s %s is not found in the form of Google', async (method, path) => {
    const { status, json } = await call(`${server.url}${path}`, { method });
    expect(status).toBe(404);
    expect(json.error.errors[0].reason).toBe('notFound');
  });
});
