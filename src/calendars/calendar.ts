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

const WRITABLE: ReadonlySet<string> = new Set<AccessRole>(['owner', 'writer', 'writerWithoutPrivateAccess']);

/** A role that nobody here knows is taken as not writable: better to refuse a configuration than a booking. */
export function isWritable({ accessRole }: Pick<Calendar, 'accessRole'>): boolean {
  return WRITABLE.has(accessRole);
}
