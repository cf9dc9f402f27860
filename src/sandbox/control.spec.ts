import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FixedClock } from '../shared/clock.js';
import { startGoogleServer, type GoogleServer } from './google-server.js';
import {
  authorizationUrl,
  calendarApi,
  call,
  connect,
  control,
  EVENT,
  exchange,
  refresh,
} from './spec-support.js';

const ADA = 'ada@example.com';
/** A Friday: the first seeded meeting is on Monday. */
const clock = new FixedClock(Date.UTC(2027, 0, 8, 12));
let server: GoogleServer;

beforeEach(async () => {
  server = await startGoogleServer({ seed: 'demo', clock });
});

afterEach(() => server.close());

describe('the control API', () => {
  it('describes itself', async () => {
    const { status, json } = await control(server, 'GET', '');
    expect(status).toBe(200);
    expect(json.google.token).toBe(`${server.url}/token`);
    expect(json.control).toContain('POST /sandbox/faults');
    expect(json.faults.presets).toContain('rateLimitExceeded403');
    expect(json.accounts).toEqual(expect.arrayContaining([ADA, 'grace@example.com']));
  });

  it('creates accounts with calendars, and shares a calendar that is there already', async () => {
    const { status, json } = await control(server, 'POST', '/accounts', {
      email: 'bob@example.com',
      calendars: [
        { name: 'Bob', timezone: 'Europe/Berlin' },
        { name: 'Team', timezone: 'Europe/Berlin' },
        { id: 'company-holidays@group.calendar.google.com', name: 'ignored', timezone: 'UTC' },
      ],
    });
    expect(status).toBe(201);
    expect(json.calendars).toMatchObject([
      { id: 'bob@example.com', primary: true, accessRole: 'owner', timezone: 'Europe/Berlin' },
      { id: expect.stringMatching(/^c_[0-9a-f]+@group\.calendar\.google\.com$/), accessRole: 'owner' },
      { name: 'Company holidays', accessRole: 'reader' },
    ]);
    expect((await control(server, 'GET', '/accounts')).json.accounts).toHaveLength(3);
  });

  it('takes a calendar from one account or from all', async () => {
    const api = calendarApi(server, (await connect(server, ADA)).accessToken);
    const ids = async () =>
      (await api('GET', '/users/me/calendarList')).json.items.map(
        ({ id }: { id: string }) => id.split('@')[0],
      );
    await control(server, 'DELETE', `/accounts/${ADA}/calendars/company-holidays@group.calendar.google.com`);
    expect(await ids()).toEqual(['ada', 'ada-projects']);
    await control(server, 'DELETE', '/calendars/ada-projects@group.calendar.google.com');
    expect(await ids()).toEqual(['ada']);
    expect((await api('GET', '/calendars/ada-projects@group.calendar.google.com/events')).status).toBe(404);
  });

  it('shows, seeds, deletes and forgets events', async () => {
    const path = '/calendars/ada-projects@group.calendar.google.com/events';
    const seeded = await control(server, 'POST', path, EVENT);
    expect([seeded.status, seeded.json]).toEqual([201, { ids: [EVENT.id] }]);
    const before = (await control(server, 'GET', path)).json;
    await control(server, 'DELETE', `${path}/${EVENT.id}`);
    const after = (await control(server, 'GET', path)).json;
    expect([before.live - after.live, after.events.length]).toEqual([1, before.events.length]);
    await control(server, 'DELETE', path);
    expect((await control(server, 'GET', path)).json).toEqual({ live: 0, events: [] });
  });

  it('ends access tokens, and separately whole grants', async () => {
    const { accessToken, refreshToken } = await connect(server, ADA);
    const api = calendarApi(server, accessToken);
    expect((await control(server, 'POST', '/tokens/expire', { account: ADA })).json).toEqual({ expired: 1 });
    expect((await api('GET', '/users/me/calendarList')).status).toBe(401);
    expect((await refresh(server, refreshToken)).status).toBe(200);
    expect((await control(server, 'POST', '/tokens/revoke', { account: ADA })).json).toEqual({ revoked: 1 });
    expect((await refresh(server, refreshToken)).json.error_description).toBe(
      'Token has been expired or revoked.',
    );
  });

  it('consents for a person, with fewer scopes or not at all', async () => {
    const authorization_url = authorizationUrl(server);
    const some = await control(server, 'POST', '/consent', {
      authorization_url,
      account: ADA,
      scopes: ['email'],
    });
    const { json } = await exchange(server, new URL(some.json.redirect_url).searchParams.get('code'));
    expect(json.scope).toBe('openid https://www.googleapis.com/auth/userinfo.email');
    const none = await control(server, 'POST', '/consent', { authorization_url, deny: true });
    expect(new URL(none.json.redirect_url).searchParams.get('error')).toBe('access_denied');
  });

  it('logs calls without a single secret', async () => {
    const { accessToken, refreshToken } = await connect(server, ADA);
    await calendarApi(server, accessToken)('GET', '/calendars/primary/events/unknown1');
    await call(`${server.url}/calendar/v3/freeBusy`, {
      method: 'POST',
      headers: { authorization: 'Bearer undefined' },
    });
    await refresh(server, refreshToken);
    const { json, text } = await control(server, 'GET', '/requests');
    expect(json.counts).toEqual({ 'token.code': 1, 'events.get': 1, freeBusy: 1, 'token.refresh': 1 });
    expect(json.requests[1]).toEqual({
      at: '2027-01-08T12:00:00.000Z',
      endpoint: 'events.get',
      method: 'GET',
      path: '/calendar/v3/calendars/primary/events/unknown1',
      account: ADA,
      calendar_ids: ['primary'],
      event_id: 'unknown1',
      authorization: 'bearer',
      send_updates: null,
      status: 404,
      committed: false,
      faults: [],
    });
    expect(json.requests[2].authorization).toBe('broken');
    for (const secret of [accessToken, refreshToken, 'sandbox-secret']) expect(text).not.toContain(secret);
    expect(
      (await control(server, 'GET', '/requests?endpoint=token&account=ada@example.com')).json.count,
    ).toBe(2);
    await control(server, 'DELETE', '/requests');
    expect((await control(server, 'GET', '/requests')).json.count).toBe(0);
  });

  it('lists and switches off faults', async () => {
    const { json } = await control(server, 'POST', '/faults', { effect: 'backendError500', times: 3 });
    expect((await control(server, 'GET', '/faults')).json.faults).toMatchObject([
      { id: json.id, times: 3, struck: 0 },
    ]);
    expect((await control(server, 'DELETE', `/faults/${json.id}`)).status).toBe(200);
    expect((await control(server, 'DELETE', `/faults/${json.id}`)).status).toBe(404);
    expect((await control(server, 'GET', '/faults')).json.faults).toEqual([]);
  });

  it('changes the secret of a client, so that the old one is refused', async () => {
    const { refreshToken } = await connect(server, ADA);
    await control(server, 'POST', '/settings', { client_secret: 'another' });
    expect((await refresh(server, refreshToken)).json.error).toBe('invalid_client');
  });

  it.each([
    ['POST', '/accounts', { calendars: [] }, 400, 'email'],
    ['POST', '/accounts', { email: 'nobody' }, 400, 'email'],
    ['POST', '/accounts', { email: ADA }, 409, 'email'],
    [
      'POST',
      '/accounts',
      { email: 'x@y.z', calendars: [{ name: 'X', timezone: 'Mars' }] },
      400,
      'calendars[0].timezone',
    ],
    ['POST', '/accounts', { email: 'x@y.z', calendars: [{ timezone: 'UTC' }] }, 400, 'calendars[0].name'],
    ['POST', '/accounts/no@body.x/calendars', { name: 'X', timezone: 'UTC' }, 404, 'email'],
    ['POST', `/calendars/${ADA}/events`, { summary: 'No times' }, 400, 'event'],
    ['POST', `/calendars/${ADA}/events`, [{ start: 'soon' }], 400, '[0].start'],
    ['GET', '/calendars/none/events', undefined, 404, 'id'],
    ['POST', '/faults', {}, 400, 'effect'],
    ['POST', '/faults', { effect: 'no-such-preset' }, 400, 'effect'],
    ['POST', '/faults', { effect: { kind: 'constructor' } }, 400, 'effect.kind'],
    ['POST', '/faults', { effect: { kind: 'respond' } }, 400, 'effect.status'],
    ['POST', '/faults', { effect: { kind: 'respond', status: 99 } }, 400, 'effect.status'],
    [
      'POST',
      '/faults',
      { effect: { kind: 'accept_then', answer: { kind: 'drip' } } },
      400,
      'effect.answer.kind',
    ],
    ['POST', '/faults', { endpoint: 'nothing', effect: 'forbidden403' }, 400, 'endpoint'],
    ['POST', '/faults', { times: -1, effect: 'forbidden403' }, 400, 'times'],
    ['POST', '/faults', { probability: 2, effect: 'forbidden403' }, 400, 'probability'],
    ['POST', '/tokens/expire', {}, 400, 'account'],
    ['POST', '/tokens/revoke', { account: 'no@body.x' }, 404, 'account'],
    ['POST', '/consent', { authorization_url: 'nonsense', account: ADA }, 400, 'authorization_url'],
    [
      'POST',
      '/consent',
      { authorization_url: 'http://x/?client_id=1', account: ADA },
      400,
      'authorization_url',
    ],
    ['POST', '/settings', { access_token_lifetime_seconds: 'long' }, 400, 'access_token_lifetime_seconds'],
    ['GET', '/requests?status=200', undefined, 400, 'status'],
    ['PUT', '/requests', {}, 404, 'path'],
  ])('%s %s refuses %j with %i, naming %s', async (method, path, body, status, field) => {
    const answer = await control(server, method, path, body);
    expect([answer.status, answer.json.error.field]).toEqual([status, field]);
    expect(answer.json.error.message).toEqual(expect.any(String));
  });

  it('says that a body is no JSON', async () => {
    const answer = await call(`${server.url}/sandbox/faults`, { method: 'POST', body: '{' });
    expect([answer.status, answer.json.error.field]).toEqual([400, 'body']);
  });
});

describe('the demo', () => {
  it('fills the coming weekdays, and always the same way', async () => {
    const other = await startGoogleServer({ seed: 'demo', clock });
    const path = `/calendars/${ADA}/events`;
    const events = (await control(server, 'GET', path)).json.events;
    expect(events).toEqual((await control(other, 'GET', path)).json.events);
    await other.close();
    const days = new Set(
      events.map(({ start }: { start: { dateTime: string } }) => start.dateTime.slice(0, 10)),
    );
    expect(
      [...days]
        .map(String)
        .sort((one, next) => one.localeCompare(next))
        .slice(0, 6),
    ).toEqual(['2027-01-11', '2027-01-12', '2027-01-13', '2027-01-14', '2027-01-15', '2027-01-18']);
  });

  it('has busy, free, declined and all-day time', async () => {
    const api = calendarApi(server, (await connect(server, ADA)).accessToken);
    const holidays = 'company-holidays@group.calendar.google.com';
    const { json } = await api('POST', '/freeBusy', {
      timeMin: '2027-01-12T00:00:00-05:00',
      timeMax: '2027-01-16T00:00:00-05:00',
      timeZone: 'America/New_York',
      items: [{ id: ADA }, { id: holidays }],
    });
    const startOf = ({ start }: { start: string }) => start.slice(8, 16);
    expect(json.calendars[ADA].busy.map(startOf)).toEqual(['12T09:30', '13T09:30', '14T09:30', '15T09:30']);
    expect(json.calendars[holidays].busy.map(startOf)).toEqual(['15T00:00']);
  });
});
