import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Effect } from '../../src/sandbox/faults/fault.js';
import { disagreements } from '../support/agreement.js';
import { readServerLog } from '../support/database.js';
import { at, bookingScene, Caller, eventually, liveEvents, type Scene } from '../support/booking-scene.js';
import { until } from '../support/fault-bench.js';
import { startService, type Answer, type Service } from '../support/service.js';

/** RACE_SLOTS=23 makes a day of it. */
const SLOTS = Number(process.env['RACE_SLOTS'] ?? 5);

let scene: Scene;
let second: Service;

beforeAll(async () => {
  scene = await bookingScene({ LOG_LEVEL: 'warn' });
  second = await startService({
    databaseUrl: scene.database.url,
    google: scene.google,
    env: { LOG_LEVEL: 'warn' },
  });
});

afterAll(async () => {
  await second?.stop();
  await scene?.close();
});

/** The same caller at both processes. */
const callers = async (configuration = {}): Promise<readonly [Caller, Caller]> => {
  const world = await scene.world(configuration);
  return [new Caller(scene.service, world), new Caller(second, world)];
};

const clock = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

/** What both processes keep in their tables agrees with Google: one event per live booking, no claim left over. */
const expectAgreement = async ({ world }: Caller): Promise<void> =>
  expect(await disagreements(scene, [world])).toEqual([]);

describe('many at once, over two processes', () => {
  it('forty for one slot and its overlapping neighbours: one gets it, no deadlock (F47)', async () => {
    const [one, two] = await callers({ from_time: '00:00', to_time: '24:00' });
    let slowestMs = 0;
    for (let slot = 0; slot < SLOTS; slot += 1) {
      const outcomes = await Promise.all(
        Array.from({ length: 40 }, async (_, n): Promise<Answer> => {
          const startedAt = performance.now();
          const start = at(clock(slot * 60 + 10 + (n % 3) * 10));
          const answer = await (n % 2 === 0 ? one : two).book({
            start_time: start,
            attendee_email: `guest${n}@example.com`,
          });
          slowestMs = Math.max(slowestMs, performance.now() - startedAt);
          return answer;
        }),
      );
      const statuses = outcomes.map(({ status }) => status).toSorted((a, b) => a - b);
      expect(statuses).toEqual([201, ...Array.from({ length: 39 }, () => 409)]);
      expect(outcomes.filter(({ body }) => body.code === 'slot_unavailable')).toHaveLength(39);
    }
    expect(slowestMs).toBeLessThan(5000);
    await expectAgreement(one);
    expect(liveEvents(scene.google, one.world)).toHaveLength(SLOTS);
    expect(await readServerLog()).not.toMatch(/deadlock detected|40P01/);
  });

  it('twenty for a day that takes three: three get in', async () => {
    const [one, two] = await callers({ max_bookings_per_day: 3, from_time: '00:00', to_time: '24:00' });
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? one : two).book({ start_time: at(clock(n * 30)) })),
    );
    expect(outcomes.filter(({ status }) => status === 201)).toHaveLength(3);
    expect(
      outcomes.filter(({ status, body }) => status === 422 && body.code === 'rules_violation'),
    ).toHaveLength(17);
    await expectAgreement(one);
  });

  it('holds and bookings of one time: one gets it', async () => {
    const [one, two] = await callers();
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, n) => {
        const visitor = n % 2 === 0 ? one : two;
        return n % 4 < 2
          ? visitor.hold({ start_time: at('10:00') })
          : visitor.book({ start_time: at('10:00') });
      }),
    );
    expect(outcomes.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(outcomes.filter(({ status }) => status === 409)).toHaveLength(19);
  });

  it('two configurations that each check the calendar of the other: one of them wins', async () => {
    const world = await scene.world({}, 2);
    const [main, other] = world.calendars;
    const { body: own } = await scene.service.call(
      'GET',
      `/api/calendars/configurations/${world.configurationId}`,
      {
        key: world.key,
      },
    );
    const { id: _id, created_at: _createdAt, updated_at: _updatedAt, ...fields } = own;
    const { body: crosswise } = await scene.service.call('POST', '/api/calendars/configurations', {
      key: world.key,
      body: { ...fields, name: 'Crosswise', calendar_id: other?.id, conflict_calendar_ids: [main?.id] },
    });
    const rivals = [
      new Caller(scene.service, world),
      new Caller(second, { ...world, configurationId: crosswise.id }),
    ];
    for (let hour = 9; hour < 17; hour += 1) {
      const start = at(clock(hour * 60));
      const outcomes = await Promise.all(rivals.map((rival) => rival.book({ start_time: start })));
      expect(outcomes.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);
    }
  });

  it('a hold is spent once', async () => {
    const [one, two] = await callers();
    const { id } = (await one.hold({ start_time: at('10:00') })).body;
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        (n % 2 === 0 ? one : two).book({ start_time: at('10:00'), hold_id: id }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(outcomes.filter(({ status }) => ![201, 400, 409].includes(status))).toEqual([]);
    await expectAgreement(one);
  });

  it('one key: one booking', async () => {
    const [one, two] = await callers();
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        (n % 2 === 0 ? one : two).book({ start_time: at('10:00') }, 'the-key'),
      ),
    );
    const ids = new Set(outcomes.filter(({ status }) => status === 201).map(({ body }) => body.booking_id));
    expect(ids.size).toBe(1);
    for (const { status, body } of outcomes.filter((answer) => answer.status !== 201))
      expect([status, body.code]).toEqual([409, 'idempotency_in_progress']);
    await expectAgreement(one);
  });

  it('moves of two bookings to one time: one gets there, the other stays', async () => {
    const [one, two] = await callers();
    for (let round = 0; round < 5; round += 1) {
      const first = (await one.book({ start_time: at('10:00') })).body.booking_id;
      const other = (await one.book({ start_time: at('11:00') })).body.booking_id;
      const outcomes = await Promise.all([
        one.reschedule(first, { start_time: at('14:00') }),
        two.reschedule(other, { start_time: at('14:00') }),
      ]);
      expect(outcomes.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
      await expectAgreement(one);
      await Promise.all([one.cancel(first), two.cancel(other)]);
    }
  });

  it('a move against a cancellation: event, booking and claims agree afterwards (F63)', async () => {
    const [one, two] = await callers();
    for (let round = 0; round < 8; round += 1) {
      const id = (await one.book({ start_time: at('10:00') })).body.booking_id;
      const [moved, cancelled] = await Promise.all([
        one.reschedule(id, { start_time: at('14:00') }),
        two.cancel(id),
      ]);
      expect([200, 409]).toContain(moved.status);
      expect(cancelled).toMatchObject({ status: 200, body: { status: 'cancelled' } });
      await expectAgreement(one);
    }
  });

  it('a cancellation against the booking itself: nothing is left behind (F63)', async () => {
    const [one, two] = await callers();
    for (let round = 0; round < 8; round += 1) {
      scene.google.state.faults.clear();
      scene.google.state.faults.add({ endpoint: 'events.insert', effect: { kind: 'latency', ms: 100 } });
      const booking = one.book({ start_time: at('10:00') });
      let id: string | undefined;
      while (id === undefined) {
        const { items } = (await two.list('?status=pending')).body;
        id = items[0]?.booking_id;
      }
      expect(await two.cancel(id)).toMatchObject({ status: 200, body: { status: 'cancelled' } });
      // The writer may look while the other process is still taking the event out.
      const { status, body } = await booking;
      expect([status, body.code]).toEqual([409, 'conflict']);
      await expectAgreement(one);
    }
    scene.google.state.faults.clear();
  });
});

describe('two recoveries of one booking, in two processes (F63)', () => {
  const worker = (): Promise<Service> =>
    startService({
      databaseUrl: scene.database.url,
      google: scene.google,
      env: { LOG_LEVEL: 'warn', SCHEDULER_ENABLED: 'true', RECONCILE_CRON: '* * * * * *' },
    });
  let workers: Service[];

  beforeAll(async () => {
    workers = await Promise.all([worker(), worker()]);
  });

  afterAll(async () => {
    await Promise.all((workers ?? []).map((service) => service.stop()));
  });

  afterEach(() => scene.google.state.faults.clear());

  const SLOW: Effect = { kind: 'latency', ms: 3000 };
  /** Google did what the first of them asked for, and only the second one hears of it. */
  const LOST: Effect = { kind: 'accept_then', answer: { kind: 'reset' } };

  it.each([
    ['that both write', [SLOW]],
    ['of which one is not told that it wrote', [SLOW, LOST]],
  ] as const)('%s end in one event and one confirmed row', async (_name, effects) => {
    const { google, query } = scene;
    const { faults, requests } = google.state;
    const [one] = await callers();
    faults.add({ endpoint: 'events.insert', effect: 'unavailable503' });
    const booked = await one.book({ start_time: at('10:00') });
    expect(booked).toMatchObject({ status: 202, body: { status: 'pending' } });

    faults.clear();
    requests.clear();
    faults.add({ endpoint: 'events.insert', effect: effects[0] });
    for (const effect of effects.slice(1)) faults.add({ endpoint: 'events.insert', times: 1, effect });
    // A calendar that one of them is at work on is left alone by it, so the second time it is the other's turn.
    for (const writes of [1, 2]) {
      await query('UPDATE bookings SET next_attempt_at = now() WHERE id = $1', [booked.body.booking_id]);
      await until(() => requests.count({ endpoint: 'events.insert' }) >= writes);
    }
    await eventually(() => expectAgreement(one));
    const rows = await query('SELECT status FROM bookings WHERE workspace_id = $1', [one.world.workspaceId]);
    expect(rows).toEqual([{ status: 'confirmed' }]);
    expect(liveEvents(google, one.world)).toHaveLength(1);
  });
});
