import { SweepProgress, type SweepState } from '../../src/health/sweep-progress.js';
import { FixedClock, type Clock } from '../../src/shared/clock.js';
import type { Instant } from '../../src/shared/time.js';

export class InMemorySweepProgress extends SweepProgress {
  #saved: { readonly state: SweepState; readonly at: Instant } | null = null;

  constructor(private readonly clock: Clock = new FixedClock(0)) {
    super();
  }

  async left(maxAgeMs: number): Promise<SweepState | null> {
    if (this.#saved === null || this.#saved.at <= this.clock.now() - maxAgeMs) return null;
    return this.#saved.state;
  }

  async save(state: SweepState): Promise<void> {
    this.#saved = { state, at: this.clock.now() };
  }

  async clear(): Promise<void> {
    this.#saved = null;
  }
}
