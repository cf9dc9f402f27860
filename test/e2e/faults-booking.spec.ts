import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { FaultSpec } from '../../src/sandbox/faults/fault.js';
import {
  at,
  bookingScene,
  Caller,
  eventually,
  liveEvents,
  mainOf,
  type Scene,
} from '../support/booking-scene.js';
import { startService, type Service } from '../support/service.js';

const DEADLINE_MS = 1500;

let scene: Scene;
/** The process that runs the jobs. */
let worker: Service;

beforeAll(async () => {
  scene = await bookingScene({ BOOKING_DEADLINE_MS: String(DEADLINE_MS) });
  worker = await startService({
    databaseUrl: scene.database.url,
    google: scene.google,
    env: { SCHEDULER_ENABLED: 'true', RECONCILE_CRON: '* * * * * *', LOG_LEVEL: 'info' },
  });
});

afterAll(async () => {
  await worker?.stop();
  await scene?.close();
});

beforeEach(() => {
  scene.google.state.faults.clear();
  scene.google.state.requests.clear();
});

const { faults, requests } = {
  faults: () => scene.google.state.faults,
  requests: (endpoint: string) => scene.google.state.requests.count({ endpoint }),
};

const caller = async (configuration = {}, accounts = 1): Promise<Caller> =>
  new Caller(scene.service, await scene.world(configuration, accounts));

/** Makes everything due, and waits for what the reconciliation is to bring about. */
async function reconciled<T>(check: () => Promise<T>): Promise<T> {
  await scene.query('UPDATE bookings SET next_attempt_at = now() WHERE next_attempt_at IS NOT NULL');
  return eventually(check);
}

const statusOf = async (visitor: Caller, id: string): Promise<string> => (await visitor.show(id)).body.status;

const logged = (event: string): number => scene.service.log().filter((line) => line.event === event).length;

describe('the owner’s authorization is gone (F02)', () => {
  it('says so before anything is written, and asks Google once', async () => {
    const visitor = await caller();
    const { account } = visitor.world.connections[0] ?? { account: '' };
    faults().add({ endpoint: 'token.refresh', account, effect: 'invalid_grant' });
    await scene.query(
      `UPDATE connections SET token_expires_at = now() - interval '1 min' WHERE workspace_id = $1`,
      [visitor.world.workspaceId],
    );
    const refused = await visitor.book({ start_time: at('10:00') });
    expect(refused).toMatchObject({
      status: 401,
      body: {
        code: 'calendar_reauth_required',
        requires_reauth: true,
        reauth_actor: 'user',
        error_category: 'token_issues',
        connection_id: visitor.world.connections[0]?.id,
        calendar_health: { status: 'critical', token_issues: [account] },
      },
    });
    expect(refused.body.reauth_url).toMatch(/^http/);
    expect([requests('token.refresh'), requests('events.insert')]).toEqual([1, 0]);
    expect((await visitor.list()).body.items).toEqual([]);
    expect(await visitor.book({ start_time: at('10:00') })).toMatchObject({ status: 401 });
    expect(await visitor.hold({ start_time: at('10:00') })).toMatchObject({ status: 401 });
    expect([requests('token.refresh'), requests('events.insert')]).toEqual([1, 0]);
  });
});

describe('an insert without a clear answer', () => {
  it('that Google accepted is confirmed by the repeat under the same id (F35)', async () => {
    const visitor = await caller();
    faults().add({ endpoint: 'events.insert', times: 1, effect: { kind: 'accept_then' } });
    const booked = await visitor.book({ start_time: at('10:00') });
    expect(booked).toMatchObject({ status: 201, body: { status: 'confirmed' } });
    expect([requests('events.insert'), requests('events.get')]).toEqual([2, 1]);
    expect(liveEvents(scene.google, visitor.world)).toMatchObject([{ id: booked.body.event_id }]);
  });

  it.each([
    ['is cut', { kind: 'reset' as const, after: 'commit' as const }],
    [
      'is a 502 after the write',
      { kind: 'accept_then' as const, answer: { kind: 'html' as const, status: 502 } },
    ],
  ])('and whose answer %s is confirmed as well (F35)', async (_, effect) => {
    const visitor = await caller();
    faults().add({ endpoint: 'events.insert', times: 1, effect });
    expect(await visitor.book({ start_time: at('10:00') })).toMatchObject({ status: 201 });
    expect(liveEvents(scene.google, visitor.world)).toHaveLength(1);
  });

  it('is looked for when the repeat is refused: a slot with an event is never given away (F35, F42)', async () => {
    const visitor = await caller();
    faults().add({ endpoint: 'events.insert', times: 1, effect: { kind: 'reset', after: 'commit' } });
    faults().add({ endpoint: 'events.insert', effect: 'requiredAccessLevel403' });
    const booked = await visitor.book({ start_time: at('10:00') });
    expect(booked).toMatchObject({ status: 201, body: { status: 'confirmed' } });
    expect(liveEvents(scene.google, visitor.world)).toMatchObject([{ id: booked.body.event_id }]);
  });

  it('keeps the slot when the repeat is refused and nobody may look, until somebody may (F35, F42)', async () => {
    const visitor = await caller();
    faults().add({ endpoint: 'events.insert', times: 1, effect: { kind: 'reset', after: 'commit' } });
    faults().add({ endpoint: 'events', effect: 'requiredAccessLevel403' });
    const booked = await visitor.book({ start_time: at('10:00') });
    expect(booked).toMatchObject({ status: 202, body: { status: 'pending' } });
    faults().clear();
    await reconciled(async () => expect(await statusOf(visitor, booked.body.booking_id)).toBe('confirmed'));
    expect(liveEvents(scene.google, visitor.world)).toMatchObject([{ id: booked.body.event_id }]);
  });

  it('keeps the slot as pending, until the reconciliation finds the one event (F35)', async () => {
    const visitor = await caller();
    faults().add({ endpoint: 'events.insert', effect: { kind: 'accept_then' } });
    const startedAt = performance.now();
    const booked = await visitor.book({ start_time: at('10:00') });
    expect(performance.now() - startedAt).toBeLessThan(DEADLINE_MS + 1000);
    expect(booked).toMatchObject({ status: 202, body: { status: 'pending' } });
    expect(booked.headers.get('retry-after')).toBe('5');
    expect(await visitor.book({ start_time: at('10:00'), attendee_email: 'kim@example.com' })).toMatchObject({
      status: 409,
    });
    faults().clear();
    await reconciled(async () => expect(await statusOf(visitor, booked.body.booking_id)).toBe('confirmed'));
    expect(liveEvents(scene.google, visitor.world)).toMatchObject([{ id: booked.body.event_id }]);
  });

  it('that Google never got is repeated (F36)', async () => {
    const visitor = await caller();
    faults().add({ endpoint: 'events.insert', times: 1, effect: 'unavailable503' });
    faults().add({ endpoint: 'events.insert', times: 1, effect: { kind: 'reset' } });
    expect(await visitor.book({ start_time: at('10:00') })).toMatchObject({ status: 201 });
    expect(requests('events.insert')).toBe(3);
    expect(liveEvents(scene.google, visitor.world)).toHaveLength(1);
  });

  it('is repeated later for as long as Google is away, and confirmed when it is back (F36)', async () => {
    const visitor = await caller();
    faults().add({ endpoint: 'events.insert', effect: 'unavailable503Html' });
    const booked = await visitor.book({ start_time: at('10:00') });
    expect(booked).toMatchObject({ status: 202 });
    const soFar = requests('events.insert');
    await reconciled(async () => expect(requests('events.insert')).toBeGreaterThan(soFar));
    expect(await statusOf(visitor, booked.body.booking_id)).toBe('pending');
    faults().clear();
    await reconciled(async () => expect(await statusOf(visitor, booked.body.booking_id)).toBe('confirmed'));
    expect(liveEvents(scene.google, visitor.world)).toMatchObject([{ id: booked.body.event_id }]);
  });

  it('has failed when its time has come, and a late event is taken out (F36, F40)', async () => {
    const visitor = await caller();
    faults().add({ endpoint: 'events.insert', effect: 'unavailable503' });
    const { booking_id: id, event_id: eventId } = (await visitor.book({ start_time: at('10:00') })).body;
    await scene.query(
      `UPDATE bookings SET start_at = now() - interval '1 min', end_at = now() + interval '29 min' WHERE id = $1`,
      [id],
    );
    await reconciled(async () => expect(await statusOf(visitor, id)).toBe('failed'));
    // The log line comes through a pipe, and may arrive after the row could be read.
    await reconciled(async () =>
      expect(
        worker.log().filter(({ event, level }) => event === 'booking.given_up' && level === 'error'),
      ).toHaveLength(1),
    );
    expect(await visitor.offered()).toContain('10:00');

    // Google commits the write now, long after everybody gave it up.
    await fetch(`${scene.google.url}/sandbox/calendars/${mainOf(visitor.world)}/events`, {
      method: 'POST',
      body: JSON.stringify({ id: eventId, start: { dateTime: at('10:00') }, end: { dateTime: at('10:30') } }),
    });
    await reconciled(async () => expect(liveEvents(scene.google, visitor.world)).toEqual([]));
    expect(await statusOf(visitor, id)).toBe('failed');
  });

  it('that comes through late makes one event (F40)', async () => {
    const visitor = await caller();
    faults().add({
      endpoint: 'events.insert',
      times: 2,
      effect: { kind: 'late_commit', ms: DEADLINE_MS + 500 },
    });
    const booked = await visitor.book({ start_time: at('10:00') });
    expect(booked).toMatchObject({ status: 202 });
    await reconciled(async () => expect(await statusOf(visitor, booked.body.booking_id)).toBe('confirmed'));
    await eventually(async () => expect(liveEvents(scene.google, visitor.world)).toHaveLength(1));
  });

  it('that comes through after a cancellation is swept (F40)', async () => {
    const visitor = await caller();
    faults().add({ endpoint: 'events.insert', effect: { kind: 'late_commit', ms: DEADLINE_MS + 500 } });
    const { booking_id: id } = (await visitor.book({ start_time: at('10:00') })).body;
    expect(await visitor.cancel(id)).toMatchObject({ status: 200, body: { status: 'cancelled' } });
    await eventually(async () => expect(liveEvents(scene.google, visitor.world)).toHaveLength(1));
    await reconciled(async () => expect(liveEvents(scene.google, visitor.world)).toEqual([]));
    expect(await statusOf(visitor, id)).toBe('cancelled');
  });
});

/** An insert under an id that somebody else's event has already. */
const TAKEN_BY_OTHERS: FaultSpec[] = [
  {
    endpoint: 'events.insert',
    effect: {
      kind: 'accept_then',
      answer: {
        kind: 'respond',
        status: 409,
        body: { error: { code: 409, errors: [{ reason: 'duplicate' }] } },
      },
    },
  },
  {
    endpoint: 'events.get',
    effect: {
      kind: 'patch_body',
      set: {
        extendedProperties: { private: { slotkeeper_booking_id: '11111111-1111-4111-8111-111111111111' } },
      },
    },
  },
];

describe('an event id that is taken', () => {
  it('by our own event that was deleted: a new id, one booking, one event (F37)', async () => {
    const visitor = await caller();
    faults().add({
      endpoint: 'events.insert',
      times: 1,
      effect: { kind: 'accept_then', answer: { kind: 'hang' } },
    });
    const deleted = eventually(async () => {
      const [event] = liveEvents(scene.google, visitor.world);
      expect(event).toBeDefined();
      await fetch(`${scene.google.url}/sandbox/calendars/${mainOf(visitor.world)}/events/${event?.id}`, {
        method: 'DELETE',
      });
      return event?.id;
    });
    const booked = await visitor.book({ start_time: at('10:00') });
    const firstId = await deleted;
    expect(booked).toMatchObject({ status: 201, body: { status: 'confirmed' } });
    expect(booked.body.event_id).not.toBe(firstId);
    expect(liveEvents(scene.google, visitor.world)).toMatchObject([{ id: booked.body.event_id }]);
    expect((await visitor.list()).body.items).toHaveLength(1);
  });

  it('by somebody else’s event: never adopted, and the operator hears of it (F38)', async () => {
    const visitor = await caller();
    const before = logged('event.id_collision');
    for (const fault of TAKEN_BY_OTHERS) faults().add({ ...fault, times: 1 });
    const booked = await visitor.book({ start_time: at('10:00') });
    expect(booked).toMatchObject({ status: 201 });
    expect(booked.body.event_id).toMatch(/g1$/);
    await eventually(async () => expect(logged('event.id_collision')).toBe(before + 1));
    expect(requests('events.delete') + requests('events.patch')).toBe(0);
  });

  it('again and again ends the booking instead of trying for ever', async () => {
    const visitor = await caller();
    for (const fault of TAKEN_BY_OTHERS) faults().add(fault);
    expect(await visitor.book({ start_time: at('10:00') })).toMatchObject({
      status: 409,
      body: { code: 'conflict' },
    });
    faults().clear();
    await fetch(`${scene.google.url}/sandbox/calendars/${mainOf(visitor.world)}/events`, {
      method: 'DELETE',
    });
    expect(await visitor.book({ start_time: at('10:00') })).toMatchObject({ status: 201 });
  });

  it.each([1, 3])(
    'but not seen at the first looks (%d) is looked for again, not written twice (F39)',
    async (times) => {
      const visitor = await caller();
      const accepted = { kind: 'accept_then' as const, answer: { kind: 'html' as const, status: 503 } };
      faults().add({ endpoint: 'events.insert', times: 1, effect: accepted });
      faults().add({ endpoint: 'events.get', times, effect: 'notFound404' });
      const booked = await visitor.book({ start_time: at('10:00') });
      expect([201, 202]).toContain(booked.status);
      await reconciled(async () => expect(await statusOf(visitor, booked.body.booking_id)).toBe('confirmed'));
      expect(liveEvents(scene.google, visitor.world)).toMatchObject([{ id: booked.body.event_id }]);
    },
  );
});

describe('an insert that is refused', () => {
  it('for its rate is repeated without a new token (F41)', async () => {
    const visitor = await caller();
    faults().add({ endpoint: 'events.insert', times: 2, effect: 'rateLimitExceeded403' });
    expect(await visitor.book({ start_time: at('10:00') })).toMatchObject({ status: 201 });
    expect([requests('events.insert'), requests('token.refresh')]).toEqual([3, 0]);
    expect(liveEvents(scene.google, visitor.world)).toHaveLength(1);
  });

  it.each([
    ['invalid400', 409, 'conflict'],
    ['forbidden403', 403, 'calendar_permission_denied'],
    ['requiredAccessLevel403', 403, 'calendar_permission_denied'],
    ['notFound404', 409, 'calendar_gone'],
    ['insufficientScope403', 401, 'calendar_reauth_required'],
  ] as const)('for good (%s) frees the slot in the same request (F42)', async (effect, status, code) => {
    const visitor = await caller();
    faults().add({ endpoint: 'events.insert', times: 1, effect });
    const refused = await visitor.book({ start_time: at('10:00') });
    expect(refused).toMatchObject({ status, body: { code, calendar_health: { status: 'healthy' } } });
    expect(requests('events.insert')).toBe(1);
    expect((await visitor.list('?status=failed')).body.items).toHaveLength(1);
    expect(
      await scene.query(
        'SELECT c.id FROM slot_claims c JOIN bookings b ON b.id = c.booking_id WHERE b.workspace_id = $1',
        [visitor.world.workspaceId],
      ),
    ).toEqual([]);
    const next = await visitor.book({ start_time: at('10:00') });
    expect(next.status).toBe(status === 401 ? 401 : 201);
  });
});

describe('a cancellation while Google fails (F44)', () => {
  it.each(['gone410', 'notFound404'] as const)('counts %s as done', async (effect) => {
    const visitor = await caller();
    const { booking_id: id } = (await visitor.book({ start_time: at('10:00') })).body;
    faults().add({ endpoint: 'events.delete', effect });
    expect(await visitor.cancel(id)).toMatchObject({ status: 200, body: { status: 'cancelled' } });
    expect(requests('events.delete')).toBe(1);
  });

  it.each([
    ['unavailable503', 'unavailable503' as const],
    ['a hang', { kind: 'hang' as const }],
  ])('%s: cancelling, the slot kept until the event is known to be gone', async (_, effect) => {
    const visitor = await caller();
    const { booking_id: id } = (await visitor.book({ start_time: at('10:00') })).body;
    faults().add({ endpoint: 'events.delete', effect });
    expect(await visitor.cancel(id, { reason: 'Ill' })).toMatchObject({
      status: 200,
      body: { status: 'cancelling' },
    });
    expect(await visitor.offered()).not.toContain('10:00');
    faults().clear();
    await reconciled(async () => expect(await statusOf(visitor, id)).toBe('cancelled'));
    expect(liveEvents(scene.google, visitor.world)).toEqual([]);
    expect(await visitor.offered()).toContain('10:00');
  });
});

describe('calendars that cannot be read at the time of booking', () => {
  const unreadable = (visitor: Caller, index: number): void => {
    faults().add({
      endpoint: 'freeBusy',
      account: visitor.world.calendars[index]?.account ?? '',
      effect: 'forbidden403',
    });
  };

  it('the booking calendar itself: nothing is written, whatever the policy', async () => {
    for (const policy of ['flag', 'last_known', 'block']) {
      const visitor = await caller({ on_unverified: policy }, 2);
      await visitor.offered();
      faults().add({
        endpoint: 'freeBusy',
        account: visitor.world.calendars[0]?.account ?? '',
        effect: 'badRequest400',
      });
      const refused = await visitor.book({ start_time: at('10:00') });
      expect(refused).toMatchObject({
        status: 503,
        body: { code: 'calendar_unverifiable', error_category: 'system_error' },
      });
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      faults().clear();
    }
    expect(requests('events.insert')).toBe(0);
  });

  it('malformed busy times of the booking calendar: nothing is written (F28)', async () => {
    const visitor = await caller();
    faults().add({
      endpoint: 'freeBusy',
      effect: { kind: 'busy_entries', entries: [{ start: 'garbage', end: at('11:00') }] },
    });
    expect(await visitor.book({ start_time: at('10:00') })).toMatchObject({
      status: 503,
      body: { code: 'calendar_unverifiable' },
    });
    expect(requests('events.insert')).toBe(0);
  });

  it('a conflict calendar with block: refused', async () => {
    const visitor = await caller({ on_unverified: 'block' }, 2);
    unreadable(visitor, 1);
    expect(await visitor.book({ start_time: at('10:00') })).toMatchObject({
      status: 503,
      body: { code: 'calendar_unverifiable', calendar_health: { failed_calendars: ['Calendar A'] } },
    });
  });

  it('a conflict calendar with flag: booked, with a warning', async () => {
    const visitor = await caller({ on_unverified: 'flag' }, 2);
    unreadable(visitor, 1);
    expect(await visitor.book({ start_time: at('10:00') })).toMatchObject({
      status: 201,
      body: {
        calendar_health: { status: 'partial', successful_calendars: 1 },
        warnings: ['Could not check availability for 1 calendar: Calendar A'],
      },
    });
  });

  it('a conflict calendar with last_known: what was known counts', async () => {
    const visitor = await caller({ on_unverified: 'last_known' }, 2);
    const calendar = visitor.world.calendars[1]?.externalId;
    await fetch(`${scene.google.url}/sandbox/calendars/${calendar}/events`, {
      method: 'POST',
      body: JSON.stringify({ start: { dateTime: at('10:00') }, end: { dateTime: at('10:30') } }),
    });
    await visitor.offered();
    unreadable(visitor, 1);
    expect(await visitor.book({ start_time: at('10:00') })).toMatchObject({
      status: 409,
      body: { code: 'slot_unavailable' },
    });
    expect(await visitor.book({ start_time: at('11:00') })).toMatchObject({
      status: 201,
      body: { calendar_health: { status: 'partial' } },
    });
  });
});

describe('a process that dies', () => {
  it('between the claim and the event leaves a booking that is finished by another', async () => {
    const visitor = await caller();
    const doomed = await startService({ databaseUrl: scene.database.url, google: scene.google });
    faults().add({ endpoint: 'events.insert', times: 1, effect: { kind: 'hang' } });
    const unanswered = new Caller(doomed, visitor.world).book({ start_time: at('10:00') }).catch(() => null);
    await eventually(async () => expect(requests('events.insert')).toBe(1));
    await doomed.kill();
    await unanswered;
    const [booking] = (await visitor.list()).body.items;
    expect(booking).toMatchObject({ status: 'pending' });
    await reconciled(async () => expect(await statusOf(visitor, booking.booking_id)).toBe('confirmed'));
    expect(liveEvents(scene.google, visitor.world)).toMatchObject([{ id: booking.event_id }]);
  });
});
