import type { Connection } from '../oauth/connection.js';
import { finalDays } from '../oauth/final-days.js';
import { formatInstant, type Instant } from '../shared/time.js';
import type { Fault } from './calendar-verdict.js';

export const AUTHORIZATION_ENDING = 'authorization_ending';

/** F12: the warning that an authorization ends soon; null unless it does. Until then everything works. */
export function endingFault(connection: Connection, now: Instant): Fault | null {
  const days = finalDays(connection, now);
  if (days === null) return null;
  const end = formatInstant(days.endAt, 'UTC');
  return {
    category: 'expired_tokens',
    code: AUTHORIZATION_ENDING,
    reason: null,
    message: `The authorization of the account ${now < days.endAt ? 'ends' : 'was to end'} at ${end}.`,
    since: days.startAt,
    actor: 'user',
    stopsConnection: false,
  };
}
