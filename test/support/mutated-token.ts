import { decodedBody, isObject, type RawAnswer } from './answer-reader.js';
import type { Dice } from './dice.js';
import { trueToken, type TokenTruth } from './google-answers.js';
import { junk } from './json-mutations.js';
import type { MutatedAnswer, MutatedAnswers, Special } from './mutated-answers.js';

const MOST_TRIES = 20;

/** A token answer that is whole, or damaged so that a careful reader notices; never another token than the true one. */
export function tokenAnswer(
  truth: TokenTruth,
  answers: MutatedAnswers,
  damage: number,
): MutatedAnswer & { readonly isDamaged: boolean } {
  const body = trueToken(truth);
  for (let tries = 0; tries < MOST_TRIES && answers.dice.chance(damage); tries += 1) {
    const answer = answers.damaged(body, SPECIALS);
    if (!isLie(answer, truth)) return { ...answer, isDamaged: true };
  }
  const harmless = answers.dice.chance(0.7) ? answers.dice.pick(HARMLESS)(body, answers.dice) : body;
  return { ...answers.whole(harmless), isDamaged: false };
}

function isLie(answer: RawAnswer, { accessToken, refreshToken }: TokenTruth): boolean {
  const read = readTokens(answer);
  if (read === null) return false;
  return read.access !== accessToken || (read.refresh !== null && read.refresh !== refreshToken);
}

/** What a careful reader takes from the answer; null when that is nothing. */
export function readTokens(answer: RawAnswer): { access: string; refresh: string | null } | null {
  const body = decodedBody(answer);
  if (answer.status < 200 || answer.status >= 300 || !isObject(body)) return null;
  const [access, refresh] = [body['access_token'], body['refresh_token'] ?? ''];
  const [type, scope] = [body['token_type'] ?? '', body['scope'] ?? ''];
  if (typeof type !== 'string' || !['', 'bearer'].includes(type.toLowerCase())) return null;
  if (typeof scope !== 'string' || !isPrintable(scope)) return null;
  if (!isUsable(access)) return null;
  if (refresh === '') return { access, refresh: null };
  return isUsable(refresh) ? { access, refresh } : null;
}

/** One word of printable ASCII that fits into a header, and not the word that stands for nothing. */
function isUsable(token: unknown): token is string {
  if (typeof token !== 'string' || token === '' || token.length > 8192) return false;
  if (/^(undefined|null|nan|true|false|none)$/i.test(token)) return false;
  return isPrintable(token) && !token.includes(' ');
}

function isPrintable(text: string): boolean {
  return Array.from(text).every((letter) => letter >= ' ' && letter <= '~');
}

const NO_TOKENS: readonly unknown[] = [
  'undefined',
  'null',
  'NULL',
  'NaN',
  '[object Object]',
  'true',
  '',
  ' ',
  'a token',
  'token\r\nX-Injected: 1',
  'token\n',
  'tokén',
  '\0',
  'x'.repeat(10_000),
  0,
  123,
  -1,
  true,
  false,
  null,
  [],
  ['ya29.token'],
  {},
  { token: 'ya29.token' },
];

function member(name: string, values: readonly unknown[], oddity = 0.1): Special {
  const special: Special = (body, dice) => ({
    ...objectOr(body),
    [name]: dice.chance(oddity) ? junk(dice) : dice.pick(values),
  });
  return Object.defineProperty(special, 'name', { value: name });
}

function withOnly(...names: readonly string[]): Special {
  const special: Special = (body) =>
    Object.fromEntries(Object.entries(objectOr(body)).filter(([name]) => names.includes(name)));
  return Object.defineProperty(special, 'name', { value: `only ${names.join()}` });
}

const LIFETIMES = [
  0,
  -5,
  1,
  29,
  30,
  60,
  3599,
  1e12,
  1e308,
  5e-324,
  '3599',
  '0x10',
  '1e3',
  ' 60 ',
  '',
  'soon',
  null,
];
const SCOPES = ['', ' ', 'openid', 'openid\temail', 'a\0b', 'é', 'x'.repeat(20_000), null, 7, ['openid'], {}];
const ID_TOKENS = [
  '',
  '.',
  '..',
  'a.b.c',
  `.${Buffer.from('{"email":"a\\u0000b@x"}').toString('base64url')}.`,
  7,
  {},
];

const SPECIALS: readonly Special[] = [
  member('access_token', NO_TOKENS),
  member('access_token', NO_TOKENS),
  member('refresh_token', NO_TOKENS),
  member('token_type', ['mac', 'MAC', 'Basic', 'Bearer ', 'N_A', 7, [], {}, null, '']),
  member('expires_in', LIFETIMES),
  member('refresh_token_expires_in', LIFETIMES),
  member('scope', SCOPES),
  member('id_token', ID_TOKENS),
  withOnly(),
  withOnly('token_type'),
  withOnly('token_type', 'expires_in', 'scope'),
  (body) => ({ error: 'invalid_grant', error_description: 'Bad Request', ...withoutTokens(body) }),
];

const HARMLESS: readonly Special[] = [
  withOnly('access_token', 'refresh_token'),
  withOnly('access_token', 'refresh_token', 'expires_in'),
  member('token_type', ['bearer', 'BEARER'], 0),
  member('expires_in', ['3599', 60, 86_400], 0),
  member('refresh_token_expires_in', [604_800, '604800', 0, -1, 1e300], 0),
  member('surprise', [1, { access_token: 'other' }], 0),
  (body, dice: Dice) => Object.fromEntries(dice.shuffled(Object.entries(objectOr(body)))),
];

function withoutTokens(body: unknown): Record<string, unknown> {
  const { access_token: _access, refresh_token: _refresh, ...rest } = objectOr(body);
  return rest;
}

function objectOr(body: unknown): Record<string, unknown> {
  return isObject(body) ? body : {};
}
