import { gzipSync } from 'node:zlib';
import type { RawAnswer } from './answer-reader.js';
import { Dice } from './dice.js';
import { API_REASONS, apiError, detailedError, OAUTH_ERRORS, oauthError } from './google-answers.js';
import { junk, mutated, written } from './json-mutations.js';
import { damagedText } from './text-mutations.js';

export interface MutatedAnswer extends RawAnswer {
  /** What was done to the true answer, for whoever has to understand a failure. */
  readonly recipe: string;
}

const JSON_TYPE = 'application/json; charset=UTF-8';
const PAGE =
  '<!DOCTYPE html>\n<html lang=en>\n<title>Error 502 (Server Error)!!1</title>\n<p>That is an error.\n';

const GOOD = [200, 201, 202, 203, 204, 205, 206, 207, 226];
const REFUSALS = [
  300, 302, 303, 304, 307, 308, 400, 401, 402, 403, 404, 405, 406, 408, 409, 410, 411, 412, 413, 414, 415,
  418, 421, 422, 423, 425, 426, 428, 429, 431, 451, 499,
];
const FAILURES = [500, 501, 502, 503, 504, 505, 507, 508, 511, 520, 529, 599, 600, 999];

const CONTENT_TYPES = [
  'text/html',
  'text/plain',
  'application/xml',
  'application/json; charset=utf-16',
  ';;',
  '',
];
/** Also what asks for a pause that no reader may believe. */
const RETRY_AFTER = [
  '0',
  '-1',
  '-86400',
  '1.5',
  '1e9',
  '1000000000',
  '99999999999999999999999999',
  'soon',
  '',
  '0x10',
  '5, 10',
  'Thu, 01 Jan 1970 00:00:00 GMT',
  'Fri, 31 Dec 9999 23:59:59 GMT',
  'Sun, 99 Foo 2027 99:99:99 GMT',
  '2027-03-10T09:00:00Z',
];
const ODD_HEADERS: readonly (readonly [string, string])[] = [
  ['content-language', '\u00ff\u00fe'],
  ['location', 'about:blank'],
  ['www-authenticate', 'Bearer realm="https://accounts.google.com/", error="invalid_token"'],
  ['set-cookie', 'a=b; Domain=.example.com'],
  ['x-content-type-options', 'x'.repeat(3000)],
  ['etag', '"\u0080"'],
];

/** Answers that Google might have given, were something broken on its side or on the way. One seed, one row of answers. */
export class MutatedAnswers {
  readonly dice: Dice;

  constructor(seed: number) {
    this.dice = new Dice(seed);
  }

  /** The truth as it is. */
  whole(truth: unknown): MutatedAnswer {
    return { ...this.#json(200, truth), recipe: 'true' };
  }

  /** @param special changes that make sense for this kind of answer only */
  damaged(truth: unknown, special: readonly Special[] = []): MutatedAnswer {
    const kind = this.dice.below(100);
    if (kind < 35 && special.length > 0) return this.#changedBy(special, truth);
    if (kind < 60) return this.#changed(truth);
    if (kind < 75) return this.#damagedText(truth);
    if (kind < 85) return this.#replaced();
    if (kind < 90) return this.#restatused(truth);
    return this.#error();
  }

  /** A refusal or a failure, with any reason of any table under any status. */
  error(): MutatedAnswer {
    return this.#error();
  }

  #changedBy(special: readonly Special[], truth: unknown): MutatedAnswer {
    let body = truth;
    const names: string[] = [];
    do {
      const change = this.dice.pick(special);
      body = change(body, this.dice);
      names.push(change.name);
    } while (this.dice.chance(0.25));
    return { ...this.#json(200, body), recipe: names.join(' + ') };
  }

  #changed(truth: unknown): MutatedAnswer {
    let body = truth;
    let times = 0;
    do {
      body = mutated(body, this.dice);
      times += 1;
    } while (this.dice.chance(0.4) && times < 6);
    return {
      ...this.#json(this.dice.chance(0.97) ? 200 : this.dice.pick(GOOD), body),
      recipe: `json x${times}`,
    };
  }

  #damagedText(truth: unknown): MutatedAnswer {
    const text = this.dice.chance(0.2) ? JSON.stringify(truth, null, 1) : written(truth);
    const falsely = this.dice.chance(0.03) ? { 'content-encoding': 'gzip' } : {};
    return {
      status: 200,
      headers: { ...this.#headers(JSON_TYPE), ...falsely },
      body: damagedText(text, this.dice),
      recipe: 'text',
    };
  }

  #replaced(): MutatedAnswer {
    const [recipe, make] = this.dice.pick(REPLACEMENTS);
    const body = Buffer.from(make(this.dice));
    return {
      status: this.dice.chance(0.8) ? 200 : this.dice.pick(GOOD),
      headers: this.#headers(JSON_TYPE),
      body,
      recipe,
    };
  }

  /** The true body under another status. */
  #restatused(truth: unknown): MutatedAnswer {
    const status = this.dice.pick([...GOOD, ...REFUSALS, ...FAILURES]);
    return { ...this.#json(status, truth), recipe: `status ${status}` };
  }

  #error(): MutatedAnswer {
    const status = this.dice.pick(this.dice.chance(0.7) ? REFUSALS : FAILURES);
    const make = this.dice.pick<(dice: Dice) => unknown>(ERROR_BODIES);
    let body = make(this.dice);
    let recipe = `error ${status}`;
    while (this.dice.chance(0.3)) {
      body = mutated(body, this.dice);
      recipe += ' mutated';
    }
    const answer = this.dice.chance(0.9)
      ? this.#json(status, body)
      : { status, headers: this.#headers('text/html'), body: damagedText(written(body), this.dice) };
    const pause = this.dice.chance(0.3) ? { 'retry-after': this.dice.pick(RETRY_AFTER) } : {};
    return { ...answer, headers: { ...answer.headers, ...pause }, recipe };
  }

  #json(status: number, body: unknown): RawAnswer {
    const text = written(body);
    const isZipped = this.dice.chance(0.02);
    const headers = { ...this.#headers(JSON_TYPE), ...(isZipped ? { 'content-encoding': 'gzip' } : {}) };
    return { status, headers, body: isZipped ? gzipSync(text) : Buffer.from(text) };
  }

  #headers(type: string): Record<string, string> {
    const given = this.dice.chance(0.05) ? this.dice.pick(CONTENT_TYPES) : type;
    const odd = this.dice.chance(0.03) ? Object.fromEntries([this.dice.pick(ODD_HEADERS)]) : {};
    return { 'content-type': given, ...odd };
  }
}

/** A change of one kind of answer; its name tells what it does. */
export type Special = (body: unknown, dice: Dice) => unknown;

const ERROR_BODIES: readonly ((dice: Dice) => unknown)[] = [
  (dice) => apiError(400 + dice.below(100), dice.pick(API_REASONS)),
  (dice) => detailedError(400 + dice.below(100), dice.pick(API_REASONS)),
  (dice) => oauthError(dice.pick(OAUTH_ERRORS)),
  (dice) => oauthError('invalid_grant', dice.pick(['invalid_rapt', 'rapt_required', '__proto__', '\0'])),
  (dice) => junk(dice),
];

const MOST_NESTED = 2000;
const MOST_FILLED = 100_000;

const REPLACEMENTS: readonly (readonly [string, (dice: Dice) => Buffer | string])[] = [
  ['empty', () => ''],
  ['page', () => PAGE],
  ['captive portal', () => '<html><body>Please sign in to the network.</body></html>'],
  ['bytes', (dice) => dice.bytes(dice.below(200))],
  ['junk', (dice) => written(junk(dice))],
  ['two junks', (dice) => written([junk(dice), junk(dice)])],
  ['text', () => '"calendars"'],
  ['lists', (dice) => '['.repeat(dice.below(MOST_NESTED))],
  ['nested lists', (dice) => nested(1 + dice.below(MOST_NESTED), '[', ']')],
  ['nested objects', (dice) => nested(1 + dice.below(MOST_NESTED), '{"calendars":', '}')],
  ['long', (dice) => `{"x":"${'x'.repeat(dice.below(MOST_FILLED))}"}`],
  [
    'wide',
    (dice) =>
      written(
        Object.fromEntries(
          Array.from({ length: dice.below(dice.chance(0.1) ? 3000 : 100) }, (_, n) => [`k${n}`, n]),
        ),
      ),
  ],
  ['error in a success', (dice) => written(dice.pick(ERROR_BODIES)(dice))],
];

function nested(levels: number, opening: string, closing: string): string {
  return `${opening.repeat(levels)}1${closing.repeat(levels)}`;
}
