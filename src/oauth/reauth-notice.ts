import { stopReason, type StopReason } from '../messages/stop-reason.js';
import type { Instant } from '../shared/time.js';
import type { Connection } from './connection.js';
import { finalDays } from './final-days.js';

/** How it stands with an account, for whoever opens its re-authorization link. */
export type ReauthNotice =
  | { readonly kind: 'stopped'; readonly reason: StopReason }
  | { readonly kind: 'ending'; readonly endsAt: Instant }
  | { readonly kind: 'working' | 'disconnected' };

export function reauthNotice(connection: Connection, now: Instant): ReauthNotice {
  const { authStatus, lastError } = connection;
  if (authStatus === 'disconnected') return { kind: 'disconnected' };
  if (authStatus === 'needs_reauth')
    return { kind: 'stopped', reason: lastError === null ? 'ended' : stopReason(lastError) };
  const ending = finalDays(connection, now);
  return ending === null ? { kind: 'working' } : { kind: 'ending', endsAt: ending.endAt };
}
