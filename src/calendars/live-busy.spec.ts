import { beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryCalendarProvider } from '../../test/fakes/in-memory-calendar-provider.js';
import { aFailure, missingCalendar, revokedGrant, timeOut } from '../../test/support/a-failure.js';
import { calendarBench, MONDAY_AT_EIGHT, type CalendarBench } from '../../test/support/calendar-bench.js';
import type { Connection } from '../oauth/connection.js';
import type { Calendar } from './calendar.js';
import type { BusyRead } from './calendar-provider.js';
import { Circuits } from './circuits.js';
import { LiveBusy, type LiveRead, type LiveWish } from './live-busy.js';

const WINDOW = { startAt: MONDAY_AT_EIGHT, endAt: MONDAY_AT_EIGHT + 86_400_000 };
const NINE = { startAt: MONDAY_AT_EIGHT + 3_600_000, endAt: MONDAY_AT_EIGHT + 7_200_000 };

let bench: CalendarBench;
let connection: Connection;

beforeEach(async () => {
  bench = calendarBench();
  connection = await bench.connect('ada@example.com');
});

const many = (count: number): Calendar[] =>
  Array.from({ length: count }, (_, n) => bench.calendarOf(connection, `c${n}@example.com`));

const read = (calendars: readonly Calendar[]): Promise<LiveRead> =>
  bench.live.read(connection.id, calendars, wish());

const wish = (): LiveWish => ({ window: WINDOW, deadline: bench.deadline(), priority: 'request' });

const failing = ({ reads }: LiveRead): string[] =>
  [...reads].flatMap(([id, { failure }]) => (failure === null ? [] : id));

const sizes = (): number[] => bench.provider.calls.map(({ calendars }) => calendars.length);

describe('reading the calendars of one connection', () => {
  it('answers by calendar id', async () => {
    const a = bench.calendarOf(connection, 'a@example.com');
    const b = bench.calendarOf(connection, 'b@example.com');
    bench.provider.givenBusy('b@example.com', NINE);
    expect(await read([a, b])).toEqual({
      reads: new Map([
        [a.id, { busy: [], failure: null }],
        [b.id, { busy: [NINE], failure: null }],
      ]),
      failure: null,
    });
  });

  it('takes one call for up to 50 calendars, and three for 120 (F32)', async () => {
    const calendars = many(120);
    await read(calendars.slice(0, 50));
    expect(sizes()).toEqual([50]);
    const { reads, failure } = await read(calendars);
    expect(sizes().slice(1)).toEqual([50, 50, 20]);
    expect([...reads.keys()]).toEqual(calendars.map(({ id }) => id));
    expect(failure).toBeNull();
  });

  it('fails only the calendars of a part that failed', async () => {
    const calendars = many(120);
    bench.provider.fail({ calendar: 'c70@example.com', failure: timeOut() });
    const outcome = await read(calendars);
    expect(failing(outcome)).toEqual(calendars.slice(50, 100).map(({ id }) => id));
    expect(outcome.failure).toBeNull();
  });

  it('is a failure of the connection when no part got through', async () => {
    const calendars = many(60);
    bench.provider.fail({ failure: aFailure() });
    const outcome = await read(calendars);
    expect(failing(outcome)).toHaveLength(60);
    expect(outcome.failure).toMatchObject({ code: 'http_503' });
    expect(sizes()).toHaveLength(6);
  });

  it('finds the one calendar that takes the whole call down (F24)', async () => {
    const calendars = many(8);
    bench.provider.fail({ calendar: 'c5@example.com', failure: missingCalendar() });
    const outcome = await read(calendars);
    expect(failing(outcome)).toEqual([calendars[5]?.id]);
    expect(outcome.failure).toBeNull();
  });

  it('asks three times at most when every part is refused: then it is the account', async () => {
    bench.provider.fail({ failure: missingCalendar() });
    const outcome = await read(many(50));
    expect(failing(outcome)).toHaveLength(50);
    expect(sizes()).toEqual([50, 25, 25]);
    expect(outcome.failure).toMatchObject({ code: 'notFound', attempts: 2 });
  });

  it('asks nobody while the connection waits for a person', async () => {
    await bench.connections.markNeedsReauth(connection.id, 1, revokedGrant());
    const outcome = await read(many(3));
    expect(failing(outcome)).toHaveLength(3);
    expect(outcome.failure).toMatchObject({ needsReauth: true });
    expect(bench.provider.calls).toEqual([]);
    expect(bench.eventsLogged('calendars.unread')).toEqual([]);
  });
});

describe('a calendar that the provider stumbled over in a good answer (F25)', () => {
  const stumble = aFailure({ code: 'internalError', httpStatus: 200 });

  it('is asked for once more, alone', async () => {
    const calendars = many(3);
    bench.provider.stumble('c1@example.com', stumble, { times: 1 });
    bench.provider.givenBusy('c1@example.com', NINE);
    const { reads } = await read(calendars);
    expect(reads.get(calendars[1]?.id ?? '')).toEqual({ busy: [NINE], failure: null });
    expect(bench.provider.calls.map(({ calendars: asked }) => asked)).toEqual([
      ['c0@example.com', 'c1@example.com', 'c2@example.com'],
      ['c1@example.com'],
    ]);
  });

  it('has failed when it does so again, and it alone', async () => {
    const calendars = many(3);
    bench.provider.stumble('c1@example.com', stumble);
    const outcome = await read(calendars);
    expect(failing(outcome)).toEqual([calendars[1]?.id]);
    expect(outcome.failure).toBeNull();
    expect(sizes()).toEqual([3, 1]);
    expect(outcome.reads.get(calendars[1]?.id ?? '')?.failure).toMatchObject({ attempts: 2 });
  });

  it('has failed when the second question does, and the others stand', async () => {
    const calendars = many(3);
    bench.provider.stumble('c1@example.com', stumble, { times: 1 });
    const twice = bench.provider.busy.bind(bench.provider);
    bench.provider.busy = (access, ids, window) => {
      if (ids.length === 1) bench.provider.fail({ failure: timeOut(), times: 1 });
      return twice(access, ids, window);
    };
    const outcome = await read(calendars);
    expect(failing(outcome)).toEqual([calendars[1]?.id]);
    expect(outcome.failure).toBeNull();
    expect(outcome.reads.get(calendars[1]?.id ?? '')?.failure).toMatchObject({ attempts: 2 });
  });

  it('is not asked for again when the answer was final', async () => {
    const calendars = many(2);
    bench.provider.stumble('c1@example.com', missingCalendar());
    expect(failing(await read(calendars))).toEqual([calendars[1]?.id]);
    expect(sizes()).toEqual([2]);
  });
});

describe('a refusal that does not tell which calendar it means (F24)', () => {
  it.each([1, 2, 5, 50])('fails the one calendar it is about, among %i', async (count) => {
    const calendars = many(count);
    bench.provider.fail({ calendar: 'c0@example.com', failure: missingCalendar() });
    const outcome = await read(calendars);
    expect(failing(outcome)).toEqual([calendars[0]?.id]);
    expect(outcome.failure === null).toBe(count > 1);
  });
});

describe('what reading never does', () => {
  it('calls a calendar free that the provider did not mention', async () => {
    class Silent extends InMemoryCalendarProvider {
      override async busy(): Promise<ReadonlyMap<string, BusyRead>> {
        return new Map();
      }
    }
    const circuits = new Circuits(bench.clock, bench.log);
    const live = new LiveBusy(new Silent(), bench.calls, circuits, bench.config, bench.unread);
    const outcome = await live.read(connection.id, many(2), wish());
    expect(failing(outcome)).toHaveLength(2);
    expect([...outcome.reads.values()][0]?.failure).toMatchObject({ code: 'calendar_missing' });
  });

  it('hides a bug behind a failed calendar', async () => {
    bench.provider.busy = async () => {
      throw new TypeError('a bug');
    };
    await expect(read(many(1))).rejects.toThrow(TypeError);
  });
});

describe('what reading tells', () => {
  it('is one line for each failure, with the calendars it struck', async () => {
    const calendars = many(3);
    bench.provider.fail({ failure: timeOut() });
    await read(calendars);
    expect(bench.eventsLogged('calendars.unread')).toMatchObject([
      {
        level: 'warn',
        fields: {
          connection_id: connection.id,
          calendar_id: calendars.map(({ id }) => id).join(','),
          calendars: 3,
          code: 'timeout',
          attempts: 1,
        },
      },
    ]);
  });

  it('is one short line for a cause, however many calendars it struck', async () => {
    const calendars = many(50);
    for (const { externalId } of calendars) bench.provider.stumble(externalId, missingCalendar());
    await read(calendars);
    const lines = bench.eventsLogged('calendars.unread');
    expect(lines).toMatchObject([{ fields: { calendars: 50, code: 'notFound' } }]);
    expect(JSON.stringify(lines).length).toBeLessThan(2000);
  });

  it('alerts the operator once for what only the operator can mend, however many connections meet it (F22)', async () => {
    const disabled = aFailure({
      category: 'provider_misconfigured',
      code: 'accessNotConfigured',
      actor: 'operator',
      retryable: false,
    });
    bench.provider.fail({ failure: disabled });
    const meet = async (email: string): Promise<void> => {
      const other = await bench.connect(email);
      await bench.live.read(other.id, [bench.calendarOf(other, email)], wish());
    };
    for (const name of ['b', 'c', 'd']) await meet(`${name}@example.com`);
    expect(bench.eventsLogged('operator.alert')).toMatchObject([
      { level: 'error', fields: { code: 'accessNotConfigured' } },
    ]);
    bench.clock.advance(3_600_001);
    await meet('e@example.com');
    expect(bench.eventsLogged('operator.alert')).toHaveLength(2);
  });
});
