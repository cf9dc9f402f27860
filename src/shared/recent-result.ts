import type { Clock } from './clock.js';

/** Work that took this long is done at most once in so many times as long: it never takes more than a twentieth of a core. */
const PAUSE = 20;

interface Made<T> {
  readonly result: Promise<T>;
  /** Null while it is being made. */
  freshUntil: number | null;
}

/** Keeps the result of costly work for all who ask for it, so that the cost does not grow with their number. */
export class RecentResult<T> {
  #made: Made<T> | null = null;

  /** A result is given out for `freshMs` at least. */
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
      made.freshUntil = now + Math.max(this.freshMs, PAUSE * (now - startedAt));
    } catch {
      if (this.#made === made) this.#made = null;
    }
  }
}
