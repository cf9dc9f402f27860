import { configOf, loadEnvironment, type Config } from '../../src/shared/config.js';
import { Secret } from '../../src/shared/secret.js';

/** What an empty environment gives, with addresses that nothing may be sent to. */
export function aConfig(differences: Partial<Config> = {}): Config {
  const nowhere = 'http://provider.invalid';
  const local = {
    databaseUrl: new Secret('postgres://database.invalid/test'),
    adminApiKey: new Secret('admin-key-of-the-tests'),
    encryptionKeys: new Map([['test', Buffer.alloc(32, 7)]]),
    google: {
      clientId: 'client',
      clientSecret: new Secret('client-secret'),
      apiRootUrl: nowhere,
      authUrl: `${nowhere}/auth`,
      tokenUrl: `${nowhere}/token`,
      revokeUrl: `${nowhere}/revoke`,
    },
  };
  return { ...configOf(loadEnvironment({}), local), ...differences };
}
