import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Cipher } from '../shared/cipher.js';
import { ConfigError } from '../shared/config.js';
import { keyProblems, keyUse } from './encryption-key-use.js';
import { SealedSecrets } from './sealed-secrets.js';

/** Refuses to start with keys that do not fit the database, before connections fail one by one (F69). */
@Injectable()
export class RequireEncryptionKeys implements OnModuleInit {
  constructor(
    private readonly secrets: SealedSecrets,
    private readonly cipher: Cipher,
  ) {}

  /** @throws ConfigError naming the key ids and how many secrets need them */
  async onModuleInit(): Promise<void> {
    const problems = keyProblems(await keyUse(this.secrets, this.cipher));
    if (problems.length > 0) throw new ConfigError(problems);
  }
}
