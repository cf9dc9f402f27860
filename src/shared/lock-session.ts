import { Client } from 'pg';
import type { Config } from './config.js';

const CONNECT_MS = 5000;
const ASK_AFTER_MS = 20_000;

/**
 * A killed holder's machine closes the connection, and the lock is free. A machine that is gone closes nothing: after
 * 20 seconds of silence the server asks for it every 10, and gives it up after 50. Not every system knows all of these.
 * @see https://www.postgresql.org/docs/current/runtime-config-connection.html#RUNTIME-CONFIG-TCP-SETTINGS
 */
export const GIVE_UP_THE_VANISHED = `
  SET tcp_keepalives_idle = 20; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3;
  SET tcp_user_timeout = 50000`;

/**
 * A connection that holds a session's locks. It asks for the server as well: what lies between may forget a connection
 * that is silent for minutes. `onLost` hears when it breaks.
 */
export async function lockSession(
  { databaseUrl }: Pick<Config, 'databaseUrl'>,
  name: string,
  onLost: () => void = () => undefined,
): Promise<Client> {
  const client = new Client({
    connectionString: databaseUrl.reveal(),
    application_name: name,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: ASK_AFTER_MS,
  });
  client.on('error', onLost);
  client.on('end', onLost);
  await client.connect();
  return client;
}
