import { presentHealth, type Calendar, type CalendarState } from '../calendars/calendar.js';
import { wholeFailure, type Connection } from '../oauth/connection.js';
import type { Actor, Failure, FailureCategory } from '../shared/failure.js';
import type { Instant } from '../shared/time.js';

/** Why a calendar cannot be read, and who can mend that. */
export interface Fault {
  readonly category: FailureCategory;
  /** Of the failure that stops the connection, or of ours; null for what one calendar was read with. */
  readonly code: string | null;
  /** A finer reason under `code`. */
  readonly reason: string | null;
  readonly message: string;
  /** When the outage began; null when nobody has noticed it before. */
  readonly since: Instant | null;
  readonly actor: Actor;
  /** The whole connection stands still until `actor` has acted. */
  readonly stopsConnection: boolean;
}

/** A calendar as the report judges it, from what is stored. */
export interface CalendarVerdict {
  readonly calendar: Calendar;
  readonly connection: Connection;
  readonly status: CalendarState['status'];
  /** Null unless unhealthy. */
  readonly fault: Fault | null;
}

/**
 * Null when the calendar does not count: of a disconnected account or gone from its list, and in no
 * configuration. `used`: a configuration writes to it or checks it.
 */
export function verdictOf(calendar: Calendar, connection: Connection, used: boolean): CalendarVerdict | null {
  const gone = connection.authStatus === 'disconnected' || !calendar.active;
  if (gone && !used) return null;
  const health = presentHealth(calendar, connection);
  const fault = faultOf({ ...calendar, health }, connection);
  return { calendar, connection, status: fault === null ? health.status : 'unhealthy', fault };
}

/** The failure that stops everything of the connection, also one that it was left `active` with (F69). */
export function connectionFault(connection: Connection): Fault | null {
  const failure = wholeFailure(connection);
  if (failure === null) return null;
  const { category, code, reason, message } = failure;
  const since = connection.lastError?.at ?? null;
  return { category, code, reason, message, actor: actorOf(failure), since, stopsConnection: true };
}

function faultOf({ health, active }: Calendar, connection: Connection): Fault | null {
  const { unhealthySince } = health;
  const standing = connectionFault(connection);
  if (standing !== null) return { ...standing, since: earlier(standing.since, unhealthySince) };
  if (!active) return { ...GONE, since: unhealthySince };
  if (health.status !== 'unhealthy' || health.category === null) return null;
  const { category, message } = health;
  const actor = category === 'provider_misconfigured' ? 'operator' : 'none';
  const since = unhealthySince;
  return { ...UNNAMED, category, message: message ?? '', since, actor, stopsConnection: false };
}

/** What one calendar was read with is kept without its code. */
const UNNAMED = { code: null, reason: null } as const;

function actorOf({ actor }: Failure): Actor {
  return actor === 'none' ? 'user' : actor;
}

function earlier(a: Instant | null, b: Instant | null): Instant | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

/** A calendar that a configuration still uses has left the account's list. */
export const CALENDAR_GONE: Failure = {
  category: 'calendar_not_found',
  code: 'calendar_gone',
  reason: null,
  actor: 'none',
  httpStatus: null,
  message: "The calendar is no longer in the account's list.",
  needsReauth: false,
  retryable: false,
  retryAfterMs: null,
  timedOut: false,
};

const GONE = {
  category: CALENDAR_GONE.category,
  code: CALENDAR_GONE.code,
  reason: CALENDAR_GONE.reason,
  message: CALENDAR_GONE.message,
  actor: CALENDAR_GONE.actor,
  stopsConnection: false,
} as const;
