import type { Instant, Interval } from '../shared/time.js';
import type { Connection } from './connection.js';

/** F12: how long before the end of an authorization its owner is to be asked for a new one. */
const FINAL_DAYS_MS = 3 * 24 * 60 * 60_000;

/**
 * The last three days of a working authorization, once they have begun; null before, and when no end is set. An
 * authorization that outlives its announced end stays in them, until it is refused or its owner consents again.
 */
export function finalDays(
  { authStatus, authorizationEndsAt }: Pick<Connection, 'authStatus' | 'authorizationEndsAt'>,
  now: Instant,
): Interval | null {
  if (authStatus !== 'active' || authorizationEndsAt === null) return null;
  const startAt = authorizationEndsAt - FINAL_DAYS_MS;
  return now >= startAt ? { startAt, endAt: authorizationEndsAt } : null;
}
