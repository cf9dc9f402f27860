import { Undecryptable, type Cipher } from '../shared/cipher.js';
import type { SealedSecret, SealedSecrets } from './sealed-secrets.js';

const SAMPLE = 20;

/**
 * `active` encrypts, `configured` decrypts only, `missing` is named by ciphertexts and not configured, `wrong` opens
 * none of them (another key has this id), `malformed` counts what names no key at all.
 */
export type KeyState = 'active' | 'configured' | 'missing' | 'wrong' | 'malformed';

export interface KeyUse {
  /** Null for `malformed` only. */
  readonly keyId: string | null;
  readonly state: KeyState;
  readonly ciphertexts: number;
}

/** Every configured key in its order, then whatever else the stored ciphertexts name. */
export async function keyUse(secrets: SealedSecrets, cipher: Cipher): Promise<KeyUse[]> {
  const counts = await secrets.countByKeyId();
  const uses: KeyUse[] = [];
  for (const keyId of new Set([...cipher.keyIds, ...counts.keys()])) {
    const ciphertexts = counts.get(keyId) ?? 0;
    uses.push({ keyId, state: await stateOf(keyId, ciphertexts, secrets, cipher), ciphertexts });
  }
  return uses;
}

/** Why nothing should run with these keys: one sentence for each key id. A single altered ciphertext is no reason. */
export function keyProblems(uses: readonly KeyUse[]): string[] {
  return uses.flatMap(({ keyId, state, ciphertexts }) => {
    const stored = ciphertexts === 1 ? '1 stored secret' : `${ciphertexts} stored secrets`;
    if (state === 'missing')
      return [`ENCRYPTION_KEYS: key id ${keyId} is missing, and ${stored} can only be opened with it`];
    if (state === 'wrong')
      return [
        `ENCRYPTION_KEYS: key id ${keyId} stands for another key than the one that ${stored} were sealed with`,
      ];
    return [];
  });
}

async function stateOf(
  keyId: string | null,
  ciphertexts: number,
  secrets: SealedSecrets,
  cipher: Cipher,
): Promise<KeyState> {
  if (keyId === null) return 'malformed';
  if (!cipher.keyIds.includes(keyId)) return 'missing';
  const sample = ciphertexts === 0 ? [] : await secrets.sample(keyId, SAMPLE);
  if (sample.length > 0 && !sample.some((secret) => opens(secret, cipher))) return 'wrong';
  return keyId === cipher.activeKeyId ? 'active' : 'configured';
}

function opens({ text, place }: SealedSecret, cipher: Cipher): boolean {
  try {
    cipher.decrypt(text, place);
    return true;
  } catch (error) {
    if (error instanceof Undecryptable) return false;
    throw error;
  }
}
