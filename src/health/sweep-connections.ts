import type { ConnectionCheck } from '../calendars/check-connection.js';
import type { Connection } from '../oauth/connection.js';
import { forEachConcurrently } from '../shared/concurrency.js';
import { databaseOutage } from '../shared/database-errors.js';

/** Accounts asked at the same time; keeps a sweep far below the provider's quota. */
const CONCURRENCY = 10;

export interface ConnectionSweep {
  readonly connections: number;
  /** Connections of which at least one calendar could not be read, or that could not be checked at all. */
  readonly failedConnections: number;
  readonly calendars: number;
  readonly failedCalendars: number;
}

export interface SweepSteps {
  readonly check: (connection: Connection) => Promise<ConnectionCheck>;
  /** A check that threw, which no provider can make it do. */
  readonly crashed: (connection: Connection, error: unknown) => void;
  readonly progress: (done: number, total: number) => void;
}

/**
 * Checks every connection; one that fails or crashes never stops the others.
 *
 * @throws what `check` threw when the database is gone: that is not the fault of any account
 */
export async function sweepConnections(
  connections: readonly Connection[],
  { check, crashed, progress }: SweepSteps,
): Promise<ConnectionSweep> {
  const sweep = { failedConnections: 0, calendars: 0, failedCalendars: 0 };
  let done = 0;
  progress(done, connections.length);
  await forEachConcurrently(connections, CONCURRENCY, async (connection) => {
    try {
      const { failure, reads } = await check(connection);
      sweep.calendars += reads.length;
      sweep.failedCalendars += reads.filter((read) => read.failure !== null).length;
      if (failure !== null) sweep.failedConnections += 1;
    } catch (error) {
      if (databaseOutage(error)) throw error;
      sweep.failedConnections += 1;
      crashed(connection, error);
    }
    done += 1;
    progress(done, connections.length);
  });
  return { connections: connections.length, ...sweep };
}
