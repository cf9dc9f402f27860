import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEncryptionKeys } from './shared/cipher.js';
import type { Environment, GoogleSettings, LocalSettings } from './shared/config.js';
import { startEmbeddedPostgres } from './shared/embedded-postgres.js';
import { randomToken } from './shared/hashing.js';
import { Secret } from './shared/secret.js';

/** What applies where the environment says nothing else. */
interface GoogleDefaults {
  readonly apiRootUrl: string;
  readonly authUrl: string;
  readonly tokenUrl: string;
  readonly revokeUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

const GOOGLE: GoogleDefaults = {
  apiRootUrl: 'https://www.googleapis.com',
  authUrl: 'https://accounts.google.com/o/oauth2/v2/auth',
  tokenUrl: 'https://oauth2.googleapis.com/token',
  revokeUrl: 'https://oauth2.googleapis.com/revoke',
  // Google knows no client that was not registered with it.
  clientId: '',
  clientSecret: '',
};

export interface LocalServices {
  readonly settings: LocalSettings;
  readonly embeddedPostgres: boolean;
  /** Address of the stand-in for Google; null when a real OAuth client is configured. */
  readonly sandboxUrl: string | null;
  stop(): Promise<void>;
}

/**
 * Supplies what the environment leaves open: keys are made once and kept in the data folder, Postgres is
 * embedded, and the sandbox stands in for Google. In production nothing is left open, so nothing starts here.
 */
export async function startLocalServices(
  env: Environment,
  role: 'service' | 'tool',
  note: (message: string) => void,
): Promise<LocalServices> {
  const dataDir = resolve(env.DATA_DIR);
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const stopOne of stops.splice(0).toReversed()) await stopOne();
  };
  try {
    const databaseUrl = env.DATABASE_URL ?? (await embeddedDatabase(dataDir, role, note, stops));
    const sandbox = env.GOOGLE_CLIENT_ID === undefined ? await startSandbox(dataDir, role, stops) : null;
    const settings = {
      databaseUrl: new Secret(databaseUrl),
      adminApiKey: new Secret(
        env.ADMIN_API_KEY ?? kept(dataDir, 'admin-api-key', () => `admin_${randomToken()}`),
      ),
      encryptionKeys: parseEncryptionKeys(
        env.ENCRYPTION_KEYS ?? kept(dataDir, 'encryption-keys', newEncryptionKey),
      ),
      google: googleSettings(env, sandbox ?? GOOGLE),
    };
    const embeddedPostgres = env.DATABASE_URL === undefined;
    return { settings, embeddedPostgres, sandboxUrl: sandbox?.apiRootUrl ?? null, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function embeddedDatabase(
  dataDir: string,
  role: 'service' | 'tool',
  log: (message: string) => void,
  stops: (() => Promise<void>)[],
): Promise<string> {
  const postgres = await startEmbeddedPostgres({ dataDir, role, log });
  stops.push(() => postgres.stop());
  return postgres.url;
}

/** A tool uses the running service's sandbox, so that both see the same accounts. */
async function startSandbox(
  dataDir: string,
  role: 'service' | 'tool',
  stops: (() => Promise<void>)[],
): Promise<GoogleDefaults> {
  // A service with a client of its own at Google, as in production, does without all this code.
  const { startGoogleServer, SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET } =
    await import('./sandbox/google-server.js');
  const at = (url: string): GoogleDefaults => ({
    apiRootUrl: url,
    authUrl: `${url}/o/oauth2/v2/auth`,
    tokenUrl: `${url}/token`,
    revokeUrl: `${url}/revoke`,
    clientId: SANDBOX_CLIENT_ID,
    clientSecret: SANDBOX_CLIENT_SECRET,
  });
  mkdirSync(dataDir, { recursive: true });
  const addressFile = join(dataDir, 'sandbox-url');
  const running = role === 'tool' && existsSync(addressFile) ? readFileSync(addressFile, 'utf8') : null;
  if (running !== null && (await answers(running))) return at(running);
  const server = await startGoogleServer({ statePath: join(dataDir, 'sandbox-google.json'), seed: 'demo' });
  stops.push(() => server.close());
  if (role === 'service') writeFileSync(addressFile, server.url);
  return at(server.url);
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/sandbox`, { signal: AbortSignal.timeout(1000) })).ok;
  } catch {
    return false;
  }
}

function googleSettings(env: Environment, defaults: GoogleDefaults): GoogleSettings {
  return {
    clientId: env.GOOGLE_CLIENT_ID ?? defaults.clientId,
    clientSecret: new Secret(env.GOOGLE_CLIENT_SECRET ?? defaults.clientSecret),
    apiRootUrl: (env.GOOGLE_API_ROOT_URL ?? defaults.apiRootUrl).replace(/\/+$/, ''),
    authUrl: env.GOOGLE_AUTH_URL ?? defaults.authUrl,
    tokenUrl: env.GOOGLE_TOKEN_URL ?? defaults.tokenUrl,
    revokeUrl: env.GOOGLE_REVOKE_URL ?? defaults.revokeUrl,
  };
}

/** A secret that is made at the first start and read at every later one. */
function kept(dataDir: string, name: string, make: () => string): string {
  const file = join(dataDir, name);
  mkdirSync(dataDir, { recursive: true });
  if (!existsSync(file)) writeFileSync(file, make(), { mode: 0o600, flag: 'wx' });
  chmodSync(file, 0o600);
  return readFileSync(file, 'utf8').trim();
}

function newEncryptionKey(): string {
  return `local:${randomBytes(32).toString('base64')}`;
}
