import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Effect, FaultSpec } from '../../src/sandbox/faults/fault.js';
import { FaultBench, nth, until } from '../support/fault-bench.js';
import { connectAccount, dayFromNow, type World, type WorldCalendar } from '../support/world.js';

/** Free/busy answered with 200, but not with the truth. Numbers are those of the fault matrix. */
describe('damaged answers of free/busy', () => {
  let bench: FaultBench;
  let world: World;

  beforeAll(async () => {
    bench = await FaultBench.start();
    world = await bench.world();
    await bench.addBusy(owner(0), dayFromNow(3), '09:00', '10:00');
    await bench.addBusy(owner(1), dayFromNow(3), '12:00', '13:00');
  });

  beforeEach(() => bench.heal());
  afterAll(() => bench?.stop());

  const owner = (index: number): string => nth(world.connections, index).account;
  const fails = (index: number, effect: FaultSpec['effect'], more: Partial<FaultSpec> = {}): void =>
    bench.fault({ ...more, endpoint: 'freeBusy', account: owner(index), effect });

  /** Calendar A is unknown: its busy hour may be offered, but never as verified. */
  async function expectUnknown(category: string): Promise<void> {
    const answer = await bench.availability(world);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        calendar_health: { status: 'partial', successful_calendars: 4, failed_calendars: ['Calendar A'] },
        total_slots_found: 14,
      },
    });
    expect(answer.body.calendar_health.calendars[1]).toMatchObject({ source: 'none', category });
    for (const slot of answer.body.available_slots) expect(slot.confidence).toBe('unverified');
  }

  it.each<[string, string, number]>([
    ['notFound', 'calendar_not_found', 1],
    ['internalError', 'connection_error', 2],
    ['groupTooBig', 'connection_error', 1],
    ['tooManyCalendarsRequested', 'connection_error', 1],
    ['somethingNew', 'connection_error', 1],
    ['constructor', 'connection_error', 1],
    ['<b>\u0000</b>', 'connection_error', 1],
  ])('F25: an entry with the error %s has failed, it is not free', async (reason, category, asked) => {
    fails(1, { kind: 'calendar_error', reason });
    await expectUnknown(category);
    expect([bench.calls('freeBusy', owner(1)), bench.calls('token', owner(1))]).toEqual([asked, 0]);
    expect((await bench.connection(nth(world.connections, 1).id)).auth_status).toBe('active');
  });

  it('F25: an internalError that passes is made up for', async () => {
    fails(1, { kind: 'calendar_error', reason: 'internalError' }, { times: 1 });
    expect((await bench.availability(world)).body).toMatchObject({
      total_slots_found: 12,
      calendar_health: { status: 'healthy' },
    });
  });

  it.each<[string, Effect]>([
    ['the calendar left out', { kind: 'omit_calendar' }],
    ['no calendars at all', { kind: 'calendars_value', value: {} }],
    ['null for calendars', { kind: 'calendars_value', value: null }],
    ['a list for calendars', { kind: 'calendars_value', value: [] }],
    ['busy missing', { kind: 'calendars_value', value: { 'owner1.w1@example.com': {} } }],
    ['busy no list', { kind: 'calendars_value', value: { 'owner1.w1@example.com': { busy: 'none' } } }],
  ])('F26: %s leaves the calendar unknown', async (_name, effect) => {
    fails(1, effect);
    await expectUnknown('connection_error');
  });

  it('F26: ids match in any letter case', async () => {
    fails(1, { kind: 'upper_case_ids' });
    expect((await bench.availability(world)).body).toMatchObject({
      total_slots_found: 12,
      calendar_health: { status: 'healthy' },
    });
  });

  const MARK = 'mark-of-an-upstream-body';
  const UNREADABLE: [string, FaultSpec['effect']][] = [
    ['cut JSON', { kind: 'truncate' }],
    [
      'cut inside a period',
      { kind: 'respond', status: 200, body: '{"calendars":{"a":{"busy":[{"start":"2026-' },
    ],
    ['HTML', 'captivePortal200Html'],
    ['an empty 204', 'empty204'],
    ['an empty 200', { kind: 'respond', status: 200 }],
    ['a JSON string', { kind: 'respond', status: 200, body: `"${MARK.repeat(100)}"` }],
    ['a JSON list', { kind: 'respond', status: 200, body: [{ busy: [] }] }],
  ];

  it.each(UNREADABLE)(
    'F27: %s is asked for once more, then the calendar is unknown',
    async (_name, effect) => {
      fails(1, effect);
      await expectUnknown('connection_error');
      expect([bench.calls('freeBusy', owner(1)), bench.calls('token', owner(1))]).toEqual([2, 0]);
      expect(bench.service.output()).not.toContain(MARK.repeat(10));
    },
  );

  const good = { start: `${dayFromNow(3)}T19:00:00Z`, end: `${dayFromNow(3)}T20:00:00Z` };
  it.each<[string, unknown]>([
    ['no date at all', { start: 'garbage', end: good.end }],
    ['no end', { start: good.start }],
    ['null', null],
    ['a number', 42],
    ['a day that does not exist', { start: '2026-02-30T10:00:00Z', end: '2026-02-30T11:00:00Z' }],
    ['no offset', { start: '2026-01-01T10:00:00', end: '2026-01-01T11:00:00' }],
    ['an offset of 25 hours', { start: '2026-01-01T10:00:00+25:00', end: '2026-01-01T11:00:00+25:00' }],
    ['the end before the start', { start: good.end, end: good.start }],
    ['no length', { start: good.start, end: good.start }],
  ])(
    'F28: a period with %s is skipped, the others count, and nothing is booked on it',
    async (_name, entry) => {
      const effect: Effect = { kind: 'busy_entries', entries: [entry, good] };
      bench.fault({ endpoint: 'freeBusy', account: owner(0), effect });
      const linesBefore = bench.log('calendars.unread').length;
      const answer = await bench.availability(world);
      expect(answer).toMatchObject({
        status: 200,
        body: {
          // 16 less the seeded 9 to 10 of Main and 12 to 13 of Calendar A, less the good entry's two.
          total_slots_found: 10,
          calendar_health: { status: 'partial', failed_calendars: ['Main'], token_issues: [] },
          warnings: ['Some busy times could not be read in 1 calendar: Main'],
        },
      });
      expect(answer.body.calendar_health.calendars[0].category).toBe('malformed_data');
      for (const slot of answer.body.available_slots) expect(slot.confidence).toBe('unverified');
      await until(() => bench.log('calendars.unread').length > linesBefore);
      const [line] = bench.log('calendars.unread').slice(-1);
      expect(line).toMatchObject({ level: 'warn', class: 'malformed_data' });
      expect(line?.['message']).toMatch(/^Google sent 1 of \d busy periods/);

      const booked = await bench.book(world);
      expect(booked).toMatchObject({ status: 503, body: { code: 'calendar_unverifiable' } });
      expect(bench.calls('events.insert')).toBe(0);
    },
  );

  it('F24, F32: 120 calendars are three calls, and a failed part fails only its own', async () => {
    const many = await manyCalendars(120);
    const answer = await bench.availability(many.world);
    expect(answer.body.calendar_health).toMatchObject({ status: 'healthy', total_calendars: 120 });
    expect(bench.calls('freeBusy', many.account)).toBe(3);

    await bench.heal();
    bench.fault({
      endpoint: 'freeBusy',
      calendar: nth(many.calendars, 60).externalId,
      effect: 'backendError500',
    });
    const partly = await bench.availability(many.world);
    expect(partly.body.calendar_health).toMatchObject({ status: 'partial', successful_calendars: 70 });
    expect((await bench.connection(nth(many.calendars, 0).connectionId)).last_error).toBeNull();

    await bench.heal();
    const gone = nth(many.calendars, 60);
    bench.fault({ endpoint: 'freeBusy', calendar: gone.externalId, effect: 'notFound404' });
    const without = await bench.availability(many.world);
    expect(without.body.calendar_health).toMatchObject({
      successful_calendars: 119,
      failed_calendars: [gone.name],
    });
  });

  async function manyCalendars(
    count: number,
  ): Promise<{ world: World; account: string; calendars: WorldCalendar[] }> {
    const account = 'many@example.com';
    const { service, google } = bench;
    const base = await bench.world({ accounts: 1 });
    const names = Array.from({ length: count }, (_, index) => `Many ${index}`);
    const calendars = names.map((name, index) => ({ id: `many${index}@example.com`, name }));
    const connected = await connectAccount(service, google, base.key, { email: account, calendars });
    const path = `/api/calendars/configurations/${base.configurationId}`;
    const [main, ...others] = connected.calendars.map(({ id }) => id);
    const body = { calendar_id: main, conflict_calendar_ids: others };
    expect((await service.call('PATCH', path, { key: base.key, body })).status).toBe(200);
    bench.google.state.requests.clear();
    return { world: base, account, calendars: connected.calendars };
  }
});
