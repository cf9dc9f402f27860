import { createHmac } from 'node:crypto';
import type { EncryptionKeys } from './cipher.js';
import { sameText } from './hashing.js';

/** Signs short texts that travel through strangers' hands. The first key signs; all of them verify. */
export class Signer {
  readonly #keys: EncryptionKeys;

  constructor(keys: EncryptionKeys) {
    this.#keys = keys;
  }

  /** `purpose` keeps a signature made for one thing from being used for another. */
  sign(text: string, purpose: string): string {
    const [first] = this.#keys.values();
    if (first === undefined) throw new Error('At least one key is needed');
    return mac(first, text, purpose);
  }

  verify(text: string, purpose: string, signature: string): boolean {
    return [...this.#keys.values()].some((key) => sameText(mac(key, text, purpose), signature));
  }
}

function mac(key: Buffer, text: string, purpose: string): string {
  return createHmac('sha256', key).update(`${purpose}\n${text}`).digest('base64url');
}
