import { Injectable } from '@nestjs/common';
import { Conflict } from '../shared/app-error.js';
import { Cipher } from '../shared/cipher.js';
import { SealedSecrets } from './sealed-secrets.js';

/** The way out when a key is gone for good: what only it could open is erased, and the accounts connect again. */
@Injectable()
export class ForgetLostKey {
  constructor(
    private readonly secrets: SealedSecrets,
    private readonly cipher: Cipher,
  ) {}

  /** How many secrets were erased. @throws Conflict the key is configured, so it is not lost */
  async execute(keyId: string): Promise<number> {
    if (this.cipher.keyIds.includes(keyId))
      throw new Conflict(`Key id ${keyId} is configured; only what a lost key sealed can be forgotten.`);
    return this.secrets.forget(keyId);
  }
}
