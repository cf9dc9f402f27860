/** Milliseconds since the Unix epoch, UTC. */
export type Instant = number;

/** Half-open: contains `startAt`, not `endAt`. */
export interface Interval {
  readonly startAt: Instant;
  readonly endAt: Instant;
}
