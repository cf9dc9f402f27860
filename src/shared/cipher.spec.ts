import { describe, expect, it } from '@jest/globals';
import { Cipher, parseEncryptionKeys, Undecryptable } from './cipher.js';
import { Secret } from './secret.js';

const OLD = Buffer.alloc(32, 1);
const NEW = Buffer.alloc(32, 2);
const PLACE = 'connections/1/access_token';
const TOKEN = new Secret('ya29.a-token');

const cipher = new Cipher(new Map([['old', OLD]]));

function refusal(stored: string, place = PLACE, by = cipher): unknown {
  try {
    return by.decrypt(stored, place).reveal();
  } catch (error) {
    return error;
  }
}

describe('Cipher', () => {
  it.each(['', 'x', 'a token', 'with \u00fcmlauts and \u{1f511}', 'x'.repeat(100)])(
    'opens what it sealed: %j',
    (text) => {
      expect(cipher.decrypt(cipher.encrypt(new Secret(text), PLACE), PLACE).reveal()).toBe(text);
    },
  );

  it('opens in no other place', () => {
    expect(refusal(cipher.encrypt(TOKEN, PLACE), 'connections/2/access_token')).toBeInstanceOf(Undecryptable);
  });

  it('opens nothing in which any single bit was flipped', () => {
    for (const text of ['', 'x', 'xx', 'xxx']) {
      const stored = Buffer.from(cipher.encrypt(new Secret(text), PLACE));
      for (let bit = 0; bit < stored.length * 8; bit += 1) {
        const altered = Buffer.from(stored);
        altered.writeUInt8(altered.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        expect(refusal(altered.toString('latin1'))).toBeInstanceOf(Undecryptable);
      }
    }
  });

  it('never seals twice with one nonce', () => {
    const nonces = Array.from({ length: 10_000 }, () =>
      Buffer.from(cipher.encrypt(TOKEN, PLACE).slice('old.'.length), 'base64url').toString('hex', 0, 12),
    );
    expect(new Set(nonces).size).toBe(10_000);
  });

  it('seals with the first key and opens with all', () => {
    const both = new Cipher(
      new Map([
        ['new', NEW],
        ['old', OLD],
      ]),
    );
    expect(both.activeKeyId).toBe('new');
    expect(both.keyIds).toEqual(['new', 'old']);
    expect(both.encrypt(TOKEN, PLACE)).toMatch(/^new\.[\w-]+$/);
    expect(both.decrypt(cipher.encrypt(TOKEN, PLACE), PLACE).reveal()).toBe(TOKEN.reveal());
  });

  it('names the key that is missing', () => {
    const retired = new Cipher(new Map([['new', NEW]]));
    expect(refusal(cipher.encrypt(TOKEN, PLACE), PLACE, retired)).toMatchObject({ keyId: 'old' });
  });

  it('does not open with another key of the same id', () => {
    const wrong = new Cipher(new Map([['old', NEW]]));
    expect(refusal(cipher.encrypt(TOKEN, PLACE), PLACE, wrong)).toBeInstanceOf(Undecryptable);
  });

  it.each([
    '',
    '.',
    'old',
    'old.',
    '.AAAA',
    'old.AAAA',
    'old.!!!!',
    `${'k'.repeat(33)}.AAAA`,
    'ya29.plain text',
  ])('does not take %j for something sealed', (stored) => {
    expect(refusal(stored)).toBeInstanceOf(Undecryptable);
  });

  it('tells nothing of what it could not open', () => {
    const error = refusal(cipher.encrypt(TOKEN, PLACE), 'elsewhere');
    expect(String(error)).toBe('Undecryptable: A stored secret cannot be decrypted with key old');
    expect(JSON.stringify(error)).toBe('{"keyId":"old","name":"Undecryptable"}');
  });

  it('needs a key', () => {
    expect(() => new Cipher(new Map())).toThrow('At least one encryption key');
  });
});

describe('parseEncryptionKeys', () => {
  const encoded = (key: Buffer): string => key.toString('base64');

  it('keeps the order', () => {
    const keys = parseEncryptionKeys(` new:${encoded(NEW)} , old:${OLD.toString('base64url')}`);
    expect([...keys]).toEqual([
      ['new', NEW],
      ['old', OLD],
    ]);
  });

  it.each([
    ['nonsense', /expected kid:base64key/],
    ['', /expected kid:base64key/],
    [`k:${encoded(OLD)},`, /expected kid:base64key/],
    [`a.b:${encoded(OLD)}`, /expected kid:base64key/],
    [`k:${encoded(Buffer.alloc(16, 9))}`, /key k must be 32 bytes, it has 16/],
    [`k:${encoded(OLD)},k:${encoded(NEW)}`, /key id k is given twice/],
  ])('refuses %j without repeating a key', (text, reason) => {
    let message = '';
    try {
      parseEncryptionKeys(text);
    } catch (error) {
      message = String(error);
    }
    expect(message).toMatch(reason);
    for (const key of [OLD, NEW, Buffer.alloc(16, 9)]) expect(message).not.toContain(encoded(key));
  });
});
