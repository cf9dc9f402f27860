import { wholeFailure, type Connection } from '../oauth/connection.js';
import type { FailureCategory } from '../shared/failure.js';
import type { Instant } from '../shared/time.js';

export type AccessRole = 'owner' | 'writer' | 'writerWithoutPrivateAccess' | 'reader' | 'freeBusyReader';

export interface CalendarState {
  readonly status: 'healthy' | 'unhealthy' | 'unknown';
  readonly category: FailureCategory | null;
  readonly message: string | null;
  readonly checkedAt: Instant | null;
  /** When the present outage began; null unless unhealthy. */
  readonly unhealthySince: Instant | null;
  /** What failed was the whole connection; see {@link presentHealth}. */
  readonly ofConnection: boolean;
}

/** A calendar of a connected account. `externalId` is the provider's id, unique within the connection. */
export interface Calendar {
  readonly id: string;
  readonly workspaceId: string;
  readonly connectionId: string;
  readonly externalId: string;
  readonly name: string;
  /** IANA zone; all-day events follow it. */
  readonly timezone: string;
  readonly accessRole: string;
  readonly primary: boolean;
  /** False once the account's calendar list no longer has it. */
  readonly active: boolean;
  readonly health: CalendarState;
}

export const UNCHECKED: CalendarState = {
  status: 'unknown',
  category: null,
  message: null,
  checkedAt: null,
  unhealthySince: null,
  ofConnection: false,
};

/**
 * What is known of a calendar now: it fails while its connection stands still, whatever the last read said. When that
 * works again, by a new consent, a refresh or a mend of the operator's, nothing is known of it until the next read.
 */
export function presentHealth(
  { health }: Pick<Calendar, 'health'>,
  connection: Pick<Connection, 'authStatus' | 'lastError'>,
): CalendarState {
  const failure = wholeFailure(connection);
  if (failure === null) return health.ofConnection ? { ...UNCHECKED, checkedAt: health.checkedAt } : health;
  const { category, message } = failure;
  return { ...health, status: 'unhealthy', category, message, ofConnection: true };
}

/** The same calendars with their present health; `connections` are all that they belong to. */
export function withPresentHealth(
  calendars: readonly Calendar[],
  connections: readonly Connection[],
): Calendar[] {
  const byId = new Map(connections.map((connection) => [connection.id, connection]));
  return calendars.map((calendar) => {
    const connection = byId.get(calendar.connectionId);
    return connection === undefined ? calendar : { ...calendar, health: presentHealth(calendar, connection) };
  });
}

const WRITABLE: ReadonlySet<string> = new Set<AccessRole>(['owner', 'writer', 'writerWithoutPrivateAccess']);

/** A role that nobody here knows is taken as not writable: better to refuse a configuration than a booking. */
export function isWritable({ accessRole }: Pick<Calendar, 'accessRole'>): boolean {
  return WRITABLE.has(accessRole);
}
