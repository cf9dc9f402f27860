import type { Clock } from './clock.js';

interface Underway<T> {
  readonly startedAt: number;
  readonly result: Promise<T>;
}

/** Lets those who ask the same thing at nearly the same time share one answer. Nothing is kept once it is there. */
export class SharedWork<T> {
  readonly #underway = new Map<string, Underway<T>>();

  /** Work that began more than `joinableMs` ago is joined by nobody: its answer would be too old, or too late. */
  constructor(
    private readonly joinableMs: number,
    private readonly clock: Clock,
  ) {}

  run(question: string, work: () => Promise<T>): Promise<T> {
    const startedAt = this.clock.elapsed();
    const known = this.#underway.get(question);
    if (known !== undefined && startedAt - known.startedAt <= this.joinableMs) return known.result;
    const own: Underway<T> = { startedAt, result: work().finally(() => this.#forget(question, own)) };
    this.#underway.set(question, own);
    return own.result;
  }

  #forget(question: string, own: Underway<T>): void {
    if (this.#underway.get(question) === own) this.#underway.delete(question);
  }
}
