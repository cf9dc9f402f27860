import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { ADMIN_KEY, startService } from '../support/service.js';
import { at, bookingScene, Caller, eventually, liveEvents, type Scene } from '../support/booking-scene.js';

let scene: Scene;

beforeAll(async () => {
  scene = await bookingScene({ BOOKING_DEADLINE_MS: '3000' });
});

afterAll(() => scene?.close());

beforeEach(() => {
  scene.google.state.faults.clear();
  scene.google.state.requests.clear();
});

const caller = async (configuration = {}): Promise<Caller> =>
  new Caller(scene.service, await scene.world(configuration));

const inserts = (): number => scene.google.state.requests.count({ endpoint: 'events.insert' });

describe('an idempotency key', () => {
  it('gives the same answer to the same request, and books once', async () => {
    const visitor = await caller();
    const key = randomUUID();
    const first = await visitor.book({ start_time: at('10:00') }, key);
    expect(first.status).toBe(201);
    for (let repeat = 0; repeat < 3; repeat += 1) {
      const again = await visitor.book({ start_time: at('10:00') }, key);
      expect([again.status, again.body]).toEqual([first.status, first.body]);
    }
    expect(inserts()).toBe(1);
  });

  it('gives it also when the rules would refuse the time by now', async () => {
    const visitor = await caller({ max_bookings_per_day: 1 });
    const key = randomUUID();
    const first = await visitor.book({ start_time: at('10:00') }, key);
    await visitor.change({ from_time: '12:00' });
    expect((await visitor.book({ start_time: at('10:00') }, key)).body).toEqual(first.body);
  });

  it('does not mind the order of the fields', async () => {
    const visitor = await caller();
    const key = randomUUID();
    const path = `/api/calendars/configurations/${visitor.world.configurationId}/book-appointment`;
    const fields = { start_time: at('10:00'), title: 'Visit', attendee_email: 'pat@example.com' };
    const first = await visitor.post(path, fields, key);
    const again = await visitor.post(path, Object.fromEntries(Object.entries(fields).toReversed()), key);
    expect(again.body).toEqual(first.body);
  });

  it.each([
    ['another time', (visitor: Caller, key: string) => visitor.book({ start_time: at('11:00') }, key)],
    [
      'another guest',
      (visitor: Caller, key: string) =>
        visitor.book({ start_time: at('10:00'), attendee_email: 'kim@example.com' }, key),
    ],
    ['another operation', (visitor: Caller, key: string) => visitor.cancel(randomUUID(), undefined, key)],
  ])('is refused for %s', async (_, other) => {
    const visitor = await caller();
    const key = randomUUID();
    await visitor.book({ start_time: at('10:00') }, key);
    expect(await other(visitor, key)).toMatchObject({
      status: 422,
      body: { code: 'idempotency_key_reused' },
    });
    expect(inserts()).toBe(1);
  });

  it('of one workspace says nothing in another', async () => {
    const [mine, theirs] = [await caller(), await caller()];
    const key = randomUUID();
    const first = await mine.book({ start_time: at('10:00') }, key);
    const other = await theirs.book({ start_time: at('11:00') }, key);
    expect([first.status, other.status]).toEqual([201, 201]);
    expect(other.body.booking_id).not.toBe(first.body.booking_id);
  });

  it('is in progress while the first request runs, and one of many runs', async () => {
    const visitor = await caller();
    const key = randomUUID();
    scene.google.state.faults.add({ endpoint: 'events.insert', effect: { kind: 'latency', ms: 700 } });
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => visitor.book({ start_time: at('10:00') }, key)),
    );
    const others = answers.filter(({ status }) => status !== 201);
    expect(others).toHaveLength(5);
    for (const other of others) {
      expect(other).toMatchObject({ status: 409, body: { code: 'idempotency_in_progress' } });
      expect(other.headers.get('retry-after')).toBe('1');
    }
    expect(inserts()).toBe(1);
  });

  it.each([
    [
      'a refusal by the rules',
      async (visitor: Caller) => visitor.change({ from_time: '12:00' }),
      422,
      async (visitor: Caller) => visitor.change({ from_time: '09:00' }),
    ],
    [
      'a calendar that cannot be read',
      async () => scene.google.state.faults.add({ endpoint: 'freeBusy', effect: 'badRequest400' }),
      503,
      async () => scene.google.state.faults.clear(),
    ],
    [
      'an event that Google refuses',
      async () => scene.google.state.faults.add({ endpoint: 'events.insert', effect: 'invalid400' }),
      409,
      async () => scene.google.state.faults.clear(),
    ],
  ])('may be used again after %s', async (_, spoil, status, mend) => {
    const visitor = await caller();
    const key = randomUUID();
    await spoil(visitor);
    expect(await visitor.book({ start_time: at('10:00') }, key)).toMatchObject({ status });
    await mend(visitor);
    expect(await visitor.book({ start_time: at('10:00') }, key)).toMatchObject({ status: 201 });
    expect(liveEvents(scene.google, visitor.world)).toHaveLength(1);
  });

  it('keeps 202 for a booking whose event is still open', async () => {
    const visitor = await caller();
    const key = randomUUID();
    scene.google.state.faults.add({ endpoint: 'events.insert', effect: 'unavailable503' });
    const first = await visitor.book({ start_time: at('10:00') }, key);
    expect(first).toMatchObject({ status: 202, body: { status: 'pending' } });
    const again = await visitor.book({ start_time: at('10:00') }, key);
    expect([again.status, again.body]).toEqual([202, first.body]);
    expect(again.headers.get('retry-after')).toBe('5');
  });

  it('is good for 24 hours', async () => {
    const visitor = await caller();
    const key = randomUUID();
    await visitor.book({ start_time: at('10:00') }, key);
    await scene.query(
      `UPDATE idempotency_keys SET created_at = now() - interval '23 h 59 min' WHERE key = $1`,
      [key],
    );
    expect(await visitor.book({ start_time: at('11:00') }, key)).toMatchObject({ status: 422 });
    await scene.query(`UPDATE idempotency_keys SET created_at = now() - interval '24 h' WHERE key = $1`, [
      key,
    ]);
    expect(await visitor.book({ start_time: at('11:00') }, key)).toMatchObject({ status: 201 });
    expect(await visitor.book({ start_time: at('10:00') }, key)).toMatchObject({ status: 422 });
  });

  it.each([[''], ['a'.repeat(256)], ['tab\there'], ['Schlüssel']])(
    'is refused when it is %j',
    async (key) => {
      const visitor = await caller();
      const refused = await visitor.book({ start_time: at('10:00') }, key);
      expect(refused).toMatchObject({
        status: 400,
        body: { code: 'validation_failed', errors: [{ field: 'Idempotency-Key' }] },
      });
    },
  );

  it('may be 255 characters long', async () => {
    const visitor = await caller();
    expect(await visitor.book({ start_time: at('10:00') }, `${'a'.repeat(254)}~`)).toMatchObject({
      status: 201,
    });
  });

  it('of the admin key needs the workspace named', async () => {
    const visitor = await caller();
    const admin = new Caller(scene.service, { ...visitor.world, key: ADMIN_KEY });
    expect(await admin.book({ start_time: at('10:00') }, randomUUID())).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'workspace_id' }] },
    });
  });

  it('works for cancelling and moving as well', async () => {
    const visitor = await caller();
    const { booking_id: id } = (await visitor.book({ start_time: at('10:00') })).body;
    const [moveKey, cancelKey] = [randomUUID(), randomUUID()];
    const moved = await visitor.reschedule(id, { start_time: at('11:00') }, moveKey);
    const cancelled = await visitor.cancel(id, { reason: 'Ill' }, cancelKey);
    expect(moved).toMatchObject({ status: 200, body: { start_time: at('11:00') } });
    expect((await visitor.reschedule(id, { start_time: at('11:00') }, moveKey)).body).toEqual(moved.body);
    expect((await visitor.cancel(id, { reason: 'Ill' }, cancelKey)).body).toEqual(cancelled.body);
    expect(await visitor.cancel(id, { reason: 'Bored' }, cancelKey)).toMatchObject({ status: 422 });
  });
});

describe('a request that died', () => {
  it('after its claim is taken up by the repeat: same booking, one event', async () => {
    const doomed = await startService({ databaseUrl: scene.database.url, google: scene.google });
    const visitor = await caller();
    const [key, otherKey] = [randomUUID(), randomUUID()];
    scene.google.state.faults.add({ endpoint: 'events.insert', times: 1, effect: { kind: 'accept_then' } });
    const unanswered = new Caller(doomed, visitor.world)
      .book({ start_time: at('10:00') }, key)
      .catch(() => null);
    await eventually(async () => expect(liveEvents(scene.google, visitor.world)).toHaveLength(1));
    await doomed.kill();
    expect(await unanswered).toBeNull();

    expect(await visitor.book({ start_time: at('10:00') }, key)).toMatchObject({
      status: 409,
      body: { code: 'idempotency_in_progress' },
    });
    await scene.query('UPDATE idempotency_keys SET locked_until = now() WHERE key = $1', [key]);
    const repeat = await visitor.book({ start_time: at('10:00') }, key);
    expect(repeat).toMatchObject({ status: 201, body: { status: 'confirmed' } });
    expect(repeat.body.calendar_health.total_calendars).toBe(1);
    expect(liveEvents(scene.google, visitor.world)).toMatchObject([{ id: repeat.body.event_id }]);
    expect((await visitor.list()).body.items).toMatchObject([{ booking_id: repeat.body.booking_id }]);
    expect((await visitor.book({ start_time: at('10:00') }, key)).body).toEqual(repeat.body);
    expect(await visitor.book({ start_time: at('10:00') }, otherKey)).toMatchObject({
      status: 409,
      body: { booking_id: repeat.body.booking_id },
    });
  });

  it('before its claim is run by the repeat', async () => {
    const visitor = await caller();
    const key = randomUUID();
    await visitor.book({ start_time: at('10:00') }, key);
    const first = (await visitor.list()).body.items[0].booking_id;
    // As if the process had ended between taking the key and claiming the slot.
    await scene.query('DELETE FROM bookings WHERE id = $1', [first]);
    await scene.query(
      'UPDATE idempotency_keys SET status = NULL, body = NULL, locked_until = now() WHERE key = $1',
      [key],
    );
    scene.google.state.events.purge(String(visitor.world.calendars[0]?.externalId));
    const repeat = await visitor.book({ start_time: at('10:00') }, key);
    expect(repeat).toMatchObject({ status: 201, body: { booking_id: first } });
  });
});
