import type { Clock } from './clock.js';

/** Work is not done again for so many times as long as it took: it never takes more than a tenth of the time. */
const PAUSE = 10;
/** However long it took, what is older than this is not called recent. */
const OLDEST_MS = 10_000;

interface Made<T> {
  readonly result: Promise<T>;
  /** Null while it is being made. */
  freshUntil: number | null;
}

/** Keeps the result of costly work for all who ask for it, so that the cost does not grow with their number. */
export class RecentResult<T> {
  #made: Made<T> | null = null;

  /** A result is given out for `freshMs` at least, and longer when it took long. */
  constructor(
    private readonly freshMs: number,
    private readonly work: () => Promise<T>,
    private readonly clock: Clock,
  ) {}

  get(): Promise<T> {
    const made = this.#made;
    const isFresh = made !== null && (made.freshUntil === null || this.clock.elapsed() < made.freshUntil);
    return isFresh ? made.result : this.#make();
  }

  /** Whoever asks from now on gets what is made from now on. */
  renew(): void {
    this.#made = null;
  }

  #make(): Promise<T> {
    const startedAt = this.clock.elapsed();
    const made: Made<T> = { result: this.work(), freshUntil: null };
    this.#made = made;
    void this.#date(made, startedAt);
    return made.result;
  }

  /** What could not be made is not kept; whoever waits for it is told by the result itself. */
  async #date(made: Made<T>, startedAt: number): Promise<void> {
    try {
      await made.result;
      const now = this.clock.elapsed();
      const restMs = Math.min(OLDEST_MS, PAUSE * (now - startedAt));
      made.freshUntil = now + Math.max(this.freshMs, restMs);
    } catch {
      if (this.#made === made) this.#made = null;
    }
  }
}
