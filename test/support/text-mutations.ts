import { gzipSync } from 'node:zlib';
import type { Dice } from './dice.js';
import { junk, written } from './json-mutations.js';

type TextChange = (text: string, dice: Dice) => Buffer | string;

const TOKENS = [
  'NaN',
  '1e999',
  '-',
  '{',
  '}',
  ']',
  ',',
  ':',
  '"',
  '\\',
  '\\u',
  '\\ud800',
  '//',
  '\0',
  '\ufeff',
];

/** What happens to bytes on their way, whatever they mean. */
const CHANGES: readonly TextChange[] = [
  (text, dice) => Buffer.from(text).subarray(0, dice.below(Buffer.byteLength(text))),
  (text, dice) => flipped(text, dice, 0x80),
  (text, dice) => flipped(text, dice, 1 << dice.below(8)),
  (text, dice) => inserted(text, dice.pick(TOKENS), dice),
  (text, dice) => Buffer.concat([Buffer.from(text), dice.bytes(1 + dice.below(8))]),
  (text) => `\ufeff${text}`,
  (text) => ` \t\r\n${text}\n`,
  (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  (text) => gzipSync(text),
  (text) => `)]}'\n${text}`,
  (text) => `callback(${text});`,
  (text) => text + text,
  (text) => `${text}\0`,
  (text) => `[${text}]`,
  (text) => JSON.stringify(text),
  (text) => text.replaceAll('"', "'"),
  (text) => text.replaceAll(/[[\]]/g, ''),
  (text) => text.toUpperCase(),
  (text) => text.replaceAll(/[a-z]/g, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`),
  (text, dice) => text.replace('{', `{"${dice.pick(MEMBERS)}":${written(junk(dice))},`),
  (text, dice) => text.replace(/\}\s*$/, `,"${dice.pick(MEMBERS)}":${written(junk(dice))}}`),
];

/** Given a second time, before or after the true one: the last one is read. */
const MEMBERS = [
  'calendars',
  'timeMin',
  'access_token',
  'expires_in',
  'items',
  'id',
  'error',
  '__proto__',
  'x',
];

export function damagedText(text: string, dice: Dice): Buffer {
  return Buffer.from(dice.pick(CHANGES)(text, dice));
}

function flipped(text: string, dice: Dice, mask: number): Buffer {
  const bytes = Buffer.from(text);
  const index = dice.below(bytes.length);
  if (bytes.length > 0) bytes[index] = (bytes[index] ?? 0) ^ mask;
  return bytes;
}

function inserted(text: string, token: string, dice: Dice): string {
  const index = dice.below(text.length + 1);
  return text.slice(0, index) + token + text.slice(index + dice.below(2));
}
