import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type {
  BusyRead,
  CalendarProvider,
  NewEvent,
  ProviderAccess,
  RemoteCalendar,
} from '../../src/calendars/calendar-provider.js';
import { ProviderError, type Failure } from '../../src/shared/failure.js';
import type { Interval } from '../../src/shared/time.js';

/** One account that a provider can be asked about, and what only the world around it can do. */
export interface ProviderWorld {
  readonly provider: CalendarProvider;
  readonly access: ProviderAccess;
  addCalendar(calendar: Omit<RemoteCalendar, 'primary'>): void;
  removeCalendar(id: string): void;
  /** Somebody else's event; answers its id. */
  addEvent(calendarId: string, time: Interval): string;
  revokeAccess(): void;
  /** From now on, busy answers cannot tell about this calendar. */
  obscure(calendarId: string): void;
  attendeesOf(calendarId: string, eventId: string): readonly string[];
  close(): Promise<void>;
}

const MAIN = 'ada@example.com';
const TEAM = 'team@group.calendar.example.com';
const READ_ONLY = 'holidays@group.calendar.example.com';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MIDNIGHT = Date.UTC(2027, 2, 10);
const DAY: Interval = { startAt: MIDNIGHT, endAt: MIDNIGHT + DAY_MS };

/** Hours of 10 March 2027, UTC. */
const hours = (from: number, to: number): Interval => ({
  startAt: MIDNIGHT + from * HOUR_MS,
  endAt: MIDNIGHT + to * HOUR_MS,
});

const anEvent = (differences: Partial<NewEvent> = {}): NewEvent => ({
  id: 'booking0001',
  bookingId: '11111111-1111-4111-8111-111111111111',
  ...hours(9, 10),
  timezone: 'America/New_York',
  title: 'Consultation',
  description: null,
  location: null,
  attendee: { email: 'guest@example.com', name: 'Guest' },
  createMeetLink: false,
  ...differences,
});

/** What every implementation of {@link CalendarProvider} promises. `makeWorld` makes a new world for each test. */
export function calendarProviderContract(provided: string, makeWorld: () => Promise<ProviderWorld>): void {
  describe(`${provided} as a calendar provider`, () => {
    let world: ProviderWorld;
    let provider: CalendarProvider;
    let access: ProviderAccess;

    beforeEach(async () => {
      world = await makeWorld();
      ({ provider, access } = world);
      world.addCalendar({ externalId: MAIN, name: 'Ada', timezone: 'America/New_York', accessRole: 'owner' });
      world.addCalendar({ externalId: TEAM, name: 'Team', timezone: 'Europe/Berlin', accessRole: 'writer' });
      world.addCalendar({
        externalId: READ_ONLY,
        name: 'Holidays',
        timezone: 'UTC',
        accessRole: 'reader',
      });
    });

    afterEach(() => world.close());

    const readOf = async (id: string, window = DAY): Promise<BusyRead | undefined> =>
      (await provider.busy(access, [id], window)).get(id);

    describe('the list of calendars', () => {
      it('tells name, zone and role of each', async () => {
        const list = await provider.calendars(access);
        expect(
          list.map(({ externalId, name, timezone, accessRole }) => [externalId, name, timezone, accessRole]),
        ).toEqual([
          [MAIN, 'Ada', 'America/New_York', 'owner'],
          [TEAM, 'Team', 'Europe/Berlin', 'writer'],
          [READ_ONLY, 'Holidays', 'UTC', 'reader'],
        ]);
      });

      it('has every calendar once, however many there are', async () => {
        const more = Array.from({ length: 30 }, (_, n) => `extra${n}@group.calendar.example.com`);
        for (const externalId of more)
          world.addCalendar({ externalId, name: externalId, timezone: 'UTC', accessRole: 'owner' });
        const ids = (await provider.calendars(access)).map(({ externalId }) => externalId);
        expect(ids).toEqual([MAIN, TEAM, READ_ONLY, ...more]);
      });

      it('leaves out a calendar that was removed', async () => {
        world.removeCalendar(TEAM);
        const ids = (await provider.calendars(access)).map(({ externalId }) => externalId);
        expect(ids).toEqual([MAIN, READ_ONLY]);
      });
    });

    describe('busy times', () => {
      it('are none in an empty calendar, and that is a complete read', async () => {
        expect(await readOf(MAIN)).toEqual({ busy: [], failure: null });
      });

      it('show a created event', async () => {
        await provider.insertEvent(access, MAIN, anEvent());
        expect(await readOf(MAIN)).toEqual({ busy: [hours(9, 10)], failure: null });
      });

      it('of one calendar say nothing of another', async () => {
        world.addEvent(MAIN, hours(9, 10));
        const reads = await provider.busy(access, [MAIN, TEAM], DAY);
        expect([...reads]).toEqual([
          [MAIN, { busy: [hours(9, 10)], failure: null }],
          [TEAM, { busy: [], failure: null }],
        ]);
      });

      it('are sorted, and those that overlap or touch are merged', async () => {
        for (const [from, to] of [
          [15, 16],
          [9, 11],
          [10, 12],
          [12, 13],
          [9.5, 10],
        ] as const)
          world.addEvent(MAIN, hours(from, to));
        expect((await readOf(MAIN))?.busy).toEqual([hours(9, 13), hours(15, 16)]);
      });

      it('are clipped to the window', async () => {
        world.addEvent(MAIN, hours(8, 10));
        world.addEvent(MAIN, hours(11, 13));
        expect((await readOf(MAIN, hours(9, 12)))?.busy).toEqual([hours(9, 10), hours(11, 12)]);
      });

      it('are half-open: what ends where the window starts, or starts where it ends, is outside', async () => {
        world.addEvent(MAIN, hours(8, 9));
        world.addEvent(MAIN, hours(12, 13));
        expect((await readOf(MAIN, hours(9, 12)))?.busy).toEqual([]);
      });

      it('are complete in a window of many months', async () => {
        const far: Interval = { startAt: MIDNIGHT + 200 * DAY_MS, endAt: MIDNIGHT + 201 * DAY_MS };
        const seam: Interval = { startAt: MIDNIGHT + 89.5 * DAY_MS, endAt: MIDNIGHT + 90.5 * DAY_MS };
        world.addEvent(MAIN, far);
        world.addEvent(MAIN, seam);
        const window = { startAt: MIDNIGHT, endAt: MIDNIGHT + 300 * DAY_MS };
        expect(await readOf(MAIN, window)).toEqual({ busy: [seam, far], failure: null });
      });

      it('answer under the id as it was asked for, in any letter case', async () => {
        world.addEvent(MAIN, hours(9, 10));
        expect(await readOf(MAIN.toUpperCase())).toEqual({ busy: [hours(9, 10)], failure: null });
      });

      it('never call an unreadable calendar free, and answer every id asked for', async () => {
        world.addEvent(MAIN, hours(9, 10));
        world.obscure(TEAM);
        const ids = ['gone@example.com', MAIN, TEAM];
        const reads = await provider.busy(access, ids, DAY);
        expect([...reads.keys()]).toEqual(ids);
        expect(reads.get('gone@example.com')?.failure).toMatchObject({
          category: 'calendar_not_found',
          needsReauth: false,
        });
        expect(reads.get(MAIN)).toEqual({ busy: [hours(9, 10)], failure: null });
        expect(reads.get(TEAM)?.failure).toMatchObject({ category: 'connection_error' });
      });

      it('are told for as many calendars at once as the provider says, and for no more', async () => {
        const ids = Array.from({ length: provider.busyBatchSize }, (_, n) => `extra${n}@group.example.com`);
        for (const externalId of ids)
          world.addCalendar({ externalId, name: externalId, timezone: 'UTC', accessRole: 'owner' });
        const full = [...(await provider.busy(access, ids, DAY)).values()];
        const tooMany = [...(await provider.busy(access, [...ids, MAIN], DAY)).values()];
        expect(full.filter(({ failure }) => failure !== null)).toEqual([]);
        expect(tooMany.filter(({ failure }) => failure === null)).toEqual([]);
      });
    });

    describe('events', () => {
      it('are answered as they were written', async () => {
        const written = {
          id: 'booking0001',
          bookingId: anEvent().bookingId,
          cancelled: false,
          busy: true,
          ...hours(9, 10),
          meetLink: null,
        };
        expect(await provider.insertEvent(access, MAIN, anEvent())).toEqual({ event: written });
        expect(await provider.findEvent(access, MAIN, 'booking0001')).toEqual(written);
      });

      it('are one when the same id is inserted twice', async () => {
        await provider.insertEvent(access, MAIN, anEvent());
        const later = anEvent({ ...hours(14, 15), bookingId: '22222222-2222-4222-8222-222222222222' });
        expect(await provider.insertEvent(access, MAIN, later)).toEqual({ duplicate: true });
        expect((await readOf(MAIN))?.busy).toEqual([hours(9, 10)]);
        expect((await provider.findEvent(access, MAIN, 'booking0001'))?.bookingId).toBe(anEvent().bookingId);
      });

      it('are one when the same id is inserted several times at once', async () => {
        const insertions = await Promise.all(
          Array.from({ length: 5 }, () => provider.insertEvent(access, MAIN, anEvent())),
        );
        expect(insertions.filter((insertion) => 'event' in insertion)).toHaveLength(1);
      });

      it('of the same id may stand in two calendars', async () => {
        await provider.insertEvent(access, MAIN, anEvent());
        expect(await provider.insertEvent(access, TEAM, anEvent())).toMatchObject({
          event: { id: 'booking0001' },
        });
      });

      it('invite the attendee', async () => {
        await provider.insertEvent(access, MAIN, anEvent());
        expect(world.attendeesOf(MAIN, 'booking0001')).toEqual(['guest@example.com']);
      });

      it('have a meet link when one was asked for, the same at every look', async () => {
        const insertion = await provider.insertEvent(access, MAIN, anEvent({ createMeetLink: true }));
        const meetLink = 'event' in insertion ? insertion.event.meetLink : null;
        expect(meetLink).toMatch(/^https:\/\/meet\./);
        expect((await provider.findEvent(access, MAIN, 'booking0001'))?.meetLink).toBe(meetLink);
      });

      it('are not found under an unknown id', async () => {
        expect(await provider.findEvent(access, MAIN, 'unknown0001')).toBeNull();
      });

      it('are nobody’s booking when somebody else made them', async () => {
        const id = world.addEvent(TEAM, hours(9, 10));
        expect(await provider.findEvent(access, TEAM, id)).toMatchObject({
          bookingId: null,
          cancelled: false,
        });
      });

      it('are listed where they touch a window, ours and theirs, however many there are', async () => {
        await provider.insertEvent(access, MAIN, anEvent());
        const ids = [];
        for (let n = 0; n < 20; n += 1) ids.push(world.addEvent(MAIN, hours(10 + n / 4, 10.5 + n / 4)));
        world.addEvent(MAIN, hours(7, 8));
        world.addEvent(MAIN, hours(16, 17));
        const events = await provider.events(access, MAIN, hours(8, 16));
        expect(events.map(({ id }) => id).toSorted()).toEqual(['booking0001', ...ids].toSorted());
        expect(events.find(({ id }) => id === 'booking0001')).toEqual(
          await provider.findEvent(access, MAIN, 'booking0001'),
        );
        const touching = await provider.events(access, MAIN, hours(9.5, 9.75));
        expect(touching.map(({ id }) => id)).toEqual(['booking0001']);
      });

      it('are not listed after they were deleted', async () => {
        await provider.insertEvent(access, MAIN, anEvent());
        await provider.deleteEvent(access, MAIN, 'booking0001');
        expect(await provider.events(access, MAIN, DAY)).toEqual([]);
      });

      it('of a calendar that is gone are not known', async () => {
        world.removeCalendar(TEAM);
        expect(await failureOf(provider.events(access, TEAM, DAY))).toMatchObject({
          category: 'calendar_not_found',
        });
      });

      it('take no time after they were deleted, but can still be found as cancelled', async () => {
        await provider.insertEvent(access, MAIN, anEvent());
        await provider.deleteEvent(access, MAIN, 'booking0001');
        expect((await readOf(MAIN))?.busy).toEqual([]);
        expect(await provider.findEvent(access, MAIN, 'booking0001')).toMatchObject({
          cancelled: true,
          bookingId: anEvent().bookingId,
        });
      });

      it('keep their id for ever: after a deletion it is a duplicate', async () => {
        await provider.insertEvent(access, MAIN, anEvent());
        await provider.deleteEvent(access, MAIN, 'booking0001');
        expect(await provider.insertEvent(access, MAIN, anEvent())).toEqual({ duplicate: true });
      });

      it('may be deleted twice, or without ever having been there', async () => {
        await provider.insertEvent(access, MAIN, anEvent());
        await provider.deleteEvent(access, MAIN, 'booking0001');
        await expect(provider.deleteEvent(access, MAIN, 'booking0001')).resolves.toBeUndefined();
        await expect(provider.deleteEvent(access, MAIN, 'unknown0001')).resolves.toBeUndefined();
      });

      it('move to another time, however often that is asked, and keep the rest', async () => {
        const insertion = await provider.insertEvent(access, MAIN, anEvent({ createMeetLink: true }));
        const to = { ...hours(13, 14.5), timezone: 'America/New_York' };
        const moved = await provider.moveEvent(access, MAIN, 'booking0001', to);
        expect(moved).toEqual({ ...('event' in insertion ? insertion.event : null), ...hours(13, 14.5) });
        expect(await provider.moveEvent(access, MAIN, 'booking0001', to)).toEqual(moved);
        expect(await readOf(MAIN)).toEqual({ busy: [hours(13, 14.5)], failure: null });
        expect(world.attendeesOf(MAIN, 'booking0001')).toEqual(['guest@example.com']);
      });

      it('do not move after they were deleted, or without ever having been there', async () => {
        await provider.insertEvent(access, MAIN, anEvent());
        await provider.deleteEvent(access, MAIN, 'booking0001');
        const to = { ...hours(13, 14), timezone: 'UTC' };
        expect(await provider.moveEvent(access, MAIN, 'booking0001', to)).toBeNull();
        expect(await provider.moveEvent(access, MAIN, 'unknown0001', to)).toBeNull();
        expect((await readOf(MAIN))?.busy).toEqual([]);
      });

      it('cannot be moved where the account may only read', async () => {
        const id = world.addEvent(READ_ONLY, hours(9, 10));
        const to = { ...hours(13, 14), timezone: 'UTC' };
        expect(await failureOf(provider.moveEvent(access, READ_ONLY, id, to))).toMatchObject({
          category: 'permission_error',
          retryable: false,
        });
        expect((await readOf(READ_ONLY))?.busy).toEqual([hours(9, 10)]);
      });

      it('cannot be written to a calendar that is gone', async () => {
        world.removeCalendar(TEAM);
        const failure = await failureOf(provider.insertEvent(access, TEAM, anEvent()));
        expect(failure).toMatchObject({
          category: 'calendar_not_found',
          needsReauth: false,
          retryable: false,
        });
      });

      it('cannot be written or deleted where the account may only read', async () => {
        const denied = { category: 'permission_error', needsReauth: false, retryable: false };
        expect(await failureOf(provider.insertEvent(access, READ_ONLY, anEvent()))).toMatchObject(denied);
        expect(await failureOf(provider.deleteEvent(access, READ_ONLY, 'booking0001'))).toMatchObject(denied);
        expect((await readOf(READ_ONLY))?.busy).toEqual([]);
      });
    });

    describe.each<[string, (use: ProviderAccess) => Promise<unknown>]>([
      ['listing calendars', (use) => provider.calendars(use)],
      ['reading busy times', (use) => provider.busy(use, [MAIN], DAY)],
      ['inserting an event', (use) => provider.insertEvent(use, MAIN, anEvent())],
      ['finding an event', (use) => provider.findEvent(use, MAIN, 'booking0001')],
      ['listing events', (use) => provider.events(use, MAIN, DAY)],
      ['moving an event', (use) => provider.moveEvent(use, MAIN, 'booking0001', anEvent())],
      ['deleting an event', (use) => provider.deleteEvent(use, MAIN, 'booking0001')],
    ])('%s', (_, call) => {
      it('fails for want of a good token when access was revoked', async () => {
        world.revokeAccess();
        expect(await failureOf(call(access))).toMatchObject({
          category: 'expired_tokens',
          httpStatus: 401,
          // One rejected token is no verdict yet: the caller first tries a fresh one (F17).
          needsReauth: false,
          retryable: false,
        });
      });

      it('ends as a time-out when the caller’s time is up', async () => {
        const late = { ...access, signal: AbortSignal.abort() };
        expect(await failureOf(call(late))).toMatchObject({
          category: 'connection_error',
          timedOut: true,
          retryable: false,
          httpStatus: null,
        });
      });
    });
  });
}

async function failureOf(call: Promise<unknown>): Promise<Failure> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ProviderError) return error.failure;
    throw error;
  }
  throw new Error('The call succeeded.');
}
