import { Timers } from '../../src/shared/timers.js';

export class InMemoryTimers extends Timers {
  readonly #waiting = new Map<string, NodeJS.Timeout>();

  set(name: string, ms: number, wake: () => void): void {
    const woken = (): void => {
      this.#waiting.delete(name);
      wake();
    };
    this.#waiting.set(name, setTimeout(woken, ms));
  }

  names(): string[] {
    return [...this.#waiting.keys()];
  }

  clear(): void {
    for (const timer of this.#waiting.values()) clearTimeout(timer);
    this.#waiting.clear();
  }
}
