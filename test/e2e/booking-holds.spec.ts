import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { at, bookingScene, Caller, liveEvents, mainOf, type Scene } from '../support/booking-scene.js';

let scene: Scene;

beforeAll(async () => {
  scene = await bookingScene();
});

afterAll(() => scene?.close());

beforeEach(() => {
  scene.google.state.faults.clear();
  scene.google.state.requests.clear();
});

const caller = async (configuration = {}, accounts = 1): Promise<Caller> =>
  new Caller(scene.service, await scene.world(configuration, accounts));

const expire = (holdId: string): Promise<unknown> =>
  scene.query(`UPDATE slot_claims SET hold_expires_at = now() - interval '1 s' WHERE hold_id = $1`, [holdId]);

describe('a hold', () => {
  it('says what it keeps and until when, and nobody else gets that time', async () => {
    const visitor = await caller();
    const held = await visitor.hold({ start_time: at('10:00'), duration_minutes: 60, ttl_seconds: 120 });
    expect(held).toMatchObject({ status: 201, body: { start_time: at('10:00'), end_time: at('11:00') } });
    expect(Object.keys(held.body).toSorted()).toEqual(['end_time', 'expires_at', 'id', 'start_time']);
    const lifeMs = Date.parse(held.body.expires_at) - Date.now();
    expect(lifeMs).toBeGreaterThan(110_000);
    expect(lifeMs).toBeLessThan(125_000);

    expect(await visitor.offered()).not.toContain('10:30');
    expect(await visitor.book({ start_time: at('10:30') })).toMatchObject({
      status: 409,
      body: { code: 'slot_unavailable' },
    });
    expect(await visitor.hold({ start_time: at('10:30') })).toMatchObject({
      status: 409,
      body: { code: 'slot_unavailable' },
    });
    expect((await visitor.hold({ start_time: at('10:30') })).body.alternatives).toHaveLength(5);
    expect(scene.google.state.requests.count({ endpoint: 'events' })).toBe(0);
  });

  it('lasts five minutes unless told otherwise, and at least thirty seconds, at most an hour', async () => {
    const visitor = await caller();
    const held = await visitor.hold({ start_time: at('10:00') });
    const lifeMs = Date.parse(held.body.expires_at) - Date.now();
    expect(Math.abs(lifeMs - 300_000)).toBeLessThan(10_000);
    for (const ttl of [29, 3601, 1.5, '60'])
      expect(await visitor.hold({ start_time: at('12:00'), ttl_seconds: ttl })).toMatchObject({
        status: 400,
        body: { errors: [{ field: 'ttl_seconds' }] },
      });
  });

  it('has a place of a day that takes only so many, and its holder gets that place', async () => {
    const visitor = await caller({ max_bookings_per_day: 1 });
    const { id } = (await visitor.hold({ start_time: at('10:00') })).body;
    expect(await visitor.offered()).toEqual([]);
    for (const refused of [
      await visitor.book({ start_time: at('12:00') }),
      await visitor.hold({ start_time: at('12:00') }),
    ])
      expect(refused).toMatchObject({ status: 422, body: { code: 'rules_violation' } });
    expect(await visitor.book({ start_time: at('10:00'), hold_id: id })).toMatchObject({ status: 201 });
  });

  it('is given back', async () => {
    const visitor = await caller();
    const { id } = (await visitor.hold({ start_time: at('10:00') })).body;
    expect(await visitor.release(id)).toMatchObject({ status: 204 });
    expect(await visitor.offered()).toContain('10:00');
    expect(await visitor.release(id)).toMatchObject({ status: 404 });
    expect(await visitor.book({ start_time: at('10:00') })).toMatchObject({ status: 201 });
  });

  it('ends by itself, without anything having to sweep it', async () => {
    const visitor = await caller();
    const { id } = (await visitor.hold({ start_time: at('10:00') })).body;
    await expire(id);
    expect(await visitor.offered()).toContain('10:00');
    expect(await visitor.book({ start_time: at('10:00') })).toMatchObject({ status: 201 });
    expect(await visitor.release(id)).toMatchObject({ status: 204 });
    expect((await visitor.list()).body.items).toMatchObject([{ status: 'confirmed' }]);
  });

  it('looks at the calendars like a booking does', async () => {
    const visitor = await caller();
    scene.google.state.faults.add({ endpoint: 'freeBusy', effect: 'notFound404' });
    expect(await visitor.hold({ start_time: at('10:00') })).toMatchObject({
      status: 409,
      body: { code: 'calendar_gone' },
    });
    scene.google.state.faults.clear();
    await fetch(`${scene.google.url}/sandbox/calendars/${mainOf(visitor.world)}/events`, {
      method: 'POST',
      body: JSON.stringify({ start: { dateTime: at('10:00') }, end: { dateTime: at('10:30') } }),
    });
    expect(await visitor.hold({ start_time: at('10:00') })).toMatchObject({
      status: 409,
      body: { code: 'slot_unavailable' },
    });
  });
});

describe('a booking with a hold', () => {
  it('gets the held time, buffers and all, and spends the hold', async () => {
    const visitor = await caller({ prep_time_minutes: 15, buffer_after_minutes: 15 });
    const { id } = (await visitor.hold({ start_time: at('10:00') })).body;
    const booked = await visitor.book({ start_time: at('10:00'), hold_id: id });
    expect(booked).toMatchObject({ status: 201, body: { start_time: at('10:00') } });
    expect(liveEvents(scene.google, visitor.world)).toHaveLength(1);
    expect(await visitor.book({ start_time: at('10:00'), hold_id: id })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'hold_id' }] },
    });
    expect(await visitor.release(id)).toMatchObject({ status: 404 });
  });

  it('may take a part of the held time, and gives the rest back', async () => {
    const visitor = await caller();
    const { id } = (await visitor.hold({ start_time: at('10:00'), duration_minutes: 90 })).body;
    expect(await visitor.book({ start_time: at('10:30'), hold_id: id })).toMatchObject({ status: 201 });
    const offered = await visitor.offered();
    expect(offered).toContain('10:00');
    expect(offered).not.toContain('10:30');
    expect(offered).toContain('11:00');
  });

  it('must lie inside it', async () => {
    const visitor = await caller();
    const { id } = (await visitor.hold({ start_time: at('10:00'), duration_minutes: 60 })).body;
    for (const wish of [
      { start_time: at('09:45') },
      { start_time: at('10:45') },
      { start_time: at('10:00'), duration_minutes: 75 },
      { start_time: at('14:00') },
    ])
      expect(await visitor.book({ ...wish, hold_id: id })).toMatchObject({
        status: 409,
        body: { code: 'conflict' },
      });
    expect(await visitor.book({ start_time: at('10:15'), hold_id: id })).toMatchObject({ status: 201 });
  });

  it('must be of the same configuration', async () => {
    const visitor = await caller();
    const other = await scene.service.call('POST', '/api/calendars/configurations', {
      key: visitor.world.key,
      body: {
        name: 'Other',
        calendar_id: visitor.world.calendars[0]?.id,
        timezone: 'UTC',
        duration_minutes: 30,
        from_time: '09:00',
        to_time: '17:00',
        workdays: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'],
      },
    });
    const { id } = (await visitor.hold({ start_time: at('10:00') })).body;
    const elsewhere = new Caller(scene.service, { ...visitor.world, configurationId: other.body.id });
    expect(await elsewhere.book({ start_time: at('10:00'), hold_id: id })).toMatchObject({
      status: 409,
      body: { code: 'conflict' },
    });
  });

  it('is still good after the hold ran out, while nobody took the time', async () => {
    const visitor = await caller();
    const { id } = (await visitor.hold({ start_time: at('10:00') })).body;
    await expire(id);
    expect(await visitor.book({ start_time: at('10:00'), hold_id: id })).toMatchObject({ status: 201 });
  });

  it('is too late when the hold ran out and somebody took the time', async () => {
    const visitor = await caller();
    const { id } = (await visitor.hold({ start_time: at('10:00') })).body;
    await expire(id);
    await visitor.book({ start_time: at('10:15'), attendee_email: 'kim@example.com' });
    expect(await visitor.book({ start_time: at('10:00'), hold_id: id })).toMatchObject({
      status: 409,
      body: { code: 'slot_unavailable' },
    });
  });

  it('keeps the hold when Google refuses to be read', async () => {
    const visitor = await caller();
    const { id } = (await visitor.hold({ start_time: at('10:00') })).body;
    scene.google.state.faults.add({ endpoint: 'freeBusy', times: 1, effect: 'badRequest400' });
    expect(await visitor.book({ start_time: at('10:00'), hold_id: id })).toMatchObject({ status: 503 });
    expect(await visitor.book({ start_time: at('10:00'), hold_id: id })).toMatchObject({ status: 201 });
  });

  it('must name it by a UUID', async () => {
    const visitor = await caller();
    expect(await visitor.book({ start_time: at('10:00'), hold_id: 'mine' })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'hold_id' }] },
    });
  });
});
