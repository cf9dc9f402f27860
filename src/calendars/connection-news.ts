import { requestedPause, type Connection } from '../oauth/connection.js';
import type { Failure } from '../shared/failure.js';
import type { Instant } from '../shared/time.js';
import { wasAsked } from './circuits.js';

/**
 * What asking about a connection's calendars tells of the connection itself: the failure to note, null where it works
 * again, undefined where there is nothing to tell.
 */
export function newsOf(
  connection: Connection,
  failure: Failure | null,
  askedAt: Instant,
): Failure | null | undefined {
  // Inside a pause nothing was asked, so nothing new was learnt.
  if (connection.authStatus !== 'active' || requestedPause(connection, askedAt) !== null) return undefined;
  if (failure === null) return connection.lastError === null ? undefined : null;
  return isNews(failure) ? failure : undefined;
}

/** What the provider did, and not what we left undone. */
function isNews(failure: Failure): boolean {
  return !failure.needsReauth && wasAsked(failure);
}
