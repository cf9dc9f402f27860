import { isCovered, isObject, readFreeBusy, type RawAnswer } from './answer-reader.js';
import type { Dice } from './dice.js';
import { API_REASONS, rfc3339, trueFreeBusy, type FreeBusyTruth } from './google-answers.js';
import { junk, mutated } from './json-mutations.js';
import type { MutatedAnswer, MutatedAnswers, Special } from './mutated-answers.js';

const DAY_MS = 86_400_000;
const MOST_TRIES = 20;

/**
 * A free/busy answer that is whole, or damaged so that a careful reader notices, or that names more busy time than there
 * is. A lie that nobody can notice is thrown away, and another answer drawn.
 */
export function freeBusyAnswer(
  truth: FreeBusyTruth,
  answers: MutatedAnswers,
  damage: number,
): MutatedAnswer & { readonly isDamaged: boolean } {
  const body = trueFreeBusy(truth);
  for (let tries = 0; tries < MOST_TRIES && answers.dice.chance(damage); tries += 1) {
    const answer = answers.damaged(body, SPECIALS);
    if (!isLie(answer, truth)) return { ...answer, isDamaged: true };
  }
  const harmless = answers.dice.chance(0.7) ? answers.dice.pick(HARMLESS)(body, answers.dice) : body;
  return { ...answers.whole(harmless), isDamaged: false };
}

/** It reads well, and keeps back busy time. */
export function isLie(answer: RawAnswer, { window, busy }: FreeBusyTruth): boolean {
  const readings = readFreeBusy(answer, [...busy.keys()], window);
  return [...readings].some(
    ([id, reading]) => reading.isWhole && !isCovered(busy.get(id) ?? [], reading.busy),
  );
}

interface FreeBusyBody {
  readonly [member: string]: unknown;
  readonly calendars: Readonly<Record<string, Entry>>;
}

interface Entry {
  readonly busy: readonly Period[];
}

interface Period {
  readonly start: string;
  readonly end: string;
}

/** What earlier changes left may be anything; only what is still a free/busy answer is changed further. */
function onBody(change: (body: FreeBusyBody, dice: Dice) => unknown, name = change.name): Special {
  const special: Special = (body, dice) =>
    isObject(body) && isObject(body['calendars']) ? change(body as FreeBusyBody, dice) : mutated(body, dice);
  return Object.defineProperty(special, 'name', { value: name });
}

function onEntry(change: (entry: Entry, dice: Dice) => unknown, name = change.name): Special {
  return onBody((body, dice) => {
    const ids = Object.keys(body.calendars);
    const id = dice.pick(ids.length === 0 ? ['none'] : ids);
    const entry = body.calendars[id];
    const isIntact = isObject(entry) && Array.isArray(entry['busy']);
    return { ...body, calendars: { ...body.calendars, [id]: isIntact ? change(entry, dice) : entry } };
  }, name);
}

function onPeriods(change: (periods: readonly unknown[], dice: Dice) => unknown): Special {
  return onEntry((entry, dice) => ({ ...entry, busy: change(entry.busy, dice) }), change.name);
}

const ANY = '2026-01-01T11:00:00Z';

/** F28, and what else a period must not be. */
const BAD_PERIODS: readonly unknown[] = [
  { start: 'garbage', end: ANY },
  { start: ANY },
  { end: ANY },
  {},
  null,
  7,
  'busy',
  [],
  [ANY, ANY],
  { start: null, end: null },
  { start: 1_767_265_200_000, end: 1_767_268_800_000 },
  { start: '2026-02-30T10:00:00Z', end: '2026-02-30T11:00:00Z' },
  { start: '2026-01-01T10:00:00', end: '2026-01-01T11:00:00' },
  { start: '2026-01-01T10:00:00+25:00', end: '2026-01-01T11:00:00+25:00' },
  { start: '2026-01-01T24:00:00Z', end: '2026-01-02T01:00:00Z' },
  { start: '2026-01-01T10:00:60Z', end: ANY },
  { start: '2026-01-01', end: '2026-01-02' },
  { start: '2026-01-01T12:00:00Z', end: ANY },
  { start: ANY, end: ANY },
  { start: { dateTime: ANY }, end: { dateTime: ANY } },
  { start: `${ANY}\n`, end: '2026-01-01T12:00:00Z' },
  { start: ` ${ANY}`, end: '2026-01-01T12:00:00Z' },
  { start: '0000-01-01T00:00:00Z', end: ANY },
  { start: '-002026-01-01T00:00:00Z', end: ANY },
  { start: '２０２６-01-01T10:00:00Z', end: ANY },
  { START: ANY, END: '2026-01-01T12:00:00Z' },
];

const MORE_PERIODS: readonly Period[] = [
  { start: '0001-01-01T00:00:00Z', end: '0001-01-01T00:00:01Z' },
  { start: '9999-12-31T00:00:00Z', end: '9999-12-31T23:59:59.999Z' },
  { start: '1969-12-31T23:59:59.999-23:59', end: '1970-01-01T00:00:00+00:00' },
  { start: '2026-01-01t10:00:00.123456789z', end: '2026-01-01t10:00:01z' },
];

const badErrors = (dice: Dice): unknown =>
  dice.pick<unknown>([
    [{ domain: 'global', reason: dice.pick(API_REASONS) }],
    [{ reason: 7 }],
    [{}],
    [null],
    [[]],
    ['notFound'],
    { domain: 'global', reason: 'notFound' },
    {},
    { length: 0 },
    'notFound',
    '',
    0,
    1,
    false,
    true,
    junk(dice),
  ]);

const SPECIALS: readonly Special[] = [
  onPeriods(function badPeriod(periods, dice) {
    const bad = dice.chance(0.8) ? dice.pick(BAD_PERIODS) : junk(dice);
    const index = dice.below(periods.length + 1);
    return [...periods.slice(0, index), bad, ...periods.slice(index)];
  }),
  onPeriods(function onlyBadPeriods(_, dice) {
    return [dice.pick(BAD_PERIODS), dice.pick(BAD_PERIODS)];
  }),
  onPeriods(function mutatedPeriod(periods, dice) {
    return mutated(periods, dice);
  }),
  onPeriods(function manyPeriods(periods, dice) {
    const more = Array.from({ length: dice.below(dice.chance(0.001) ? 20_000 : 10) }, (_, n) => ({
      start: rfc3339(n * DAY_MS),
      end: rfc3339(n * DAY_MS + 1000),
    }));
    return [...more, ...periods];
  }),
  onPeriods(function noList(periods, dice) {
    return dice.pick<unknown>([{}, { ...periods }, null, '', 'none', 0, true, JSON.stringify(periods)]);
  }),
  onEntry(function withErrors(entry, dice) {
    return { ...entry, errors: badErrors(dice) };
  }),
  onEntry(function withErrorsOnly(_, dice) {
    return { errors: dice.chance(0.3) ? [] : badErrors(dice) };
  }),
  onEntry(function withErrorsAndNothingBusy(_, dice) {
    return { errors: badErrors(dice), busy: [] };
  }),
  onEntry(function noEntry(_, dice) {
    return dice.pick<unknown>([null, [], {}, 'free', true, 0, [{ busy: [] }]]);
  }),
  onBody(function leftOut(body, dice) {
    const kept = Object.entries(body.calendars).filter(() => dice.chance(0.5));
    return { ...body, calendars: Object.fromEntries(kept) };
  }),
  onBody(function asList(body) {
    return { ...body, calendars: Object.entries(body.calendars).map(([id, entry]) => ({ id, ...entry })) };
  }),
  onBody(function noCalendars(body, dice) {
    return { ...body, calendars: dice.pick<unknown>([null, [], {}, '', 0, true, undefined]) };
  }),
  onBody(function twinInOtherCase(body, dice) {
    const twins = Object.entries(body.calendars).map(([id, entry]) => {
      const twin = dice.pick<unknown>([
        { busy: [] },
        { busy: [] },
        {},
        null,
        entry,
        { errors: [{}], busy: [] },
      ]);
      return [dice.pick([id.toUpperCase(), titled(id)]), twin] as const;
    });
    const both = [...Object.entries(body.calendars), ...twins];
    return { ...body, calendars: Object.fromEntries(dice.shuffled(both)) };
  }),
  onBody(function rotatedIds(body) {
    const ids = Object.keys(body.calendars);
    const rotated = Object.values(body.calendars).map((entry, n) => [ids[(n + 1) % ids.length] ?? '', entry]);
    return { ...body, calendars: Object.fromEntries(rotated) };
  }),
  onBody(function otherIds(body, dice) {
    const renamed = Object.entries(body.calendars).map(([id, entry]) => [
      dice.pick([`${id} `, `x${id}`, id.replace('@', '%40'), `${id}\0`, id.replace('k', '\u212a')]),
      entry,
    ]);
    return { ...body, calendars: Object.fromEntries(renamed) };
  }),
  onBody(function otherWindow(body, dice) {
    const { timeMin, timeMax } = body;
    const shifted = (time: unknown): string => rfc3339(moment(time) + (dice.below(7) - 3) * DAY_MS);
    return dice.pick([
      { ...body, timeMin: shifted(timeMin), timeMax: shifted(timeMax) },
      { ...body, timeMin: rfc3339(moment(timeMin) + 60_000) },
      { ...body, timeMax: rfc3339(moment(timeMax) - 1) },
      { ...body, timeMin: timeMax, timeMax: timeMin },
      { ...body, timeMin: 'now' },
      { ...body, timeMax: null },
      { ...body, timeMin: junk(dice), timeMax: junk(dice) },
    ]);
  }),
  onBody(function noWindow({ calendars }) {
    return { calendars };
  }),
];

/** The same truth in other words; a reader must not stumble over it. */
const HARMLESS: readonly Special[] = [
  onPeriods((periods, dice) => dice.shuffled(periods)),
  onPeriods((periods) => [...periods, ...periods]),
  onPeriods((periods, dice) => [...periods, dice.pick(MORE_PERIODS)]),
  onPeriods((periods) => (periods as Period[]).flatMap(halves)),
  onPeriods((periods, dice) => (periods as Period[]).map((period) => withOffset(period, dice))),
  onEntry((entry) => ({ ...entry, errors: [] })),
  onEntry((entry) => ({ errors: null, extra: { busy: [] }, ...entry })),
  onBody((body) => ({ ...body, groups: { 'team@example.com': { calendars: [] } }, etag: '"x"' })),
  onBody((body) => ({ ...body, calendars: { 'nobody@example.com': { busy: [] }, ...body.calendars } })),
  onBody(({ calendars }) => ({ calendars })),
  onBody((body, dice) => Object.fromEntries(dice.shuffled(Object.entries(body)))),
  onBody((body) => ({
    ...body,
    calendars: Object.fromEntries(
      Object.entries(body.calendars).map(([id, entry]) => [id.toUpperCase(), entry]),
    ),
  })),
  onBody((body) => ({
    ...body,
    timeMin: rfc3339(Date.parse(String(body['timeMin'])) - DAY_MS),
    timeMax: rfc3339(Date.parse(String(body['timeMax'])) + DAY_MS),
  })),
];

/** Some moment also for what earlier changes made of a time, so far from the ends of time that it can be moved. */
function moment(time: unknown): number {
  const at = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  return Math.abs(at) < 8e15 ? at : 0;
}

function halves({ start, end }: Period): Period[] {
  const middle = rfc3339((Date.parse(start) + Date.parse(end)) / 2);
  return [
    { start, end: middle },
    { start: middle, end },
  ];
}

function withOffset({ start, end }: Period, dice: Dice): Period {
  return { start: inOffset(start, dice), end: inOffset(end, dice) };
}

function inOffset(text: string, dice: Dice): string {
  const minutes = dice.pick([-720, -300, 0, 60, 330, 345, 840]);
  const local = new Date(Date.parse(text) + minutes * 60_000).toISOString().slice(0, -1);
  const size = Math.abs(minutes);
  const digits = [Math.floor(size / 60), size % 60].map((part) => String(part).padStart(2, '0'));
  return `${local}${minutes < 0 ? '-' : '+'}${digits.join(':')}`;
}

function titled(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
