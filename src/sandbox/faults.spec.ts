import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { FaultSpec } from './faults/fault.js';
import { PRESETS } from './faults/presets.js';
import { startGoogleServer, type GoogleServer } from './google-server.js';
import { calendarApi, connect, control, EVENT, refresh, type CalendarApi } from './spec-support.js';

const ADA = 'ada@example.com';
const GRACE = 'grace@example.com';
const PATH = `/calendars/primary/events/${EVENT.id}`;
let server: GoogleServer;
let ada: CalendarApi;
let grace: CalendarApi;
let refreshToken: string;

beforeAll(async () => {
  server = await startGoogleServer();
  for (const email of [ADA, GRACE]) {
    const calendars = [
      { name: email, timezone: 'UTC' },
      { id: `second-of-${email}`, name: 'Second', timezone: 'UTC' },
    ];
    await control(server, 'POST', '/accounts', { email, calendars });
  }
  const connected = await connect(server, ADA);
  refreshToken = connected.refreshToken;
  ada = calendarApi(server, connected.accessToken);
  grace = calendarApi(server, (await connect(server, GRACE)).accessToken);
});

beforeEach(async () => {
  await control(server, 'DELETE', '/faults');
  await control(server, 'DELETE', '/requests');
  await control(server, 'DELETE', `/calendars/${ADA}/events`);
});

afterAll(() => server.close());

const fault = (spec: FaultSpec) => server.state.faults.add(spec);
const list = (api: CalendarApi) => api('GET', '/users/me/calendarList');
const freeBusy = (api: CalendarApi, ids: readonly string[] = ['primary']) =>
  api('POST', '/freeBusy', {
    timeMin: '2027-03-10T00:00:00Z',
    timeMax: '2027-03-11T00:00:00Z',
    items: ids.map((id) => ({ id })),
  });
const insert = (api: CalendarApi) => api('POST', '/calendars/primary/events', EVENT);
const isStored = () => server.state.events.find(ADA, EVENT.id) !== undefined;
const lastRequest = () => server.state.requests.list().at(-1);

/** Resolves as soon as `condition` holds; the test's own limit ends a wait that never does. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** A call that is given up as soon as the stand-in has taken it. */
async function abandon(
  start: (signal: AbortSignal) => Promise<unknown>,
  taken: () => boolean,
): Promise<void> {
  const controller = new AbortController();
  const failed = expect(start(controller.signal)).rejects.toThrow();
  await until(taken);
  controller.abort();
  await failed;
}

const insertWith = (signal: AbortSignal) => {
  const token = [...server.state.tokens.accessTokens.values()].find(({ account }) => account === ADA)?.token;
  return fetch(`${server.url}/calendar/v3/calendars/primary/events`, {
    method: 'POST',
    signal,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(EVENT),
  });
};

describe('which calls a fault strikes', () => {
  it('goes by account', async () => {
    fault({ account: ADA, effect: 'backendError500' });
    expect((await list(ada)).status).toBe(500);
    expect((await list(grace)).status).toBe(200);
  });

  it('goes by endpoint or family of endpoints', async () => {
    fault({ endpoint: 'events', effect: 'backendError500' });
    fault({ endpoint: 'token', effect: 'internal_failure500' });
    expect((await list(ada)).status).toBe(200);
    expect((await insert(ada)).status).toBe(500);
    expect((await refresh(server, refreshToken)).status).toBe(500);
  });

  it('goes by calendar, also when the client says primary', async () => {
    fault({ calendar: ADA, effect: 'notFound404' });
    expect((await insert(ada)).status).toBe(404);
    expect((await freeBusy(ada, ['primary'])).status).toBe(404);
    expect((await freeBusy(ada, [`second-of-${ADA}`])).status).toBe(200);
  });

  it('counts: lets some pass, strikes some, then rests', async () => {
    fault({ endpoint: 'calendarList', skip: 1, times: 2, effect: 'rateLimitExceeded403' });
    const statuses: number[] = [];
    for (let at = 0; at < 5; at += 1) statuses.push((await list(ada)).status);
    expect(statuses).toEqual([200, 403, 403, 200, 200]);
    expect(server.state.faults.list()[0]).toMatchObject({ matched: 5, struck: 2 });
  });

  it('may be left to chance, and the same chance each run', async () => {
    const run = async () => {
      server.state.faults.clear();
      fault({ probability: 0.5, effect: 'backendError500' });
      const statuses: number[] = [];
      for (let at = 0; at < 12; at += 1) statuses.push((await list(ada)).status);
      return statuses;
    };
    const first = await run();
    expect(new Set(first)).toEqual(new Set([200, 500]));
    expect(await run()).toEqual(first);
  });

  it('lets the oldest fault end a call, without spending the others', async () => {
    fault({ times: 1, effect: 'backendError500' });
    fault({ times: 1, effect: 'forbidden403' });
    expect([(await list(ada)).status, (await list(ada)).status, (await list(ada)).status]).toEqual([
      500, 403, 200,
    ]);
  });
});

describe('a fixed answer', () => {
  it.each(Object.entries(PRESETS))('%s has the status and body that its name says', async (name, preset) => {
    const { json } = await control(server, 'POST', '/faults', { effect: name });
    expect(json.id).toEqual(expect.any(String));
    const answer = await insert(ada);
    expect(answer.status).toBe(preset.status);
    const body: unknown = 'body' in preset ? preset.body : '';
    expect(typeof body === 'string' ? answer.text : answer.json).toEqual(body);
    expect(isStored()).toBe(false);
  });

  it('carries the Retry-After it is given', async () => {
    fault({ effect: { kind: 'preset', name: 'tooMany429', retry_after: 86_400 } });
    const { status, headers } = await list(ada);
    expect([status, headers.get('retry-after')]).toEqual([429, '86400']);
  });

  it('may be any status, headers and text at all', async () => {
    const effect = {
      kind: 'respond',
      status: 207,
      body: '{"access_token":',
      headers: { 'x-odd': 'yes' },
    } as const;
    fault({ effect });
    const { status, text, headers } = await list(ada);
    expect([status, text, headers.get('x-odd')]).toEqual([207, '{"access_token":', 'yes']);
  });

  it('may be a page', async () => {
    fault({ effect: { kind: 'html', status: 503 } });
    const { status, text, headers } = await list(ada);
    expect([status, headers.get('content-type')]).toEqual([503, 'text/html; charset=UTF-8']);
    expect(text).toContain('Error 503');
  });

  it('may be the end of a refresh token, which then is not really gone', async () => {
    fault({ endpoint: 'token.refresh', account: ADA, times: 1, effect: { kind: 'invalid_grant' } });
    const dead = await refresh(server, refreshToken);
    expect(dead.status).toBe(400);
    expect(dead.json).toEqual({
      error: 'invalid_grant',
      error_description: 'Token has been expired or revoked.',
    });
    expect((await refresh(server, refreshToken)).status).toBe(200);
  });
});

describe('a damaged answer', () => {
  it('may be cut JSON that HTTP calls complete', async () => {
    fault({ effect: { kind: 'truncate', bytes: 13 } });
    const { status, text } = await list(ada);
    expect([status, text]).toEqual([200, '{\n "kind": "c']);
  });

  it('may have fields replaced and left out', async () => {
    fault({
      endpoint: 'token.refresh',
      effect: { kind: 'patch_body', set: { expires_in: '3599' }, unset: ['scope'] },
    });
    const { json } = await refresh(server, refreshToken);
    expect(json).toMatchObject({ expires_in: '3599', token_type: 'Bearer' });
    expect(json.scope).toBeUndefined();
  });

  it('may drip', async () => {
    fault({ effect: { kind: 'drip', ms: 1, bytes: 100 } });
    const chunks: number[] = [];
    const token = [...server.state.tokens.accessTokens.keys()][0];
    await new Promise<void>((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}` };
      httpRequest(`${server.url}/calendar/v3/users/me/calendarList`, { headers }, (response) => {
        response.on('data', (chunk: Buffer) => chunks.push(chunk.length));
        response.on('end', resolve);
      })
        .on('error', reject)
        .end();
    });
    expect(chunks.length).toBeGreaterThan(3);
  });

  it('may stop half way and leave the socket open', async () => {
    fault({ effect: { kind: 'stall' } });
    const controller = new AbortController();
    const token = [...server.state.tokens.accessTokens.keys()][0];
    const headers = { authorization: `Bearer ${token}` };
    const url = `${server.url}/calendar/v3/users/me/calendarList`;
    const response = await fetch(url, { headers, signal: controller.signal });
    const reader = response.body?.getReader();
    expect((await reader?.read())?.value?.length).toBeGreaterThan(10);
    const rest = expect(reader?.read()).rejects.toThrow();
    controller.abort();
    await rest;
  });
});

describe('an answer that does not come', () => {
  it('may be a socket cut before anything happened', async () => {
    fault({ effect: { kind: 'reset' } });
    await expect(insert(ada)).rejects.toThrow();
    expect(isStored()).toBe(false);
    expect(lastRequest()).toMatchObject({ status: null, committed: false });
  });

  it('may be a socket cut after the headers', async () => {
    fault({ effect: { kind: 'reset', after: 'headers' } });
    await expect(insert(ada)).rejects.toThrow();
    expect(lastRequest()).toMatchObject({ status: 200, committed: true });
  });

  it('may be a socket cut after the event was stored', async () => {
    fault({ effect: { kind: 'reset', after: 'commit' } });
    await expect(insert(ada)).rejects.toThrow();
    expect(lastRequest()).toMatchObject({ status: null, committed: true });
    expect(isStored()).toBe(true);
  });

  it('may hang until the client gives up', async () => {
    fault({ effect: { kind: 'hang' } });
    await abandon(insertWith, () => server.state.requests.count() === 1);
    expect(isStored()).toBe(false);
  });

  it('may hang for a while and then cut the socket', async () => {
    fault({ effect: { kind: 'hang', ms: 5 } });
    await expect(list(ada)).rejects.toThrow();
  });

  it('may only be late', async () => {
    fault({ effect: { kind: 'latency', ms: 30 } });
    const before = performance.now();
    expect((await list(ada)).status).toBe(200);
    expect(performance.now() - before).toBeGreaterThanOrEqual(29);
  });
});

describe('an operation that takes effect all the same', () => {
  it('is there although the call hangs', async () => {
    fault({ endpoint: 'events.insert', times: 1, effect: { kind: 'accept_then' } });
    await abandon(insertWith, isStored);
    const again = await insert(ada);
    expect([again.status, again.json.error.errors[0].reason]).toEqual([409, 'duplicate']);
  });

  it('is there although a 503 was answered', async () => {
    const answer = { kind: 'respond', status: 503, body: '' } as const;
    fault({ endpoint: 'events.insert', effect: { kind: 'accept_then', answer } });
    expect((await insert(ada)).status).toBe(503);
    expect((await ada('GET', PATH)).json.status).toBe('confirmed');
  });

  it('does not make an effect out of a refusal', async () => {
    fault({
      endpoint: 'events.insert',
      effect: { kind: 'accept_then', answer: { kind: 'html', status: 502 } },
    });
    expect((await ada('POST', '/calendars/primary/events', { id: EVENT.id })).status).toBe(502);
    expect(isStored()).toBe(false);
  });

  it('may take effect long after the answer', async () => {
    const effect = { kind: 'late_commit', ms: 500, answer: { kind: 'html', status: 504 } } as const;
    fault({ endpoint: 'events.insert', times: 1, effect });
    expect((await insert(ada)).status).toBe(504);
    expect(isStored()).toBe(false);
    expect((await ada('GET', PATH)).status).toBe(404);
    await until(isStored);
    expect((await ada('GET', PATH)).status).toBe(200);
  });

  it('keeps one event when the retry wins over the late one', async () => {
    fault({
      endpoint: 'events.insert',
      times: 1,
      effect: { kind: 'late_commit', ms: 500, answer: { kind: 'reset' } },
    });
    await expect(insert(ada)).rejects.toThrow();
    const { json } = await insert(ada);
    await until(() => server.state.requests.list({ endpoint: 'events.insert' })[0]?.committed === true);
    expect((await ada('GET', PATH)).json.etag).toBe(json.etag);
    expect(server.state.events.list(ADA)).toHaveLength(1);
  });

  it('may be missed by reads for a while, but not by writes', async () => {
    fault({ endpoint: 'events.insert', times: 1, effect: { kind: 'read_lag', ms: 60_000 } });
    expect((await insert(ada)).status).toBe(200);
    expect((await ada('GET', PATH)).status).toBe(404);
    expect((await ada('GET', '/calendars/primary/events')).json.items).toEqual([]);
    expect((await freeBusy(ada)).json.calendars.primary.busy).toEqual([]);
    expect((await insert(ada)).status).toBe(409);
  });

  it('may be missed by one kind of read only', async () => {
    await insert(ada);
    fault({ endpoint: 'events.get', times: 1, effect: { kind: 'read_lag', ms: 60_000 } });
    expect((await ada('GET', PATH)).status).toBe(404);
    expect((await ada('GET', PATH)).status).toBe(200);
  });
});

describe('faults inside a free/busy answer', () => {
  const both = [ADA, `second-of-${ADA}`];

  it('may be an error for one calendar', async () => {
    fault({ calendar: ADA, effect: { kind: 'calendar_error', reason: 'internalError' } });
    expect((await freeBusy(ada, both)).json.calendars).toEqual({
      [ADA]: { errors: [{ domain: 'global', reason: 'internalError' }], busy: [] },
      [`second-of-${ADA}`]: { busy: [] },
    });
  });

  it('is not spent on calls of another kind', async () => {
    fault({ times: 1, effect: { kind: 'omit_calendar' } });
    await list(ada);
    expect((await freeBusy(ada)).json.calendars).toEqual({});
  });

  it('may leave a calendar out, or write ids in capitals', async () => {
    fault({ calendar: ADA, effect: { kind: 'omit_calendar' } });
    fault({ effect: { kind: 'upper_case_ids' } });
    expect(Object.keys((await freeBusy(ada, both)).json.calendars)).toEqual([
      `SECOND-OF-${ADA.toUpperCase()}`,
    ]);
  });

  it('may put malformed entries among the good ones', async () => {
    await control(server, 'POST', `/calendars/${ADA}/events`, {
      start: { dateTime: '2027-03-10T10:00:00Z' },
      end: { dateTime: '2027-03-10T11:00:00Z' },
    });
    const entries = [
      null,
      7,
      { start: 'garbage', end: '2027-03-10T10:00:00Z' },
      { start: '2027-03-10T10:00:00Z' },
    ];
    await control(server, 'POST', '/faults', { calendar: ADA, effect: { kind: 'busy_entries', entries } });
    const { json } = await freeBusy(ada);
    expect(json.calendars.primary.busy).toEqual([
      { start: '2027-03-10T10:00:00Z', end: '2027-03-10T11:00:00Z' },
      ...entries,
    ]);
  });

  it.each([[null], [{}], ['text'], [[]]])('may have %j in place of the calendars', async (value) => {
    await control(server, 'POST', '/faults', { effect: { kind: 'calendars_value', value } });
    expect((await freeBusy(ada)).json.calendars).toEqual(value);
  });
});
