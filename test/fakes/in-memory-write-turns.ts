import { WriteTurns } from '../../src/calendars/write-turns.js';
import type { Clock } from '../../src/shared/clock.js';
import type { Instant } from '../../src/shared/time.js';

const BURST = 8;
const GAP_MS = 250;

/** Every calendar is one that nobody else lists. */
export class InMemoryWriteTurns extends WriteTurns {
  readonly #idleAt = new Map<string, Instant>();

  constructor(private readonly clock: Clock) {
    super();
  }

  async take(calendarId: string, limitMs: number): Promise<number | null> {
    const now = this.clock.now();
    const idleAt = Math.max(this.#idleAt.get(calendarId) ?? now, now) + GAP_MS;
    const waitMs = Math.max(0, idleAt - BURST * GAP_MS - now);
    if (waitMs > limitMs) return null;
    this.#idleAt.set(calendarId, idleAt);
    return waitMs;
  }
}
