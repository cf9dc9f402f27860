import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Secret } from './secret.js';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** The first key encrypts; all of them decrypt. */
export type EncryptionKeys = ReadonlyMap<string, Buffer>;

/** @throws Error saying what is wrong with the form `kid:base64key[,kid:base64key…]`, without any key in it */
export function parseEncryptionKeys(text: string): EncryptionKeys {
  const keys = new Map<string, Buffer>();
  for (const entry of text.split(',')) {
    const [, kid, encoded] = /^\s*([A-Za-z0-9_-]{1,32}):([A-Za-z0-9+/=_-]+)\s*$/.exec(entry) ?? [];
    if (kid === undefined || encoded === undefined)
      throw new Error('expected kid:base64key[,kid:base64key…]');
    const key = Buffer.from(encoded, 'base64');
    if (key.length !== 32) throw new Error(`key ${kid} must be 32 bytes, it has ${key.length}`);
    if (keys.has(kid)) throw new Error(`key id ${kid} is given twice`);
    keys.set(kid, key);
  }
  return keys;
}

/** A stored value that cannot be opened: unknown key id, wrong row, or altered bytes. */
export class Undecryptable extends Error {
  constructor(readonly keyId: string) {
    super(`A stored secret cannot be decrypted with key ${keyId}`);
    this.name = 'Undecryptable';
  }
}

/**
 * AES-256-GCM. `place` (table, row and column) is authenticated with the text, so that a ciphertext
 * copied to another row does not open there. Stored as `kid.base64url(nonce | ciphertext | tag)`.
 */
export class Cipher {
  readonly #keys: EncryptionKeys;
  readonly #activeId: string;

  constructor(keys: EncryptionKeys) {
    const [first] = keys.keys();
    if (first === undefined) throw new Error('At least one encryption key is needed');
    this.#keys = keys;
    this.#activeId = first;
  }

  encrypt(secret: Secret, place: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key(this.#activeId), nonce, {
      authTagLength: TAG_BYTES,
    });
    cipher.setAAD(Buffer.from(place));
    const sealed = Buffer.concat([
      nonce,
      cipher.update(secret.reveal(), 'utf8'),
      cipher.final(),
      cipher.getAuthTag(),
    ]);
    return `${this.#activeId}.${sealed.toString('base64url')}`;
  }

  /** @throws Undecryptable */
  decrypt(stored: string, place: string): Secret {
    const dot = stored.indexOf('.');
    const kid = stored.slice(0, dot);
    const sealed = Buffer.from(stored.slice(dot + 1), 'base64url');
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#key(kid), sealed.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(Buffer.from(place));
      decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
      const text = Buffer.concat([
        decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)),
        decipher.final(),
      ]);
      return new Secret(text.toString('utf8'));
    } catch {
      throw new Undecryptable(kid);
    }
  }

  #key(kid: string): Buffer {
    const key = this.#keys.get(kid);
    if (key === undefined) throw new Undecryptable(kid);
    return key;
  }
}
