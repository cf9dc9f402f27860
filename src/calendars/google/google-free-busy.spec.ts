import { describe, expect, it } from '@jest/globals';
import type { BusyRead } from '../calendar-provider.js';
import type { Interval } from '../../shared/time.js';
import { freeBusyReads } from './google-free-busy.js';

const ADA = 'ada@example.com';
const DAY: Interval = { startAt: Date.UTC(2026, 0, 1), endAt: Date.UTC(2026, 0, 2) };

const at = (hour: number, minute = 0): number => Date.UTC(2026, 0, 1, hour, minute);
const written = (from: string, to: string): object => ({
  start: `2026-01-01T${from}:00Z`,
  end: `2026-01-01T${to}:00Z`,
});

const readOf = (busy: unknown, window = DAY): BusyRead | undefined =>
  freeBusyReads({ calendars: { [ADA]: { busy } } }, [ADA], window).get(ADA);

describe('free/busy answers', () => {
  it('say when a calendar is busy', () => {
    expect(readOf([written('09:00', '10:00')])).toEqual({
      busy: [{ startAt: at(9), endAt: at(10) }],
      failure: null,
    });
  });

  it('with an empty list say that a calendar is free', () => {
    expect(readOf([])).toEqual({ busy: [], failure: null });
  });

  it('are merged and sorted: overlapping, nested, repeated, touching', () => {
    const busy = [
      written('15:00', '16:00'),
      written('09:00', '11:00'),
      written('10:00', '12:00'),
      written('09:30', '09:45'),
      written('15:00', '16:00'),
      written('12:00', '12:30'),
    ];
    expect(readOf(busy)?.busy).toEqual([
      { startAt: at(9), endAt: at(12, 30) },
      { startAt: at(15), endAt: at(16) },
    ]);
  });

  it('are clipped to the window, and what only touches it is outside', () => {
    const busy = [
      written('07:00', '08:00'),
      written('08:00', '10:00'),
      written('11:00', '13:00'),
      written('12:00', '14:00'),
    ];
    expect(readOf(busy, { startAt: at(8), endAt: at(12) })?.busy).toEqual([
      { startAt: at(8), endAt: at(10) },
      { startAt: at(11), endAt: at(12) },
    ]);
    expect(readOf(busy, { startAt: at(10), endAt: at(11) })?.busy).toEqual([]);
  });

  it('may write the same instant with any offset, and with milliseconds', () => {
    const busy = [{ start: '2026-01-01T14:30:00+05:30', end: '2026-01-01T04:00:00.001-06:00' }];
    expect(readOf(busy)).toEqual({ busy: [{ startAt: at(9), endAt: at(10) + 1 }], failure: null });
  });

  it('hold thousands of periods', () => {
    const busy = Array.from({ length: 2000 }, (_, n) => ({
      start: new Date(at(0) + n * 40_000).toISOString(),
      end: new Date(at(0) + n * 40_000 + 20_000).toISOString(),
    }));
    expect(readOf(busy)).toMatchObject({ busy: { length: 2000 }, failure: null });
  });
});

describe('ids in a free/busy answer (F26)', () => {
  it.each([
    ['ada@example.com', 'ADA@EXAMPLE.COM'],
    ['Ada@Example.com', 'ada@example.com'],
    ['c_AbC@group.calendar.google.com', 'c_abc@group.calendar.google.com'],
  ])('match in any letter case: %s against %s', (asked, answered) => {
    const reads = freeBusyReads(
      { calendars: { [answered]: { busy: [written('09:00', '10:00')] } } },
      [asked],
      DAY,
    );
    expect([...reads]).toEqual([[asked, { busy: [{ startAt: at(9), endAt: at(10) }], failure: null }]]);
  });

  it('are all answered, in the order asked, whatever the answer holds', () => {
    const reads = freeBusyReads(
      { calendars: { b: { busy: [] }, unasked: { busy: [] } } },
      ['a', 'b', 'c'],
      DAY,
    );
    expect([...reads.keys()]).toEqual(['a', 'b', 'c']);
    expect([...reads.values()].map(({ failure }) => failure?.code ?? null)).toEqual([
      'calendar_missing',
      null,
      'calendar_missing',
    ]);
  });

  it.each<[string, unknown]>([
    ['is empty', {}],
    ['is null', null],
    ['is missing', undefined],
    ['is a list', []],
    ['is a text', 'calendars'],
    ['has null for the calendar', { [ADA]: null }],
    ['has a text for the calendar', { [ADA]: 'free' }],
    ['has no list of periods', { [ADA]: {} }],
    ['has null for the list', { [ADA]: { busy: null } }],
    ['has an object for the list', { [ADA]: { busy: {} } }],
  ])('fail where `calendars` %s', (_, calendars) => {
    expect(freeBusyReads({ calendars }, [ADA], DAY).get(ADA)).toMatchObject({
      busy: [],
      failure: { category: 'connection_error', code: 'calendar_missing', needsReauth: false },
    });
  });

  it('that come twice count together, in whatever order they come', () => {
    const entries: [string, object][] = [
      ['ada@example.com', { busy: [written('09:00', '10:00')] }],
      ['ADA@example.com', { busy: [] }],
    ];
    for (const calendars of [entries, entries.toReversed()])
      expect(freeBusyReads({ calendars: Object.fromEntries(calendars) }, [ADA], DAY).get(ADA)).toEqual({
        busy: [{ startAt: at(9), endAt: at(10) }],
        failure: null,
      });
  });

  it.each<[string, unknown, string]>([
    ['has failed', { errors: [{ reason: 'notFound' }], busy: [] }, 'notFound'],
    ['cannot be read', null, 'calendar_missing'],
    ['holds a malformed period', { busy: [null] }, 'malformed_answer'],
  ])('that come twice have failed when one of them %s', (_, twin, code) => {
    const calendars = { [ADA]: { busy: [] }, [ADA.toUpperCase()]: twin };
    expect(freeBusyReads({ calendars }, [ADA], DAY).get(ADA)?.failure?.code).toBe(code);
  });

  it.each(['__proto__', 'constructor', 'toString'])('may be %s without finding what is not there', (id) => {
    expect(freeBusyReads({}, [id], DAY).get(id)?.failure?.code).toBe('calendar_missing');
  });
});

describe('the window that a free/busy answer is for', () => {
  const MIDNIGHT = '2026-01-01T00:00:00.000Z';
  const NEXT_MIDNIGHT = '2026-01-02T00:00:00.000Z';
  const failureIn = (window: object): string | null =>
    freeBusyReads({ ...window, calendars: { [ADA]: { busy: [] } } }, [ADA], DAY).get(ADA)?.failure?.reason ??
    null;

  it.each<[string, object]>([
    ['the one asked for', { timeMin: MIDNIGHT, timeMax: NEXT_MIDNIGHT }],
    [
      'the same in other words',
      { timeMin: '2025-12-31T19:00:00-05:00', timeMax: '2026-01-02T05:30:00+05:30' },
    ],
    ['a wider one', { timeMin: '2025-12-31T23:59:59Z', timeMax: '2026-02-01T00:00:00Z' }],
    ['not told', {}],
    ['told by halves', { timeMin: MIDNIGHT }],
  ])('may be %s', (_, window) => {
    expect(failureIn(window)).toBeNull();
  });

  it.each<[string, object]>([
    ['another day', { timeMin: NEXT_MIDNIGHT, timeMax: '2026-01-03T00:00:00.000Z' }],
    ['too late a start', { timeMin: '2026-01-01T00:00:00.001Z', timeMax: NEXT_MIDNIGHT }],
    ['too early an end', { timeMin: MIDNIGHT, timeMax: '2026-01-01T23:59:59Z' }],
    ['no time at all', { timeMin: 'today', timeMax: NEXT_MIDNIGHT }],
    ['null', { timeMin: MIDNIGHT, timeMax: null }],
  ])('must not be %s: what the answer leaves out would look free', (_, window) => {
    expect(failureIn(window)).toBe('other_window');
  });
});

describe('errors of one calendar in a free/busy answer (F25)', () => {
  const failed = (errors: unknown): BusyRead | undefined =>
    freeBusyReads({ calendars: { [ADA]: { errors, busy: [] } } }, [ADA], DAY).get(ADA);

  it.each([
    ['notFound', 'calendar_not_found', false],
    ['internalError', 'connection_error', true],
    ['groupTooBig', 'connection_error', false],
    ['tooManyCalendarsRequested', 'connection_error', false],
    ['forbidden', 'permission_error', false],
    ['neverHeardOf', 'connection_error', false],
  ])('%s is %s', (reason, category, retryable) => {
    expect(failed([{ domain: 'global', reason }])).toMatchObject({
      busy: [],
      failure: { code: reason, category, retryable, needsReauth: false },
    });
  });

  it.each<[string, unknown]>([
    ['without a reason', [{}]],
    ['that is null', [null]],
    ['with a number for a reason', [{ reason: 7 }]],
  ])('fail the calendar when there is one %s', (_, errors) => {
    expect(failed(errors)?.failure).toMatchObject({ code: 'unknown', category: 'connection_error' });
  });

  it.each<[string, unknown]>([
    ['an object', {}],
    ['a text', ''],
    ['a number', 0],
    ['false', false],
  ])('fail the calendar also when they are %s instead of a list', (_, errors) => {
    expect(failed(errors)?.failure).toMatchObject({ code: 'unknown', category: 'connection_error' });
  });

  it('say why also when they are no list', () => {
    expect(failed({ reason: 'notFound' })?.failure).toMatchObject({ category: 'calendar_not_found' });
  });

  it.each([[[]], [null]])('are none when they are %j', (errors) => {
    expect(failed(errors)).toEqual({ busy: [], failure: null });
  });
});

describe('malformed periods in a free/busy answer (F28)', () => {
  const GOOD = [written('09:00', '10:00'), written('14:00', '15:00')];
  const malformed: [string, unknown][] = [
    ['a start that is no time', { start: 'garbage', end: '2026-01-01T11:00:00Z' }],
    ['an end that is no time', { start: '2026-01-01T11:00:00Z', end: 'garbage' }],
    ['no end', { start: '2026-01-01T11:00:00Z' }],
    ['no start', { end: '2026-01-01T11:00:00Z' }],
    ['nothing in it', {}],
    ['null', null],
    ['a number', 7],
    ['a text', '2026-01-01T11:00:00Z/2026-01-01T12:00:00Z'],
    ['numbers for times', { start: at(11), end: at(12) }],
    ['a day that February does not have', { start: '2026-02-30T10:00:00Z', end: '2026-02-30T11:00:00Z' }],
    ['a month 13', { start: '2026-13-01T10:00:00Z', end: '2026-13-01T11:00:00Z' }],
    ['no offset', { start: '2026-01-01T10:00:00', end: '2026-01-01T11:00:00' }],
    ['an offset of 25 hours', { start: '2026-01-01T10:00:00+25:00', end: '2026-01-01T11:00:00+25:00' }],
    ['the hour 24', { start: '2026-01-01T24:00:00Z', end: '2026-01-02T01:00:00Z' }],
    ['only dates', { start: '2026-01-01', end: '2026-01-02' }],
    ['its end before its start', written('12:00', '11:00')],
    ['no length', written('11:00', '11:00')],
  ];

  it.each(malformed)('are left out and told of, and the good ones stay: %s', (_, entry) => {
    expect(readOf([GOOD[0], entry, GOOD[1]])).toMatchObject({
      busy: [
        { startAt: at(9), endAt: at(10) },
        { startAt: at(14), endAt: at(15) },
      ],
      failure: { category: 'malformed_data', needsReauth: false, retryable: false },
    });
  });

  it('are told of also when they are all there is', () => {
    expect(readOf(malformed.map(([, entry]) => entry))).toMatchObject({
      busy: [],
      failure: { category: 'malformed_data' },
    });
  });
});
