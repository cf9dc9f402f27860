/** A column that holds ciphertexts. In its statements `$1` is always a key id. */
export interface SealedColumn {
  readonly table: string;
  readonly column: string;
  /** The primary key, as it is compared and ordered by. */
  readonly key: string;
  /** The primary key as text, as it stands in the ciphertext's place. */
  readonly keyAsText: string;
  /** The primary key that the text `parameter` stands for. */
  readonly keyOf: (parameter: string) => string;
  /** Sorts before every key. */
  readonly lowest: string;
  /** Rows whose secret is still of use. */
  readonly live: string;
  /** Ends the use of what `$1` sealed. */
  readonly forget: string;
}

const BY_ID = {
  key: 'id',
  keyAsText: 'id::text',
  keyOf: (parameter: string) => `${parameter}::uuid`,
  lowest: '00000000-0000-0000-0000-000000000000',
  live: 'true',
};

const CONNECTION = { ...BY_ID, table: 'connections' };
const WEBHOOK = { ...BY_ID, table: 'webhooks' };

/** Every column that is written through the `Cipher`. One that is missing here would be lost with its key. */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  {
    ...CONNECTION,
    column: 'access_token',
    // Without a time of expiry the token counts as expired: the next use refreshes it, or finds that it cannot.
    forget: 'UPDATE connections SET access_token = NULL, token_expires_at = NULL',
  },
  { ...CONNECTION, column: 'refresh_token', forget: 'UPDATE connections SET refresh_token = NULL' },
  {
    table: 'oauth_states',
    column: 'code_verifier',
    key: 'state_hash',
    keyAsText: `encode(state_hash, 'hex')`,
    keyOf: (parameter) => `decode(${parameter}, 'hex')`,
    lowest: '',
    live: 'expires_at > now()',
    forget: 'DELETE FROM oauth_states',
  },
  {
    ...WEBHOOK,
    column: 'secret',
    // Nothing can be signed any more; the owner sees why, and gets a new secret by rotating it.
    forget: `UPDATE webhooks SET secret = NULL, active = false, disabled_at = now(), disabled_reason = 'secret_lost'`,
  },
  {
    ...WEBHOOK,
    column: 'previous_secret',
    live: 'previous_secret_until > now()',
    forget: 'UPDATE webhooks SET previous_secret = NULL',
  },
];

/** The key id that the text of a column names; null when it is no ciphertext. */
export function keyIdIn(column: string): string {
  return `substring(${column} from '^([A-Za-z0-9_-]{1,32})\\.')`;
}
