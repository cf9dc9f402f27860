export const SANDBOX_CLIENT_ID = 'sandbox-client.apps.googleusercontent.com';
export const SANDBOX_CLIENT_SECRET = 'sandbox-secret';

export interface ClientSettings {
  readonly access_token_lifetime_seconds: number;
  readonly rotate_refresh_tokens: boolean;
  /** How long a rotated refresh token still works. */
  readonly rotation_grace_seconds: number;
  /** Null: refresh tokens live until revoked. A number is told as `refresh_token_expires_in`. */
  readonly refresh_token_lifetime_seconds: number | null;
}

/** An OAuth client registered with the stand-in. */
export interface Client {
  readonly id: string;
  readonly secret: string;
  /** Exact addresses; empty: any http address on the loopback interface. */
  readonly redirectUris: readonly string[];
  readonly settings: ClientSettings;
}

export function sandboxClient(): Client {
  return {
    id: SANDBOX_CLIENT_ID,
    secret: SANDBOX_CLIENT_SECRET,
    redirectUris: [],
    settings: {
      access_token_lifetime_seconds: 3599,
      rotate_refresh_tokens: false,
      rotation_grace_seconds: 0,
      refresh_token_lifetime_seconds: null,
    },
  };
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

export function mayRedirectTo(client: Client, uri: string): boolean {
  if (client.redirectUris.length > 0) return client.redirectUris.includes(uri);
  if (!URL.canParse(uri)) return false;
  const { protocol, hostname, username, hash } = new URL(uri);
  return protocol === 'http:' && LOOPBACK.has(hostname) && username === '' && hash === '';
}
