import type { Dice } from './dice.js';

/** What JSON text holds for it that no value of the language stands for, or that `JSON.stringify` would not write. */
const RAW_MARK = '\u0001raw:';
const RAW = ['1e999', '-1e999', 'NaN', 'Infinity', '-', '01', '0x10', '1.', "'busy'", 'undefined', '-0'];

const NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'length',
  '0',
  '',
  '\0',
  '\ud800',
  'busy',
  'errors',
  'error',
  'calendars',
  'start',
  'end',
  'id',
  'status',
  'items',
  'reason',
  'access_token',
];

const JUNK: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  2 ** 53,
  -(2 ** 63),
  1e308,
  '',
  ' ',
  'undefined',
  'null',
  'NaN',
  '[object Object]',
  '\0',
  'a\0b',
  '\ud800',
  '\udfff\ud800',
  '\ufeff',
  '\u202e',
  'line\r\nbreak: 1',
  '😀'.repeat(50),
  'x'.repeat(5000),
  '<script>alert(1)</script>',
  "'; DROP TABLE bookings; --",
  [],
  {},
  [[]],
  [null],
  [{}],
  { length: 3 },
  { busy: [] },
  { toString: null, valueOf: 'x' },
  ...RAW.map((token) => RAW_MARK + token),
];

export function junk(dice: Dice): unknown {
  return dice.chance(0.1) ? { [dice.pick(NAMES)]: dice.pick(JUNK) } : dice.pick(JUNK);
}

type Container = Record<string, unknown> | unknown[];

interface Place {
  readonly parent: Container;
  readonly key: string;
}

/** A copy with one member or element, chosen anywhere in it, gone, renamed, doubled, moved or turned into something else. */
export function mutated(value: unknown, dice: Dice): unknown {
  const root = { root: copied(value) };
  const places = placesIn(root);
  const place = dice.pick(places);
  dice.pick(CHANGES)(place, dice, places);
  return root.root;
}

type Change = (place: Place, dice: Dice, places: readonly Place[]) => void;

const CHANGES: readonly Change[] = [
  (place) => drop(place),
  (place, dice) => put(place, junk(dice)),
  (place, dice) => put(place, dice.pick([[at(place)], { [dice.pick(NAMES)]: at(place) }])),
  (place, dice) => put(place, unwrapped(at(place), dice)),
  (place) => put(place, emptied(at(place))),
  (place, dice) => put(place, otherType(at(place), dice)),
  (place, dice) => rename(place, otherName(place.key, dice)),
  (place, dice) => twin(place, dice),
  (place, dice) => insert(place, dice),
  (place, dice, places) => swap(place, dice.pick(places)),
  (place, dice, places) => put(place, copied(at(dice.pick(places)))),
];

function otherName(name: string, dice: Dice): string {
  return dice.pick([name.toUpperCase(), name.toLowerCase(), ` ${name}`, `${name}\0`, dice.pick(NAMES)]);
}

/** The same member once more under a name that differs in letter case only, or the same element. */
function twin({ parent, key }: Place, dice: Dice): void {
  const value = at({ parent, key });
  const copy = dice.pick<unknown>([copied(value), emptied(value), junk(dice)]);
  if (Array.isArray(parent)) parent.splice(dice.below(parent.length + 1), 0, copy);
  else put({ parent, key: dice.pick([key.toUpperCase(), titled(key), `${key} `]) }, copy);
}

function insert({ parent, key }: Place, dice: Dice): void {
  const target = at({ parent, key });
  if (Array.isArray(target)) target.splice(dice.below(target.length + 1), 0, junk(dice));
  else if (isContainer(target)) put({ parent: target, key: dice.pick(NAMES) }, junk(dice));
  else put({ parent, key }, junk(dice));
}

function rename({ parent, key }: Place, name: string): void {
  const value = at({ parent, key });
  drop({ parent, key });
  if (Array.isArray(parent)) parent.push(value);
  else put({ parent, key: name }, value);
}

/** Never into itself, which no JSON could hold. */
function swap(one: Place, other: Place): void {
  const [first, second] = [copied(at(one)), copied(at(other))];
  put(one, second);
  put(other, first);
}

function unwrapped(value: unknown, dice: Dice): unknown {
  const inner = isContainer(value) ? Object.values(value) : [];
  return inner.length === 0 ? junk(dice) : dice.pick(inner);
}

function emptied(value: unknown): unknown {
  if (Array.isArray(value)) return [];
  return isContainer(value) ? {} : '';
}

function otherType(value: unknown, dice: Dice): unknown {
  if (typeof value === 'string') return dice.pick<unknown>([Array.from(value), value.length, { value }]);
  if (typeof value === 'number') return dice.pick<unknown>([String(value), -value, value * 1e9, [value]]);
  if (Array.isArray(value)) return dice.pick<unknown>([{ ...value }, JSON.stringify(value), value.length]);
  return isContainer(value) ? dice.pick<unknown>([Object.entries(value), JSON.stringify(value), []]) : 'x';
}

function titled(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function placesIn(container: Container): Place[] {
  return Object.keys(container).flatMap((key) => {
    const value = at({ parent: container, key });
    return [{ parent: container, key }, ...(isContainer(value) ? placesIn(value) : [])];
  });
}

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null;
}

function at({ parent, key }: Place): unknown {
  return Object.getOwnPropertyDescriptor(parent, key)?.value;
}

/** As `JSON.parse` does it: `__proto__` is a member like any other. */
function put({ parent, key }: Place, value: unknown): void {
  if (Array.isArray(parent)) parent[Number(key)] = value;
  else Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true });
}

function drop({ parent, key }: Place): void {
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else Reflect.deleteProperty(parent, key);
}

function copied<T>(value: T): T {
  return value === undefined ? value : JSON.parse(JSON.stringify(value));
}

/** JSON text, with what no JSON can hold left as it was meant. */
export function written(value: unknown): string {
  return (JSON.stringify(value) ?? '').replaceAll(/"\\u0001raw:([^"]*)"/g, '$1');
}

/** Every value that is left when one member or element is taken out of it: for finding the smallest that still fails. */
export function withoutEach(value: unknown): unknown[] {
  const count = placesIn({ root: value }).length;
  return Array.from({ length: count }, (_, index) => {
    const root = { root: copied(value) };
    const place = placesIn(root)[index];
    if (place !== undefined) drop(place);
    return root.root;
  });
}
