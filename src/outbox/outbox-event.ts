import type { Instant } from '../shared/time.js';

/** What others can be told of. A type names its object and what became of it; what it carries never changes its form. */
export const EVENT_TYPES = [
  'connection.needs_reauth',
  'connection.recovered',
  'calendar.failing',
  'calendar.recovered',
  'booking.confirmed',
  'booking.failed',
  'booking.cancelled',
  'booking.rescheduled',
] as const;

export type EventType = (typeof EVENT_TYPES)[number];

/** A change of an object's state, written by the statement that made it, once, and only when somebody listens. */
export interface OutboxEvent {
  readonly id: string;
  readonly workspaceId: string;
  /** One of {@link EVENT_TYPES}, or what one listener alone is told for a test. */
  readonly type: string;
  readonly objectId: string;
  /** Of two events of one object, the one with the larger number is the later. There are gaps. */
  readonly sequence: number;
  /** As it is told: `snake_case` names, ids, instants as RFC 3339. No secret, no title, no attendee. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly occurredAt: Instant;
}
