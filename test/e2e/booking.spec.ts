import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { FaultSpec } from '../../src/sandbox/faults/fault.js';
import {
  at,
  bookingScene,
  Caller,
  DAY,
  eventually,
  liveEvents,
  mainOf,
  type Scene,
} from '../support/booking-scene.js';
import { dayFromNow } from '../support/world.js';

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

/** Somebody uses the calendar without us. */
async function putIntoGoogle({ world }: Caller, from: string, to: string): Promise<void> {
  const event = { start: { dateTime: at(from) }, end: { dateTime: at(to) }, summary: 'Dentist' };
  const path = `/sandbox/calendars/${mainOf(world)}/events`;
  await fetch(scene.google.url + path, { method: 'POST', body: JSON.stringify(event) });
}

describe('a booking', () => {
  it('writes one event with an id of our own, the booking in it, and the guest told (F34)', async () => {
    const visitor = await caller();
    const booked = await visitor.book({
      start_time: at('10:00'),
      attendee_name: 'Pat Doe',
      description: 'First visit',
    });
    expect(booked).toMatchObject({
      status: 201,
      body: {
        status: 'confirmed',
        configuration_id: visitor.world.configurationId,
        config_name: 'Consultation',
        calendar_id: visitor.world.calendars[0]?.id,
        start_time: at('10:00'),
        end_time: at('10:30'),
        title: 'Check-up',
        attendee_email: 'pat@example.com',
        attendee_name: 'Pat Doe',
        description: 'First visit',
        meeting_details: { type: 'online', duration_minutes: 30 },
        calendar_health: { status: 'healthy' },
        warnings: [],
      },
    });
    const { booking_id: id, event_id: eventId } = booked.body;
    expect(eventId).toMatch(/^[a-v0-9]{5,1024}$/);
    const inserts = scene.google.state.requests.list({ endpoint: 'events.insert' });
    expect(inserts).toMatchObject([{ status: 200, send_updates: 'all' }]);
    expect(liveEvents(scene.google, visitor.world)).toMatchObject([
      {
        id: eventId,
        summary: 'Check-up',
        description: 'First visit',
        attendees: [{ email: 'pat@example.com', displayName: 'Pat Doe' }],
        extendedProperties: { private: { slotkeeper_booking_id: id } },
      },
    ]);
    expect((await visitor.show(id)).body).toEqual(
      Object.fromEntries(
        Object.entries(booked.body).filter(([name]) => !['calendar_health', 'warnings'].includes(name)),
      ),
    );
  });

  it.each([
    ['in_person', { meeting_address: '1 Main Street' }, { address: '1 Main Street' }, '1 Main Street'],
    ['phone', {}, {}, undefined],
    [
      'online',
      { meeting_link: 'https://meet.example.com/room' },
      { meeting_link: 'https://meet.example.com/room' },
      'https://meet.example.com/room',
    ],
  ])('%s says how to meet, in its answer and in the event', async (type, given, details, location) => {
    const visitor = await caller({ meeting_type: type, ...given });
    const booked = await visitor.book({ start_time: at('10:00'), duration_minutes: 45 });
    expect(booked.status).toBe(201);
    expect(booked.body.meeting_details).toEqual({ type, duration_minutes: 45, ...details });
    expect(liveEvents(scene.google, visitor.world)[0]?.['location']).toBe(location);
  });

  it('has a Meet link when the configuration asks for one', async () => {
    const visitor = await caller({ create_meet_link: true });
    const booked = await visitor.book({ start_time: at('10:00') });
    const link = booked.body.meeting_details.meeting_link;
    expect(link).toMatch(/^https:\/\/meet\.google\.com\//);
    expect(liveEvents(scene.google, visitor.world)).toMatchObject([{ hangoutLink: link }]);
    expect((await visitor.show(booked.body.booking_id)).body.meeting_details.meeting_link).toBe(link);
  });

  it('may start off the grid', async () => {
    const visitor = await caller();
    expect(await visitor.book({ start_time: at('10:07') })).toMatchObject({
      status: 201,
      body: { start_time: at('10:07'), end_time: at('10:37') },
    });
    const offered = await visitor.offered();
    expect(offered).toContain('09:30');
    expect(offered).not.toContain('10:00');
    expect(offered).not.toContain('10:30');
    expect(offered).toContain('11:00');
  });

  it('keeps its buffers from later ones, in what is offered and in what is booked', async () => {
    const visitor = await caller({
      prep_time_minutes: 10,
      buffer_after_minutes: 20,
      slot_interval_minutes: 10,
    });
    expect((await visitor.book({ start_time: at('12:00') })).status).toBe(201);
    const offered = await visitor.offered();
    // 11:50 to 12:50 is claimed; a slot needs ten minutes before and twenty after itself.
    expect(offered.filter((time) => time >= '10:50' && time <= '13:10')).toEqual([
      '10:50',
      '11:00',
      '13:00',
      '13:10',
    ]);
    expect(await visitor.book({ start_time: at('11:10') })).toMatchObject({ status: 409 });
    expect(await visitor.book({ start_time: at('12:50') })).toMatchObject({ status: 409 });
    expect(await visitor.book({ start_time: at('13:00') })).toMatchObject({ status: 201 });
    expect(await visitor.book({ start_time: at('11:00') })).toMatchObject({ status: 201 });
  });

  it('that is taken names five free times near it', async () => {
    const visitor = await caller();
    await visitor.book({ start_time: at('12:00') });
    const refused = await visitor.book({ start_time: at('12:00'), attendee_email: 'kim@example.com' });
    expect(refused).toMatchObject({ status: 409, body: { code: 'slot_unavailable', status: 409 } });
    expect(refused.body.booking_id).toBeUndefined();
    const times = refused.body.alternatives.map((slot: { start_time: string }) => slot.start_time);
    expect(times.slice(0, 2).toSorted()).toEqual([at('11:30'), at('12:30')]);
    expect(times).toHaveLength(5);
  });

  it('repeated without a key is refused with the id of the first (F60)', async () => {
    const visitor = await caller();
    const first = await visitor.book({ start_time: at('12:00') });
    const again = await visitor.book({ start_time: at('12:00') });
    expect(again).toMatchObject({
      status: 409,
      body: { code: 'slot_unavailable', booking_id: first.body.booking_id },
    });
    expect(liveEvents(scene.google, visitor.world)).toHaveLength(1);
  });

  it.each<[string, Record<string, unknown>, FaultSpec[]]>([
    ['the day is full by it', { max_bookings_per_day: 1 }, []],
    ['the calendar cannot be read now', {}, [{ endpoint: 'freeBusy', effect: 'unavailable503' }]],
  ])('is told of its booking also when %s (F60)', async (_, rules, faults) => {
    const visitor = await caller(rules);
    const first = await visitor.book({ start_time: at('12:00') });
    for (const fault of faults) scene.google.state.faults.add(fault);
    expect(await visitor.book({ start_time: at('12:00') })).toMatchObject({
      status: 409,
      body: { code: 'slot_unavailable', booking_id: first.body.booking_id },
    });
    expect(liveEvents(scene.google, visitor.world)).toHaveLength(1);
  });

  it('is refused when the time became busy in Google while a slow calendar was waited for (F43)', async () => {
    const visitor = await caller({ on_unverified: 'flag' }, 2);
    const slow = visitor.world.connections[1]?.account ?? '';
    scene.google.state.faults.add({ endpoint: 'freeBusy', account: slow, effect: { kind: 'hang' } });
    const looks = (): number => scene.google.state.requests.count({ endpoint: 'freeBusy' });
    const before = looks();
    const booking = visitor.book({ start_time: at('10:00') });
    await eventually(async () => expect(looks()).toBe(before + 2));
    await putIntoGoogle(visitor, '10:15', '10:20');
    expect(await booking).toMatchObject({ status: 409, body: { code: 'slot_unavailable' } });
    expect(scene.google.state.requests.count({ endpoint: 'events.insert' })).toBe(0);
    // The time is free again as far as we are concerned.
    scene.google.state.faults.clear();
    expect(await visitor.book({ start_time: at('10:20') })).toMatchObject({ status: 201 });
  });

  it('is refused when the time is busy in Google since it was offered (F43)', async () => {
    const visitor = await caller({}, 2);
    expect(await visitor.offered()).toContain('10:00');
    await putIntoGoogle(visitor, '10:15', '10:20');
    expect(await visitor.book({ start_time: at('10:00') })).toMatchObject({
      status: 409,
      body: { code: 'slot_unavailable' },
    });
    expect(scene.google.state.requests.count({ endpoint: 'events.insert' })).toBe(0);
    expect(
      await scene.query(`SELECT status FROM bookings WHERE workspace_id = $1`, [visitor.world.workspaceId]),
    ).toEqual([]);
  });
});

describe('the rules', () => {
  const weekday = new Date(`${DAY}T12:00:00Z`)
    .toLocaleDateString('en-US', { weekday: 'long', timeZone: 'UTC' })
    .toLowerCase();
  const otherDays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'].filter(
    (name) => name !== weekday,
  );
  const tomorrow = dayFromNow(1, 'UTC');

  it.each<[string, Record<string, unknown>, string, RegExp]>([
    ['a day that is no workday', { workdays: otherDays }, at('10:00'), /working day/],
    [
      'a day that an override closes',
      { date_overrides: [{ date: DAY, closed: true }] },
      at('10:00'),
      /closed/,
    ],
    ['a day before days_buffer', { days_buffer: 5 }, at('10:00'), /5 days/],
    ['a day after max_days_ahead', { max_days_ahead: 2 }, at('10:00'), /2 days ahead/],
    ['a time inside the minimum notice', { min_notice_minutes: 7200 }, at('10:00', tomorrow), /7200 minutes/],
    ['a start before the hours', {}, at('08:45'), /working hours/],
    ['an end after the hours', {}, at('16:45'), /working hours/],
    ['the past', {}, at('10:00', dayFromNow(-2, 'UTC')), /past/],
    [
      'the hours of an override',
      { date_overrides: [{ date: DAY, from_time: '12:00', to_time: '13:00' }] },
      at('10:00'),
      /working hours/,
    ],
  ])('refuse %s before any calendar is asked', async (_, configuration, start, reason) => {
    const visitor = await caller(configuration);
    scene.google.state.requests.clear();
    for (const refused of [
      await visitor.book({ start_time: start }),
      await visitor.book({ start_time: start }, randomUUID()),
      await visitor.hold({ start_time: start }),
    ])
      expect(refused).toMatchObject({
        status: 422,
        body: {
          code: 'rules_violation',
          error_category: 'rules_violation',
          detail: expect.stringMatching(reason),
        },
      });
    expect(scene.google.state.requests.count()).toBe(0);
  });

  it('take the last place of a day once', async () => {
    const visitor = await caller({ max_bookings_per_day: 2 });
    await visitor.book({ start_time: at('10:00') });
    const second = await visitor.book({ start_time: at('11:00') });
    expect(await visitor.book({ start_time: at('12:00') })).toMatchObject({
      status: 422,
      body: { code: 'rules_violation' },
    });
    expect(await visitor.offered()).toEqual([]);
    await visitor.cancel(second.body.booking_id);
    expect(await visitor.book({ start_time: at('12:00') })).toMatchObject({ status: 201 });
  });
});

describe('a cancellation', () => {
  it('removes the event, frees the time, and may be repeated', async () => {
    const visitor = await caller();
    const { booking_id: id } = (await visitor.book({ start_time: at('10:00') })).body;
    const cancelled = await visitor.cancel(id, { reason: 'Ill' });
    expect(cancelled).toMatchObject({ status: 200, body: { status: 'cancelled', cancel_reason: 'Ill' } });
    expect(liveEvents(scene.google, visitor.world)).toEqual([]);
    expect(await visitor.offered()).toContain('10:00');
    expect(await visitor.cancel(id, { reason: 'Other' })).toEqual(
      expect.objectContaining({ status: 200, body: cancelled.body }),
    );
    expect(scene.google.state.requests.count({ endpoint: 'events.delete' })).toBe(1);
    expect(await visitor.book({ start_time: at('10:00') })).toMatchObject({ status: 201 });
  });
});

describe('the list', () => {
  it('is filtered by configuration, status and time, and paged', async () => {
    const visitor = await caller();
    const ids: string[] = [];
    for (const time of ['09:00', '10:00', '11:00', '12:00'])
      ids.push((await visitor.book({ start_time: at(time) })).body.booking_id);
    await visitor.cancel(String(ids[1]));
    const listed = async (query: string): Promise<string[]> =>
      (await visitor.list(query)).body.items.map((item: { booking_id: string }) => item.booking_id);

    expect(await listed('')).toEqual(ids);
    expect(await listed('?status=cancelled')).toEqual([ids[1]]);
    expect(await listed('?status=confirmed')).toEqual([ids[0], ids[2], ids[3]]);
    expect(await listed(`?from=${at('10:00')}&to=${at('12:00')}`)).toEqual([ids[1], ids[2]]);
    expect(await listed(`?configuration_id=${visitor.world.configurationId}`)).toEqual(ids);
    expect(await listed(`?configuration_id=${randomUUID()}`)).toEqual([]);

    const first = await visitor.list('?limit=3');
    expect(first.body.items).toHaveLength(3);
    const rest = await visitor.list(`?limit=3&cursor=${first.body.next_cursor}`);
    expect(rest.body).toMatchObject({ items: [{ booking_id: ids[3] }], next_cursor: null });
  });
});

describe('ids of others', () => {
  it('are not found, and nothing happens to what they name', async () => {
    const [mine, theirs] = [await caller(), await caller()];
    const { booking_id: id } = (await theirs.book({ start_time: at('10:00') })).body;
    const { id: holdId } = (await theirs.hold({ start_time: at('12:00') })).body;
    const unknown = randomUUID();
    for (const wrong of [id, unknown]) {
      expect(await mine.show(wrong)).toMatchObject({ status: 404, body: { code: 'not_found' } });
      expect(await mine.cancel(wrong)).toMatchObject({ status: 404 });
      expect(await mine.reschedule(wrong, { start_time: at('11:00') })).toMatchObject({ status: 404 });
    }
    for (const wrong of [holdId, unknown]) {
      expect(await mine.release(wrong)).toMatchObject({ status: 404 });
      expect(await mine.book({ start_time: at('12:00'), hold_id: wrong })).toMatchObject({
        status: 400,
        body: { code: 'validation_failed', errors: [{ field: 'hold_id' }] },
      });
    }
    const foreign = new Caller(scene.service, {
      ...mine.world,
      configurationId: theirs.world.configurationId,
    });
    expect(await foreign.book({ start_time: at('11:00') })).toMatchObject({ status: 404 });
    expect(await foreign.hold({ start_time: at('11:00') })).toMatchObject({ status: 404 });
    expect((await mine.list()).body.items).toEqual([]);
    expect((await theirs.show(id)).body).toMatchObject({ status: 'confirmed', start_time: at('10:00') });
    expect(await theirs.release(holdId)).toMatchObject({ status: 204 });
  });
});
