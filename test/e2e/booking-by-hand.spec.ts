import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  at,
  bookingScene,
  Caller,
  eventually,
  liveEvents,
  mainOf,
  type Scene,
} from '../support/booking-scene.js';
import { expectProblem } from '../support/problems.js';
import { startService, type Answer, type Service } from '../support/service.js';
import { control } from '../support/world.js';

let scene: Scene;
let visitor: Caller;

beforeAll(async () => {
  scene = await bookingScene();
});

afterAll(() => scene?.close());

beforeEach(async () => {
  scene.google.state.faults.clear();
  visitor = await caller();
});

const caller = async (configuration = {}): Promise<Caller> =>
  new Caller(scene.service, await scene.world(configuration, 1));

/** Booked so long ago that the calendar shows it everywhere. */
async function booked(time = '10:00', of = visitor): Promise<{ id: string; eventId: string }> {
  const { status, body } = await of.book({ start_time: at(time) });
  expect([status, body.status]).toEqual([201, 'confirmed']);
  await scene.query(`UPDATE bookings SET settled_at = now() - interval '3 min' WHERE id = $1`, [
    body.booking_id,
  ]);
  return { id: body.booking_id, eventId: body.event_id };
}

const compare = (of = visitor): Promise<Answer> =>
  scene.service.call('POST', '/api/admin/bookings/compare', { body: { workspace_id: of.world.workspaceId } });

/** What the comparison reports, without the calendar, which is always the same here. */
async function differences(of = visitor): Promise<{ kind: string; booking_id: string; event_id: string }[]> {
  const { status, body } = await compare(of);
  expect([status, body.compared, body.failed]).toEqual([200, 1, 0]);
  return body.differences.map(({ calendar_id: calendarId, ...difference }: Record<string, string>) => {
    expect(calendarId).toBe(of.world.calendars[0]?.id);
    return difference;
  });
}

const calendarPath = (): string => `/sandbox/calendars/${mainOf(visitor.world)}/events`;

const writeByHand = (event: object): Promise<unknown> => control(scene.google, 'POST', calendarPath(), event);

const deleteByHand = (eventId: string): Promise<unknown> =>
  control(scene.google, 'DELETE', `${calendarPath()}/${eventId}`);

const span = (from: string, to: string): object => ({
  start: { dateTime: at(from) },
  end: { dateTime: at(to) },
});

const named = (bookingId: string): object => ({
  extendedProperties: { private: { slotkeeper_booking_id: bookingId } },
});

const claims = (bookingId: string): Promise<Record<string, unknown>[]> =>
  scene.query(
    `SELECT to_char(lower(during) AT TIME ZONE 'UTC', 'HH24:MI') AS from, to_char(upper(during) AT TIME ZONE 'UTC', 'HH24:MI') AS to
     FROM slot_claims WHERE booking_id = $1`,
    [bookingId],
  );

describe('an appointment that somebody changed in the calendar', () => {
  it('is what it was when nobody did', async () => {
    await booked();
    expect(await differences()).toEqual([]);
  });

  it('is cancelled when it was deleted there, and its time is free', async () => {
    const { id, eventId } = await booked();
    await deleteByHand(eventId);
    expect(await differences()).toEqual([{ kind: 'deleted', booking_id: id, event_id: eventId }]);
    expect((await visitor.show(id)).body).toMatchObject({
      status: 'cancelled',
      cancel_reason: 'The event was deleted in the calendar.',
    });
    expect(await claims(id)).toEqual([]);
    expect(await visitor.book({ start_time: at('10:00'), attendee_email: 'kim@example.com' })).toMatchObject({
      status: 201,
    });
    expect(await compare()).toMatchObject({ status: 200, body: { differences: [] } });
  });

  it('has moved when it was moved there, buffers and all', async () => {
    visitor = await caller({ prep_time_minutes: 10, buffer_after_minutes: 15 });
    const { id, eventId } = await booked();
    await writeByHand({ id: eventId, ...span('14:00', '15:00'), ...named(id) });
    expect(await differences()).toEqual([{ kind: 'moved', booking_id: id, event_id: eventId }]);
    expect((await visitor.show(id)).body).toMatchObject({
      status: 'confirmed',
      start_time: at('14:00'),
      end_time: at('15:00'),
      meeting_details: { duration_minutes: 60 },
    });
    expect(await claims(id)).toEqual([{ from: '13:50', to: '15:15' }]);
    expect(await visitor.offered()).toContain('10:00');
    expect(await visitor.reschedule(id, { start_time: at('11:00') })).toMatchObject({ status: 200 });
    expect(await visitor.cancel(id)).toMatchObject({ status: 200, body: { status: 'cancelled' } });
    expect(liveEvents(scene.google, visitor.world)).toEqual([]);
  });

  it('has moved also when it was moved out of all that was compared', async () => {
    const { id, eventId } = await booked();
    await writeByHand({ id: eventId, ...span('20:00', '20:30'), ...named(id) });
    expect(await differences()).toEqual([{ kind: 'moved', booking_id: id, event_id: eventId }]);
    expect((await visitor.show(id)).body).toMatchObject({ start_time: at('20:00') });
  });

  it('may have been moved over another one: both are told, and nothing is lost', async () => {
    const [first, second] = [await booked('10:00'), await booked('11:00')];
    await writeByHand({ id: first.eventId, ...span('11:00', '11:30'), ...named(first.id) });
    await differences();
    await scene.query(`UPDATE bookings SET settled_at = now() - interval '3 min'`);
    await differences();
    for (const { id } of [first, second]) {
      const { status, start_time: start, external_conflict_since: since } = (await visitor.show(id)).body;
      expect([status, start, since === null]).toEqual(['confirmed', at('11:00'), false]);
    }
    expect(await visitor.cancel(first.id)).toMatchObject({ status: 200 });
    expect(await claims(second.id)).toEqual([{ from: '11:00', to: '11:30' }]);
  });

  it('is told to be in conflict with an event that somebody else put there, until that is gone (F43)', async () => {
    const { id, eventId } = await booked();
    await writeByHand({ id: 'foreign001', ...span('10:15', '10:45') });
    expect(await differences()).toEqual([{ kind: 'conflict', booking_id: id, event_id: eventId }]);
    const { external_conflict_since: since } = (await visitor.show(id)).body;
    expect(Math.abs(Date.parse(since) - Date.now())).toBeLessThan(60_000);
    expect(await differences()).toEqual([]);
    expect(
      scene.service
        .log()
        .filter(({ event, booking_id: of }) => event === 'booking.external_conflict' && of === id),
    ).toMatchObject([{ level: 'warn' }]);
    const issues = async () =>
      (await scene.service.call('GET', '/api/calendar-health', { key: visitor.world.key })).body.issues;
    expect(await issues()).toEqual([
      expect.objectContaining({
        calendar_id: visitor.world.calendars[0]?.id,
        severity: 'warning',
        message: expect.stringContaining('1 appointment shares its time'),
        since,
        reauth_url: null,
      }),
    ]);
    await deleteByHand('foreign001');
    expect(await differences()).toEqual([{ kind: 'conflict_over', booking_id: id, event_id: eventId }]);
    expect((await visitor.show(id)).body.external_conflict_since).toBeNull();
    expect(await issues()).toEqual([]);
  });

  it('is in no conflict with what takes no time', async () => {
    await booked();
    await writeByHand({ id: 'foreign001', ...span('10:15', '10:45'), transparency: 'transparent' });
    expect(await differences()).toEqual([]);
  });

  it('is not judged in the minutes in which the calendar may not show it everywhere', async () => {
    const { booking_id: id, event_id: eventId } = (await visitor.book({ start_time: at('10:00') })).body;
    await deleteByHand(eventId);
    expect((await compare()).body).toEqual({ compared: 1, failed: 0, differences: [] });
    expect((await visitor.show(id)).body.status).toBe('confirmed');
  });

  it('gets the link to meet that Google made late', async () => {
    scene.google.state.settings.meet_links = 'delayed';
    visitor = await caller({ create_meet_link: true });
    const { id } = await booked();
    scene.google.state.settings.meet_links = 'immediate';
    expect((await visitor.show(id)).body.meeting_details.meeting_link).toBeUndefined();
    expect(await differences()).toEqual([]);
    expect((await visitor.show(id)).body.meeting_details.meeting_link).toMatch(/^https:\/\/meet\./);
  });
});

describe('an event that names a booking', () => {
  it('and was written late for one that is over, is removed', async () => {
    const over = await booked('10:00');
    await visitor.cancel(over.id);
    await booked('09:30');
    await booked('12:00');
    await writeByHand({ id: over.eventId, ...span('10:00', '10:30'), ...named(over.id) });
    expect(await differences()).toEqual([
      { kind: 'leftover_removed', booking_id: over.id, event_id: over.eventId },
    ]);
    expect(liveEvents(scene.google, visitor.world)).toHaveLength(2);
  });

  it('is left alone when somebody copied it by hand', async () => {
    const { id } = await booked('10:00');
    await booked('12:00');
    await writeByHand({ id: 'copy0001', ...span('11:00', '11:30'), ...named(id) });
    expect(await differences()).toEqual([]);
    expect(liveEvents(scene.google, visitor.world)).toHaveLength(3);
  });

  it('that nobody knows here is told and left alone', async () => {
    await booked('10:00');
    await booked('12:00');
    const unknown = '5f0c8c1e-6f5c-4a55-9a57-0f7a3a1c2b10';
    await writeByHand({ id: 'other001', ...span('11:00', '11:30'), ...named(unknown) });
    await writeByHand({ id: 'other002', ...span('11:30', '11:45'), ...named(`no ' id`) });
    expect((await differences()).map(({ kind, booking_id: id }) => [kind, id])).toEqual([
      ['unknown_event', unknown],
      ['unknown_event', `no ' id`],
    ]);
    expect(liveEvents(scene.google, visitor.world)).toHaveLength(4);
  });
});

describe('a calendar that cannot be read', () => {
  it('changes nothing, and is told', async () => {
    const { id, eventId } = await booked();
    await deleteByHand(eventId);
    scene.google.state.faults.add({ endpoint: 'events.list', effect: { kind: 'respond', status: 503 } });
    expect((await compare()).body).toEqual({ compared: 0, failed: 1, differences: [] });
    expect((await visitor.show(id)).body.status).toBe('confirmed');
  });
});

describe('the comparison', () => {
  it('is the admin’s', async () => {
    const { key } = visitor.world;
    expectProblem(
      await scene.service.call('POST', '/api/admin/bookings/compare', { key, body: {} }),
      403,
      'forbidden',
    );
  });

  it('comes by itself, once for each calendar that is due, over all instances', async () => {
    const { id, eventId } = await booked();
    await deleteByHand(eventId);
    const env = { SCHEDULER_ENABLED: 'true', RECONCILE_CRON: '* * * * * *' };
    const start = (): Promise<Service> =>
      startService({ databaseUrl: scene.database.url, google: scene.google, env });
    scene.google.state.requests.clear();
    const workers = await Promise.all([start(), start()]);
    try {
      await eventually(async () => expect((await visitor.show(id)).body.status).toBe('cancelled'));
      const read = scene.google.state.requests
        .list({ endpoint: 'events.list' })
        .map(({ path }) => decodeURIComponent(path))
        .filter((path) => path.includes(mainOf(visitor.world)));
      expect(read).toHaveLength(1);
    } finally {
      await Promise.all(workers.map((worker) => worker.stop()));
    }
  });
});
