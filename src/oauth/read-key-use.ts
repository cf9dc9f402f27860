import { Injectable } from '@nestjs/common';
import { Cipher } from '../shared/cipher.js';
import { keyUse, type KeyUse } from './encryption-key-use.js';
import { SealedSecrets } from './sealed-secrets.js';

/** Which keys the stored secrets need, and whether they fit. */
@Injectable()
export class ReadKeyUse {
  constructor(
    private readonly secrets: SealedSecrets,
    private readonly cipher: Cipher,
  ) {}

  execute(): Promise<KeyUse[]> {
    return keyUse(this.secrets, this.cipher);
  }
}
