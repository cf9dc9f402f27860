import type { PendingAuthorization } from '../../src/oauth/authorization-states.js';
import { keyUse, type KeyState } from '../../src/oauth/encryption-key-use.js';
import { ForgetLostKey } from '../../src/oauth/forget-lost-key.js';
import { ConnectionEntity } from '../../src/oauth/persistence/connection.entity.js';
import { OAuthStateEntity } from '../../src/oauth/persistence/oauth-state.entity.js';
import { PostgresAuthorizationStates } from '../../src/oauth/persistence/postgres-authorization-states.js';
import { PostgresConnections } from '../../src/oauth/persistence/postgres-connections.js';
import { PostgresSealedSecrets } from '../../src/oauth/persistence/postgres-sealed-secrets.js';
import { ReencryptTokens } from '../../src/oauth/reencrypt-tokens.js';
import { RequireEncryptionKeys } from '../../src/oauth/require-encryption-keys.js';
import { Cipher, type EncryptionKeys } from '../../src/shared/cipher.js';
import { forEachConcurrently } from '../../src/shared/concurrency.js';
import { RandomIds } from '../../src/shared/ids.js';
import { RecordingLog } from '../../src/shared/log.js';
import { Secret } from '../../src/shared/secret.js';
import { PostgresWebhooks } from '../../src/webhooks/persistence/postgres-webhooks.js';
import { WebhookEntity } from '../../src/webhooks/persistence/webhook.entity.js';
import { aGrant } from './a-grant.js';
import type { Schema } from './schema.js';

const OLD: [string, Buffer] = ['old', Buffer.alloc(32, 1)];
const NEW: [string, Buffer] = ['new', Buffer.alloc(32, 2)];

export const ONLY_OLD: EncryptionKeys = new Map([OLD]);
/** The new key encrypts, the old one still decrypts. */
export const OLD_AND_NEW: EncryptionKeys = new Map([NEW, OLD]);
export const ONLY_NEW: EncryptionKeys = new Map([NEW]);

export type Keyring = ReturnType<typeof keyring>;

/** What an instance with these keys makes of the database. */
export function keyring(schema: Schema, keys: EncryptionKeys) {
  const cipher = new Cipher(keys);
  const log = new RecordingLog();
  const secrets = new PostgresSealedSecrets(schema.source);
  const connections = new PostgresConnections(
    schema.source.getRepository(ConnectionEntity),
    cipher,
    new RandomIds(),
  );
  const states = new PostgresAuthorizationStates(schema.source.getRepository(OAuthStateEntity), cipher);
  const connectAgain = async (workspaceId: string, index: number, access: string): Promise<string> => {
    const account = { workspaceId, email: `owner${index}@example.com`, sub: String(index) };
    return (await connections.connect(account, aGrant({ access }), ['calendar'])).id;
  };
  return {
    log,
    secrets,
    states,
    webhooks: new PostgresWebhooks(schema.source.getRepository(WebhookEntity), cipher, new RandomIds()),
    connectAgain,
    reencrypt: new ReencryptTokens(secrets, cipher, log),
    requireKeys: () => new RequireEncryptionKeys(secrets, cipher).onModuleInit(),
    /** Connects `count` accounts, each with an access and a refresh token; answers the connections. */
    connect: async (workspaceId: string, count: number): Promise<string[]> => {
      const ids: string[] = [];
      await forEachConcurrently([...Array(count).keys()], 8, async (index) => {
        ids[index] = await connectAgain(workspaceId, index, 'access-1');
      });
      return ids;
    },
    tokensOf: async (id = ''): Promise<(string | null)[]> => {
      const tokens = await connections.tokens(id);
      return [tokens?.accessToken?.reveal() ?? null, tokens?.refreshToken?.reveal() ?? null];
    },
    uses: async (): Promise<Record<string, [KeyState, number]>> =>
      Object.fromEntries(
        (await keyUse(secrets, cipher)).map(({ keyId, state, ciphertexts }) => [keyId, [state, ciphertexts]]),
      ),
    pending: (workspaceId: string): PendingAuthorization => ({
      workspaceId,
      connectionId: null,
      codeVerifier: new Secret('the-verifier'),
      returnUrl: null,
    }),
  };
}

export function forgetting(schema: Schema, keys: EncryptionKeys): ForgetLostKey {
  return new ForgetLostKey(new PostgresSealedSecrets(schema.source), new Cipher(keys));
}
