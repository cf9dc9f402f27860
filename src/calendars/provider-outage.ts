import type { Clock } from '../shared/clock.js';

/** So many accounts failing, without one success in between, are not each account's own trouble. */
const ACCOUNTS = 10;
const FIRST_OPEN_MS = 2000;
const MAX_OPEN_MS = 30_000;

/**
 * Notices that a provider as a whole does not answer, so that not every account has to find out by itself.
 * After each pause all may ask again; the first that fails makes the next pause twice as long.
 */
export class ProviderOutage {
  readonly #failing = new Set<string>();
  #pauses = 0;
  #openUntil = -Infinity;

  constructor(private readonly clock: Clock) {}

  /** How long nobody should ask; 0 when anybody may. */
  openMs(): number {
    return Math.max(0, Math.ceil(this.#openUntil - this.clock.elapsed()));
  }

  /** One answer, such as that to a booking, which does not wait, ends the pause for all. */
  succeeded(): void {
    this.#failing.clear();
    this.#pauses = 0;
    this.#openUntil = -Infinity;
  }

  failed(connectionId: string): void {
    this.#failing.add(connectionId);
    if (this.#failing.size < ACCOUNTS || this.openMs() > 0) return;
    this.#openUntil = this.clock.elapsed() + Math.min(MAX_OPEN_MS, FIRST_OPEN_MS * 2 ** this.#pauses);
    this.#pauses += 1;
  }
}
