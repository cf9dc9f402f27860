import type { Operation } from './operations.js';
import type { RawCall } from './raw-request.js';
import { sampleBody, UNKNOWN_ID } from './sample-body.js';

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface FuzzWorld {
  readonly operations: readonly Operation[];
  /** Keys by the operations they open; a wrong one is made up. */
  readonly keys: Readonly<Record<Operation['access'], string>>;
  /** Ids that exist, by the word before them in a path. */
  readonly ids: Readonly<Record<string, string>>;
}

const TEXTS = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  '\udfff\ud800',
  '\u202eevil\u202c',
  '😀'.repeat(60),
  'é'.normalize('NFD'),
  'x'.repeat(300),
  'x'.repeat(9000),
  "'; DROP TABLE bookings; --",
  "' OR 1=1 --",
  'a\r\nSet-Cookie: k=v\r\n\r\n',
  'line\nbreak\u2028and\u2029more',
  '%s%n%x{{7*7}}${7*7}',
  '../../etc/passwd',
  '<script>alert(1)</script>',
  'undefined',
  'null',
  'NaN',
  '__proto__',
  'constructor',
  '0001-01-01',
  '9999-12-31T23:59:59Z',
  '2027-02-30T10:00:00Z',
  '24:01',
  'Mars/Phobos',
  UNKNOWN_ID,
  'https://evil.example/\r\nx',
];
const NUMBERS = [0, -0, -1, 1, 1.5, 5, 30, 1441, 1e9, 2 ** 31, 2 ** 53, -(2 ** 63), 1e308, 5e-324];
const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'surprise', '', 'a.b', '$where', '\0'];
const TOKENS = ['NaN', 'Infinity', '-', '1e999', '00', '{', ']', ',', '"', '\\', '\\u', '//', '\0', '\ufeff'];
const BROKEN = [
  '%',
  '%E0%A4%A',
  '%ff%fe',
  '%00',
  '%c0%ae',
  '%2e%2e',
  '%u0041',
  ';',
  '?',
  '#',
  '%2F..%2F',
  '//',
];
const CONTENT_TYPES = ['text/plain', 'text/xml', 'application/x-www-form-urlencoded', 'multipart/form-data'];
const ODD_HEADERS: readonly (readonly [string, string])[] = [
  ['X-Request-Id', 'a b"c'],
  ['X-Request-Id', 'x'.repeat(500)],
  ['Expect', 'nonsense'],
  ['Accept', 'image/png;q=x'],
  ['Content-Encoding', 'gzip'],
  ['Transfer-Encoding', 'chunked'],
  ['Idempotency-Key', 'x'.repeat(300)],
  ['Idempotency-Key', ''],
  ['X-Forwarded-For', "'; --"],
  ['Content-Type', 'application/json; charset=latin1'],
  ['Content-Type', ';;;'],
];

export interface FuzzCall extends RawCall {
  /** Null when the request strays from every operation. */
  readonly operation: Operation | null;
}

/** An endless row of requests, from nearly right to garbage, the same for the same seed. */
export class Fuzz {
  readonly #random: () => number;

  constructor(
    private readonly world: FuzzWorld,
    seed: number,
  ) {
    this.#random = seeded(seed);
  }

  next(): FuzzCall {
    const operation = this.#pick(this.world.operations);
    const { access } = operation;
    const method = this.#chance(0.97) ? operation.method : this.#pick(OTHER_METHODS);
    const authorization = this.#chance(0.9) ? `Bearer ${this.world.keys[access]}` : this.#pick(WRONG_KEYS);
    const body = operation.body === null && this.#chance(0.9) ? undefined : this.#body(operation);
    const hasBody = body !== undefined && method !== 'GET';
    const path = this.#path(method, operation.path);
    return {
      operation: method === operation.method && path.startsWith('/api/') ? operation : null,
      method,
      path: path + this.#query(operation),
      headers: {
        Authorization: authorization,
        ...(hasBody ? { 'Content-Type': this.#contentType() } : {}),
        ...(this.#chance(0.1) ? Object.fromEntries([this.#pick(ODD_HEADERS)]) : {}),
      },
      body: hasBody ? body : undefined,
    };
  }

  #path(method: string, path: string): string {
    if (this.#chance(0.02)) return `/${this.#pick(BROKEN)}${this.#pick(['', 'api', 'docs', 'api/bookings'])}`;
    return path.replaceAll(
      /\/(\w[\w-]*)\/\{\w+\}/g,
      (_, thing: string) => `/${thing}/${this.#id(method, thing)}`,
    );
  }

  /** What exists is never deleted, or the rest of the row would meet an empty world. */
  #id(method: string, thing: string): string {
    if (this.#chance(0.7) && method !== 'DELETE') return this.world.ids[thing] ?? UNKNOWN_ID;
    if (this.#chance(0.4)) return UNKNOWN_ID;
    return this.#chance(0.5) ? this.#pick(BROKEN) : encoded(this.#pick(TEXTS));
  }

  #query({ query }: Operation): string {
    const names = query.map(({ name }) => name).concat('surprise', '__proto__', 'workspace_id');
    const parameters: string[] = [];
    while (this.#chance(0.3)) {
      const name = this.#pick(names);
      const value = this.#chance(0.2) ? this.#pick(BROKEN) : encoded(written(this.#value(0)));
      parameters.push(`${encoded(name)}${this.#pick(['=', '[]=', ''])}${value.replaceAll(/[#? ]/g, '')}`);
      if (this.#chance(0.2)) parameters.push(parameters[0] ?? '');
    }
    return parameters.length === 0 ? '' : `?${parameters.join('&')}`;
  }

  #contentType(): string {
    return this.#chance(0.93) ? 'application/json' : this.#pick(CONTENT_TYPES);
  }

  #body(operation: Operation): Buffer | string {
    if (this.#chance(0.01)) return Buffer.alloc(2_000_000, '{"title":"xxxx');
    if (this.#chance(0.02)) return nested(200, this.#pick(['[', '{"a":']));
    const fields = { ...sampleBody(operation) };
    const names = [...(operation.body ?? []).map(({ name }) => name), 'surprise'];
    while (this.#chance(0.6))
      fields[this.#chance(0.9) ? this.#pick(names) : this.#pick(NAMES)] = this.#value(0);
    const text = JSON.stringify(this.#chance(0.95) ? fields : this.#value(0)) ?? '';
    return this.#chance(0.2) ? this.#damaged(text) : text;
  }

  #damaged(text: string): Buffer | string {
    const at = Math.floor(this.#random() * (text.length + 1));
    const kind = this.#random();
    if (kind < 0.3) return text.slice(0, at);
    if (kind < 0.6) return text.slice(0, at) + this.#pick(TOKENS) + text.slice(at + 1);
    if (kind < 0.8) return text.replace('{', `{"${this.#pick(NAMES)}":{"x":1},`);
    return Buffer.concat([
      Buffer.from(text.slice(0, at)),
      Buffer.from([0xff, 0xfe]),
      Buffer.from(text.slice(at)),
    ]);
  }

  #value(depth: number): unknown {
    const kind = this.#random();
    if (kind < 0.4) return this.#pick(TEXTS);
    if (kind < 0.7) return this.#pick(NUMBERS);
    if (kind < 0.8) return this.#pick([null, true, false]);
    if (depth > 3) return null;
    const size = Math.floor(this.#random() * 4);
    const values = Array.from({ length: size }, () => this.#value(depth + 1));
    if (kind < 0.9) return values;
    return Object.fromEntries(values.map((value) => [this.#pick([...NAMES, 'date', 'closed']), value]));
  }

  #chance(probability: number): boolean {
    return this.#random() < probability;
  }

  #pick<T>(values: readonly T[]): T {
    const value = values[Math.floor(this.#random() * values.length)];
    if (value === undefined) throw new RangeError('There is nothing to choose from.');
    return value;
  }
}

const OTHER_METHODS = ['PUT', 'DELETE', 'OPTIONS', 'PATCH', 'PROPFIND'];
const WRONG_KEYS = ['', 'Bearer', 'Bearer x', 'Basic eDp5', `Bearer ${'k'.repeat(5000)}`, 'Bearer a\tb'];

function nested(levels: number, opening: string): string {
  return `{"title":${opening.repeat(levels)}1${(opening === '[' ? ']' : '}').repeat(levels)}}`;
}

function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function written(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
