import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
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
import { startService, type Service } from '../support/service.js';
import { dayFromNow } from '../support/world.js';

const WAIT_MS = 1000;

let scene: Scene;
/** The process that runs the jobs. */
let worker: Service;

beforeAll(async () => {
  scene = await bookingScene({ BOOKING_DEADLINE_MS: String(WAIT_MS) });
  worker = await startService({
    databaseUrl: scene.database.url,
    google: scene.google,
    env: { SCHEDULER_ENABLED: 'true', RECONCILE_CRON: '* * * * * *' },
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

const caller = async (configuration = {}, accounts = 1): Promise<Caller> =>
  new Caller(scene.service, await scene.world(configuration, accounts));

const booked = async (visitor: Caller, time = '10:00'): Promise<{ booking_id: string; event_id: string }> =>
  (await visitor.book({ start_time: at(time) })).body;

const finished = async (visitor: Caller, id: string): Promise<void> => {
  await scene.query('UPDATE bookings SET next_attempt_at = now() WHERE id = $1', [id]);
  await eventually(async () => expect((await visitor.show(id)).body.status).toBe('confirmed'));
};

/** Google writes times in the zone of the calendar. */
const utc = (time: string | undefined): string => new Date(time ?? '').toISOString().replace('.000', '');

const eventTimes = (visitor: Caller): unknown[] =>
  liveEvents(scene.google, visitor.world).map(({ id, start, end }) => [
    id,
    utc(start.dateTime),
    utc(end.dateTime),
  ]);

describe('rescheduling', () => {
  it('moves the event and keeps the booking, its event and its guest', async () => {
    const visitor = await caller({ create_meet_link: true });
    const { booking_id: id, event_id: eventId } = await booked(visitor);
    const before = (await visitor.show(id)).body;
    const moved = await visitor.reschedule(id, { start_time: at('14:00') });
    expect(moved.status).toBe(200);
    expect(moved.body).toEqual({ ...before, start_time: at('14:00'), end_time: at('14:30') });
    expect(eventTimes(visitor)).toEqual([[eventId, at('14:00'), at('14:30')]]);
    expect(scene.google.state.requests.list({ endpoint: 'events.patch' })).toMatchObject([
      { send_updates: 'all' },
    ]);
    const offered = await visitor.offered();
    expect(offered).toContain('10:00');
    expect(offered).not.toContain('14:00');
  });

  it('may overlap its own time, keep its own buffers and change its length', async () => {
    const visitor = await caller({ prep_time_minutes: 15, buffer_after_minutes: 15 });
    const { booking_id: id, event_id: eventId } = await booked(visitor);
    expect(await visitor.reschedule(id, { start_time: at('10:15') })).toMatchObject({ status: 200 });
    const longer = await visitor.reschedule(id, { start_time: at('10:00'), duration_minutes: 60 });
    expect(longer).toMatchObject({ status: 200, body: { meeting_details: { duration_minutes: 60 } } });
    expect(await visitor.reschedule(id, { start_time: at('11:00') })).toMatchObject({
      status: 200,
      body: { start_time: at('11:00'), end_time: at('12:00') },
    });
    expect(eventTimes(visitor)).toEqual([[eventId, at('11:00'), at('12:00')]]);
  });

  it('to the time that it has changes nothing', async () => {
    const visitor = await caller();
    const { booking_id: id } = await booked(visitor);
    expect(await visitor.reschedule(id, { start_time: at('10:00') })).toMatchObject({ status: 200 });
    expect(scene.google.state.requests.count({ endpoint: 'events.patch' })).toBe(0);
  });

  it('is refused where another has the time, and everything stays', async () => {
    const visitor = await caller();
    const { booking_id: id, event_id: eventId } = await booked(visitor);
    await visitor.book({ start_time: at('12:00'), attendee_email: 'kim@example.com' });
    const refused = await visitor.reschedule(id, { start_time: at('11:45') });
    expect(refused).toMatchObject({ status: 409, body: { code: 'slot_unavailable' } });
    expect(refused.body.alternatives.length).toBeGreaterThan(0);
    expect((await visitor.show(id)).body).toMatchObject({ status: 'confirmed', start_time: at('10:00') });
    expect(eventTimes(visitor)[0]).toEqual([eventId, at('10:00'), at('10:30')]);
  });

  it('is refused where Google knows of something, in the booking calendar or another', async () => {
    const visitor = await caller({}, 2);
    const { booking_id: id } = await booked(visitor);
    for (const [calendar, time] of [
      [mainOf(visitor.world), '11:00'],
      [visitor.world.calendars[1]?.externalId, '13:00'],
    ])
      await fetch(`${scene.google.url}/sandbox/calendars/${calendar}/events`, {
        method: 'POST',
        body: JSON.stringify({
          start: { dateTime: at(`${time}`) },
          end: { dateTime: at(`${time}`.replace(':00', ':30')) },
        }),
      });
    for (const time of ['10:45', '13:15'])
      expect(await visitor.reschedule(id, { start_time: at(time) })).toMatchObject({ status: 409 });
    expect(await visitor.reschedule(id, { start_time: at('10:30') })).toMatchObject({ status: 200 });
  });

  it('keeps to the rules', async () => {
    const visitor = await caller({
      max_bookings_per_day: 1,
      date_overrides: [{ date: dayFromNow(5, 'UTC'), closed: true }],
    });
    const { booking_id: id } = await booked(visitor);
    await visitor.book({ start_time: at('10:00', dayFromNow(4, 'UTC')) });
    for (const start of [
      at('18:00'),
      at('10:00', dayFromNow(-1, 'UTC')),
      at('11:00', dayFromNow(4, 'UTC')),
      at('10:00', dayFromNow(5, 'UTC')),
    ])
      expect(await visitor.reschedule(id, { start_time: start })).toMatchObject({
        status: 422,
        body: { code: 'rules_violation' },
      });
    // On its own day it has its place already.
    expect(await visitor.reschedule(id, { start_time: at('15:00') })).toMatchObject({ status: 200 });
  });

  it('is refused for a booking that is over', async () => {
    const visitor = await caller();
    const { booking_id: id } = await booked(visitor);
    await visitor.cancel(id);
    expect(await visitor.reschedule(id, { start_time: at('12:00') })).toMatchObject({
      status: 409,
      body: { code: 'conflict' },
    });
    expect(await visitor.reschedule(id, { start_time: at('10:00') })).toMatchObject({ status: 409 });
  });

  it('stays in its calendar when the configuration has another one by now', async () => {
    const visitor = await caller({}, 2);
    const { booking_id: id, event_id: eventId } = await booked(visitor);
    await visitor.change({ calendar_id: visitor.world.calendars[1]?.id });
    expect(await visitor.reschedule(id, { start_time: at('10:15') })).toMatchObject({
      status: 200,
      body: { calendar_id: visitor.world.calendars[0]?.id },
    });
    expect(eventTimes(visitor)).toEqual([[eventId, at('10:15'), at('10:45')]]);
  });

  it('writes a new event when the owner has deleted the old one', async () => {
    const visitor = await caller();
    const { booking_id: id, event_id: eventId } = await booked(visitor);
    await fetch(`${scene.google.url}/sandbox/calendars/${mainOf(visitor.world)}/events/${eventId}`, {
      method: 'DELETE',
    });
    const moved = await visitor.reschedule(id, { start_time: at('14:00') });
    expect(moved).toMatchObject({ status: 200, body: { status: 'confirmed', start_time: at('14:00') } });
    expect(moved.body.event_id).not.toBe(eventId);
    expect(eventTimes(visitor)).toEqual([[moved.body.event_id, at('14:00'), at('14:30')]]);
  });
});

describe('rescheduling while Google fails', () => {
  it.each([
    ['invalid400', 409, 'conflict'],
    ['requiredAccessLevel403', 403, 'calendar_permission_denied'],
  ] as const)('%s: the booking stays as it was, and the new time is free', async (effect, status, code) => {
    const visitor = await caller();
    const { booking_id: id, event_id: eventId } = await booked(visitor);
    scene.google.state.faults.add({ endpoint: 'events.patch', effect });
    expect(await visitor.reschedule(id, { start_time: at('14:00') })).toMatchObject({
      status,
      body: { code },
    });
    expect((await visitor.show(id)).body).toMatchObject({ status: 'confirmed', start_time: at('10:00') });
    expect(eventTimes(visitor)).toEqual([[eventId, at('10:00'), at('10:30')]]);
    const offered = await visitor.offered();
    expect(offered).toContain('14:00');
    expect(offered).not.toContain('10:00');
  });

  it('passing trouble is retried', async () => {
    const visitor = await caller();
    const { booking_id: id } = await booked(visitor);
    scene.google.state.faults.add({ endpoint: 'events.patch', times: 1, effect: 'unavailable503' });
    expect(await visitor.reschedule(id, { start_time: at('14:00') })).toMatchObject({ status: 200 });
    expect(scene.google.state.requests.count({ endpoint: 'events.patch' })).toBe(2);
  });

  it('an answer that never comes leaves it pending with both times kept, and it is finished later', async () => {
    const visitor = await caller();
    const { booking_id: id, event_id: eventId } = await booked(visitor);
    scene.google.state.faults.add({ endpoint: 'events.patch', effect: { kind: 'accept_then' } });
    const moved = await visitor.reschedule(id, { start_time: at('14:00') });
    expect(moved).toMatchObject({ status: 202, body: { status: 'pending', start_time: at('14:00') } });
    expect(moved.headers.get('retry-after')).toBe('5');
    const offered = await visitor.offered();
    expect(offered).not.toContain('14:00');
    expect(offered).not.toContain('10:00');
    expect(await visitor.reschedule(id, { start_time: at('15:00') })).toMatchObject({
      status: 409,
      body: { code: 'conflict' },
    });
    expect(await visitor.reschedule(id, { start_time: at('14:00') })).toMatchObject({ status: 202 });

    scene.google.state.faults.clear();
    await finished(visitor, id);
    expect((await visitor.show(id)).body).toMatchObject({ start_time: at('14:00'), event_id: eventId });
    expect(eventTimes(visitor)).toEqual([[eventId, at('14:00'), at('14:30')]]);
    expect(await visitor.offered()).toContain('10:00');
  });

  it('a process that dies on the way leaves a move that is finished later', async () => {
    const visitor = await caller();
    const { booking_id: id, event_id: eventId } = await booked(visitor);
    const doomed = await startService({ databaseUrl: scene.database.url, google: scene.google });
    scene.google.state.faults.add({ endpoint: 'events.patch', times: 1, effect: { kind: 'hang' } });
    const unanswered = new Caller(doomed, visitor.world)
      .reschedule(id, { start_time: at('14:00') })
      .catch(() => null);
    await eventually(async () =>
      expect(scene.google.state.requests.count({ endpoint: 'events.patch' })).toBe(1),
    );
    await doomed.kill();
    await unanswered;
    expect(eventTimes(visitor)).toEqual([[eventId, at('10:00'), at('10:30')]]);

    await finished(visitor, id);
    expect(eventTimes(visitor)).toEqual([[eventId, at('14:00'), at('14:30')]]);
    expect(await visitor.offered(DAY)).toContain('10:00');
  });

  it('can be cancelled in between: no event and no claim stay (F63)', async () => {
    const visitor = await caller();
    const { booking_id: id } = await booked(visitor);
    scene.google.state.faults.add({ endpoint: 'events.patch', effect: { kind: 'accept_then' } });
    expect(await visitor.reschedule(id, { start_time: at('14:00') })).toMatchObject({ status: 202 });
    expect(await visitor.cancel(id)).toMatchObject({ status: 200, body: { status: 'cancelled' } });
    expect(eventTimes(visitor)).toEqual([]);
    const offered = await visitor.offered();
    expect(offered).toContain('14:00');
    expect(offered).toContain('10:00');
  });
});
