import { Injectable } from '@nestjs/common';
import { Cipher, Undecryptable } from '../shared/cipher.js';
import { forEachConcurrently } from '../shared/concurrency.js';
import { ConfigError } from '../shared/config.js';
import { Log } from '../shared/log.js';
import { keyProblems, keyUse } from './encryption-key-use.js';
import { SealedSecrets, type SealedSecret } from './sealed-secrets.js';

const BATCH = 500;
const CONCURRENCY = 4;

/** Of the ciphertexts that were not under the active key. What is in none of the counts was replaced meanwhile. */
export interface Reencryption {
  readonly checked: number;
  readonly reencrypted: number;
  readonly undecryptable: number;
  /** Not under the active key at the end; more than the undecryptable when an instance still writes with another. */
  readonly remaining: number;
}

/**
 * Brings every stored secret under the active key while the service runs. Each is replaced by compare-and-set, so a
 * token that was refreshed meanwhile stays. What was done is not found again, so an interrupted run just starts anew.
 */
@Injectable()
export class ReencryptTokens {
  constructor(
    private readonly secrets: SealedSecrets,
    private readonly cipher: Cipher,
    private readonly log: Log,
  ) {}

  /** @throws ConfigError the active key is not the one that its ciphertexts were sealed with */
  async execute(progress: (checked: number, total: number) => void = () => {}): Promise<Reencryption> {
    const uses = await keyUse(this.secrets, this.cipher);
    const active = uses.filter(({ keyId }) => keyId === this.cipher.activeKeyId);
    if (keyProblems(active).length > 0) throw new ConfigError(keyProblems(active));
    const total = await this.#remaining();
    const counts = { checked: 0, reencrypted: 0, undecryptable: 0 };
    for (
      let batch = await this.#next(null);
      batch.length > 0;
      batch = await this.#next(batch.at(-1) ?? null)
    ) {
      await forEachConcurrently(batch, CONCURRENCY, async (secret) => {
        counts.checked += 1;
        const outcome = await this.#reencrypt(secret);
        if (outcome !== 'superseded') counts[outcome] += 1;
      });
      progress(counts.checked, Math.max(total, counts.checked));
    }
    return { ...counts, remaining: await this.#remaining() };
  }

  #next(after: SealedSecret | null): Promise<SealedSecret[]> {
    return this.secrets.notUnder(this.cipher.activeKeyId, after, BATCH);
  }

  async #reencrypt(sealed: SealedSecret): Promise<'reencrypted' | 'undecryptable' | 'superseded'> {
    try {
      const text = this.cipher.encrypt(this.cipher.decrypt(sealed.text, sealed.place), sealed.place);
      return (await this.secrets.replace(sealed, text)) ? 'reencrypted' : 'superseded';
    } catch (error) {
      if (!(error instanceof Undecryptable)) throw error;
      this.#report(sealed, error);
      return 'undecryptable';
    }
  }

  /** Those of a key that is missing are told by their number alone: there may be very many, and none is to blame. */
  #report({ place }: SealedSecret, { keyId }: Undecryptable): void {
    if (keyId !== null && !this.cipher.keyIds.includes(keyId)) return;
    this.log.error(
      'secret.undecryptable',
      'A stored secret does not open; its account must be connected again.',
      {
        place,
        key_id: keyId,
      },
    );
  }

  async #remaining(): Promise<number> {
    const counts = await this.secrets.countByKeyId();
    let remaining = 0;
    for (const [keyId, count] of counts) if (keyId !== this.cipher.activeKeyId) remaining += count;
    return remaining;
  }
}
