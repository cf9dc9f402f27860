import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { BusyRead, NewEvent } from '../../src/calendars/calendar-provider.js';
import type { Effect, FaultSpec } from '../../src/sandbox/faults/fault.js';
import { ProviderError, type Failure } from '../../src/shared/failure.js';
import { googleWorld } from './google-world.js';

const MAIN = 'ada@example.com';
const TEAM = 'team@example.com';
const START = Date.UTC(2027, 2, 10, 9);
const HOUR = { startAt: START, endAt: START + 3_600_000 };

const EVENT: NewEvent = {
  id: 'booking0001',
  bookingId: '11111111-1111-4111-8111-111111111111',
  ...HOUR,
  timezone: 'America/New_York',
  title: 'Consultation',
  description: 'Bring the plans',
  location: '12 Main Street',
  attendee: { email: 'guest@example.com', name: null },
  createMeetLink: false,
};

let world: Awaited<ReturnType<typeof googleWorld>>;

beforeEach(async () => {
  world = await googleWorld();
  for (const externalId of [MAIN, TEAM])
    world.addCalendar({ externalId, name: externalId, timezone: 'UTC', accessRole: 'owner' });
  world.addEvent(MAIN, HOUR);
});

afterEach(() => world.close());

const strike = (effect: FaultSpec['effect'], more: Partial<FaultSpec> = {}): void =>
  void world.google.state.faults.add({ ...more, effect });

const read = (): Promise<ReadonlyMap<string, BusyRead>> =>
  world.provider.busy(world.access, [MAIN, TEAM], { startAt: START, endAt: START + 86_400_000 });

async function failureOf(call: Promise<unknown>): Promise<Failure> {
  const error: unknown = await call.then(
    () => new Error('The call succeeded.'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof ProviderError) return error.failure;
  throw error;
}

describe('an event as Google gets it', () => {
  it('carries our id, the booking, the zone and everything a guest should read', async () => {
    await world.provider.insertEvent(world.access, MAIN, EVENT);
    expect(world.google.state.events.find(MAIN, EVENT.id)?.resource).toMatchObject({
      id: EVENT.id,
      summary: 'Consultation',
      description: 'Bring the plans',
      location: '12 Main Street',
      start: { timeZone: 'America/New_York' },
      attendees: [{ email: 'guest@example.com' }],
      extendedProperties: { private: { slotkeeper_booking_id: EVENT.bookingId } },
    });
    expect(world.google.state.events.find(MAIN, EVENT.id)).toMatchObject(HOUR);
  });

  it('is no event to move once it is cancelled, even if the answer to the move is friendly', async () => {
    const body = { kind: 'calendar#event', id: EVENT.id, status: 'cancelled' };
    strike({ kind: 'respond', status: 200, body }, { endpoint: 'events.patch' });
    const to = { ...HOUR, timezone: 'America/New_York' };
    expect(await world.provider.moveEvent(world.access, MAIN, EVENT.id, to)).toBeNull();
  });

  it('is told to the guest when it is made and when it is deleted', async () => {
    await world.provider.insertEvent(world.access, MAIN, EVENT);
    await world.provider.deleteEvent(world.access, MAIN, EVENT.id);
    const told = world.google.state.requests.list({ endpoint: 'events' }).map((one) => one.send_updates);
    expect(told).toEqual(['all', 'all']);
  });

  it('has no meet link yet while Google still makes it, and has it at a later look', async () => {
    world.google.state.settings.meet_links = 'delayed';
    const made = await world.provider.insertEvent(world.access, MAIN, { ...EVENT, createMeetLink: true });
    expect(made).toMatchObject({ event: { meetLink: null } });
    const found = await world.provider.findEvent(world.access, MAIN, EVENT.id);
    expect(found?.meetLink).toMatch(/^https:\/\/meet\.google\.com\//);
  });

  it('is written all the same when Google makes no meet link', async () => {
    world.google.state.settings.meet_links = 'failing';
    const made = await world.provider.insertEvent(world.access, MAIN, { ...EVENT, createMeetLink: true });
    expect(made).toMatchObject({ event: { id: EVENT.id, meetLink: null } });
  });
});

describe('a free/busy answer that is not what was asked for (F25, F26)', () => {
  it.each(['notFound', 'internalError', 'groupTooBig', 'tooManyCalendarsRequested', 'neverHeardOf'])(
    'fails a calendar with the reason %s, and it alone',
    async (reason) => {
      strike({ kind: 'calendar_error', reason }, { calendar: TEAM });
      const reads = await read();
      expect(reads.get(MAIN)).toEqual({ busy: [HOUR], failure: null });
      expect(reads.get(TEAM)?.failure).toMatchObject({
        code: reason,
        category: reason === 'notFound' ? 'calendar_not_found' : 'connection_error',
        needsReauth: false,
        retryable: reason === 'internalError',
      });
    },
  );

  it('fails a calendar that it leaves out, and it alone', async () => {
    strike({ kind: 'omit_calendar' }, { calendar: TEAM });
    const reads = await read();
    expect(reads.get(MAIN)?.failure).toBeNull();
    expect(reads.get(TEAM)?.failure).toMatchObject({
      category: 'connection_error',
      code: 'calendar_missing',
    });
  });

  it.each([{}, null, [], 'nothing', 7])('fails every calendar when `calendars` is %j', async (value) => {
    strike({ kind: 'calendars_value', value });
    expect([...(await read()).values()].map(({ failure }) => failure?.code)).toEqual([
      'calendar_missing',
      'calendar_missing',
    ]);
  });

  it('matches ids that come back in capital letters', async () => {
    strike({ kind: 'upper_case_ids' });
    expect((await read()).get(MAIN)).toEqual({ busy: [HOUR], failure: null });
  });

  it('keeps the good periods beside malformed ones', async () => {
    strike(
      { kind: 'busy_entries', entries: [{ start: 'garbage', end: '2027-03-10T12:00:00Z' }] },
      { calendar: MAIN },
    );
    expect((await read()).get(MAIN)).toMatchObject({ busy: [HOUR], failure: { category: 'malformed_data' } });
  });
});

describe('a call that fails as a whole', () => {
  const cases: [string, FaultSpec['effect'], Partial<Failure>][] = [
    ['a server error', 'backendError500', { category: 'connection_error', httpStatus: 500, retryable: true }],
    [
      'a page of a gateway',
      'badGateway502Html',
      { category: 'connection_error', httpStatus: 502, retryable: true },
    ],
    [
      'a rate limit in a 403',
      'rateLimitExceeded403',
      { category: 'rate_limited', httpStatus: 403, retryable: true },
    ],
    ['a rate limit in a 429', 'tooMany429', { category: 'rate_limited', httpStatus: 429, retryable: true }],
    [
      'a used-up quota',
      'quotaExceeded',
      { category: 'rate_limited', actor: 'operator', retryable: false, retryAfterMs: 900_000 },
    ],
    [
      'a missing scope',
      'insufficientScope403',
      { category: 'permission_error', code: 'insufficient_scope', needsReauth: true },
    ],
    [
      'a switched-off API',
      'accessNotConfigured403',
      { category: 'provider_misconfigured', actor: 'operator', needsReauth: false },
    ],
    [
      'a 403 of the calendar',
      'forbidden403',
      { category: 'permission_error', needsReauth: false, retryable: false },
    ],
    ['a page in place of JSON', 'captivePortal200Html', { code: 'malformed_answer', retryable: true }],
    ['an empty 204', 'empty204', { code: 'malformed_answer', retryable: true }],
    ['JSON that is cut off', { kind: 'truncate' }, { code: 'malformed_answer', retryable: true }],
    [
      'a list in place of an object',
      { kind: 'respond', status: 200, body: [1] },
      { code: 'malformed_answer' },
    ],
    [
      'a body without end',
      { kind: 'respond', status: 200, body: `{"calendars":{},"x":"${'x'.repeat(17_000_000)}"}` },
      { code: 'malformed_answer' },
    ],
    [
      'an address elsewhere',
      { kind: 'respond', status: 302, headers: { location: '/calendar/v3/users/me/calendarList' } },
      { code: 'http_302', category: 'connection_error', needsReauth: false, retryable: false },
    ],
    ['a connection that is cut', { kind: 'reset' }, { code: 'network', httpStatus: null, retryable: true }],
    [
      'an answer cut after its headers',
      { kind: 'reset', after: 'headers' },
      { httpStatus: null, retryable: true },
    ],
  ];

  it.each(cases)('is judged: %s', async (_, effect, expected) => {
    strike(effect, { endpoint: 'freeBusy' });
    expect(await failureOf(read())).toMatchObject({ timedOut: false, ...expected });
  });

  it('tells how long to wait', async () => {
    strike({ kind: 'preset', name: 'unavailable503', retry_after: 2 });
    expect(await failureOf(read())).toMatchObject({ retryAfterMs: 2000, retryable: true });
  });

  it.each<[string, Effect]>([
    ['no answer at all', { kind: 'hang' }],
    ['a body that never ends', { kind: 'stall' }],
    ['a body that drips', { kind: 'drip', ms: 50, bytes: 1 }],
  ])('ends when its time is up: %s', async (_, effect) => {
    strike(effect);
    const access = { ...world.access, signal: AbortSignal.timeout(100) };
    const failure = await failureOf(world.provider.busy(access, [MAIN], HOUR));
    expect(failure).toMatchObject({ category: 'connection_error', timedOut: true, retryable: false });
  });

  it('is one call: the caller owns the repeats', async () => {
    strike('unavailable503');
    for (const call of [
      read(),
      world.provider.calendars(world.access),
      world.provider.findEvent(world.access, MAIN, 'x0001'),
    ])
      await failureOf(call);
    expect(world.google.state.requests.countsByEndpoint({})).toMatchObject({
      freeBusy: 1,
      'calendarList.list': 1,
      'events.get': 1,
    });
  });

  it('carries nothing of the request: no token, no body of the answer', async () => {
    strike('captivePortal200Html');
    const error: unknown = await read().catch((thrown: unknown) => thrown);
    const text = JSON.stringify(error, Object.getOwnPropertyNames(error));
    expect(text).not.toContain(world.access.accessToken.reveal());
    expect(text).not.toContain('Sign in');
  });
});

describe('a long window', () => {
  it('is asked for in parts of at most 90 days', async () => {
    const window = { startAt: START, endAt: START + 200 * 86_400_000 };
    await world.provider.busy(world.access, [MAIN], window);
    expect(world.google.state.requests.count({ endpoint: 'freeBusy' })).toBe(3);
  });

  it('is unknown as a whole when one of its parts fails', async () => {
    strike({ kind: 'calendar_error', reason: 'notFound' }, { calendar: MAIN, skip: 1, times: 1 });
    const window = { startAt: START, endAt: START + 200 * 86_400_000 };
    const reads = await world.provider.busy(world.access, [MAIN], window);
    expect(reads.get(MAIN)?.failure).toMatchObject({ category: 'calendar_not_found' });
  });
});

describe('an answer about another event', () => {
  const other = { id: 'booking0002', status: 'confirmed' };

  it.each<[string, () => Promise<unknown>]>([
    ['insert', () => world.provider.insertEvent(world.access, MAIN, EVENT)],
    ['look', () => world.provider.findEvent(world.access, MAIN, EVENT.id)],
    ['move', () => world.provider.moveEvent(world.access, MAIN, EVENT.id, EVENT)],
  ])('is none to an %s: nothing may be done to an event that is not ours', async (_, call) => {
    strike({ kind: 'respond', status: 200, body: other });
    expect(await failureOf(call())).toMatchObject({
      code: 'malformed_answer',
      reason: 'event',
      retryable: true,
    });
  });

  it('is none to an insert when it says that the event is cancelled', async () => {
    strike({ kind: 'respond', status: 200, body: { id: EVENT.id, status: 'cancelled' } });
    expect(await failureOf(world.provider.insertEvent(world.access, MAIN, EVENT))).toMatchObject({
      code: 'malformed_answer',
    });
  });
});

describe('an odd calendar list', () => {
  it('is no list when its items are none', async () => {
    strike({ kind: 'respond', status: 200, body: { items: 'none' } });
    expect(await failureOf(world.provider.calendars(world.access))).toMatchObject({
      code: 'malformed_answer',
    });
  });

  it('is given up when its pages never end', async () => {
    strike({ kind: 'respond', status: 200, body: { items: [], nextPageToken: 'again' } });
    expect(await failureOf(world.provider.calendars(world.access))).toMatchObject({
      reason: 'endless_paging',
    });
  });

  it('is no list when an entry has no id: the calendar behind it would count as gone', async () => {
    strike({
      kind: 'respond',
      status: 200,
      body: { items: [{ id: 'x@example.com' }, { summary: 'nobody' }] },
    });
    expect(await failureOf(world.provider.calendars(world.access))).toMatchObject({
      reason: 'calendar_list',
    });
  });

  it('has each calendar once, and what is odd about it is read as best it can', async () => {
    const items = [
      { id: 'x@example.com' },
      { id: 'x@example.com', timeZone: 'Mars/Base', summary: 'X', summaryOverride: 'My X' },
      { id: 'gone@example.com', deleted: true },
    ];
    strike({ kind: 'respond', status: 200, body: { items } });
    expect(await world.provider.calendars(world.access)).toEqual([
      { externalId: 'x@example.com', name: 'My X', timezone: 'UTC', accessRole: 'unknown', primary: false },
    ]);
  });
});
