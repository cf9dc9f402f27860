import { AlertEpisodes } from '../../src/oauth/alert-episodes.js';
import type { Clock } from '../../src/shared/clock.js';
import type { Instant } from '../../src/shared/time.js';

/** Its clock stands in for that of the database. */
export class InMemoryAlertEpisodes extends AlertEpisodes {
  readonly #metAt = new Map<string, Instant>();

  constructor(private readonly clock: Clock) {
    super();
  }

  async met(code: string, calmMs: number): Promise<boolean> {
    const before = this.#metAt.get(code) ?? -Infinity;
    this.#metAt.set(code, this.clock.now());
    return before < this.clock.now() - calmMs;
  }

  async ended(codes: readonly string[]): Promise<void> {
    for (const code of codes) this.#metAt.delete(code);
  }
}
