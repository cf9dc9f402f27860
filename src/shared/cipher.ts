import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Secret } from './secret.js';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** The key id, then what it sealed. */
const SEALED = /^([A-Za-z0-9_-]{1,32})\.([A-Za-z0-9_-]+)$/;

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
  /** `keyId` is null when the text does not even name a key. */
  constructor(readonly keyId: string | null) {
    super(`A stored secret cannot be decrypted${keyId === null ? '' : ` with key ${keyId}`}`);
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
  readonly #activeKey: Buffer;

  constructor(keys: EncryptionKeys) {
    const [first] = keys;
    if (first === undefined) throw new Error('At least one encryption key is needed');
    this.#keys = keys;
    [this.#activeId, this.#activeKey] = first;
  }

  get activeKeyId(): string {
    return this.#activeId;
  }

  get keyIds(): readonly string[] {
    return [...this.#keys.keys()];
  }

  encrypt(secret: Secret, place: string): string {
    return `${this.#activeId}.${seal(secret, this.#activeKey, place).toString('base64url')}`;
  }

  /** @throws Undecryptable */
  decrypt(stored: string, place: string): Secret {
    const [, keyId = null, encoded = ''] = SEALED.exec(stored) ?? [];
    const key = keyId === null ? undefined : this.#keys.get(keyId);
    const sealed = Buffer.from(encoded, 'base64url');
    // Decoding forgives letters and bits that mean nothing; what was altered must not open, whatever it means.
    if (key === undefined || sealed.toString('base64url') !== encoded) throw new Undecryptable(keyId);
    try {
      return open(sealed, key, place);
    } catch {
      throw new Undecryptable(keyId);
    }
  }
}

function seal(secret: Secret, key: Buffer, place: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(place));
  const text = [cipher.update(secret.reveal(), 'utf8'), cipher.final()];
  return Buffer.concat([nonce, ...text, cipher.getAuthTag()]);
}

function open(sealed: Buffer, key: Buffer, place: string): Secret {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(place));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const text = [decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()];
  return new Secret(Buffer.concat(text).toString('utf8'));
}
